"""A slim container: OpenCV is installed, and the system libraries that it is linked to are not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., pytest.RunResult]

BROKEN = "raise ImportError('libGL.so.1: cannot open shared object file: No such file or directory')\n"
SAYS = "OpenCV cannot be loaded: libGL.so.1: cannot open *; apt-get install libgl1, or *opencv-python-headless*"


@pytest.fixture
def broken(pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an OpenCV that cannot be loaded, in front of the one that is installed."""
    del pytester  # which puts back what an earlier run imported, before it is taken away here
    folder = tmp_path / "broken"
    (folder / "cv2").mkdir(parents=True)
    (folder / "cv2" / "__init__.py").write_text(BROKEN)
    monkeypatch.syspath_prepend(folder)
    for name in [name for name in sys.modules if name.partition(".")[0] == "cv2"]:
        monkeypatch.delitem(sys.modules, name)
    return folder


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize(
    "suite", ["test_frame", "test_inference", "test_preprocess", "test_load", "test_realtime", "test_model_size"]
)
def test_every_suite_says_what_to_install(run: Run, suite: str) -> None:
    assert_said(run("--frame-preprocess=greyscale", suite=f"{suite}.py"))


@pytest.mark.usefixtures("broken")
def test_pages_say_so_too(run: Run) -> None:
    page = ("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels", "--frame-preprocess=greyscale")
    assert_said(run(*page, suite="test_browser.py"))


def assert_said(result: pytest.RunResult) -> None:
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"LibraryUnavailable: {SAYS}"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*cv2/__init__.py*")


@pytest.mark.usefixtures("broken")
def test_a_renderer_that_needs_it_is_a_named_skip(run: Run) -> None:
    result = run("--frame-renderer=opencv,topixels", "--frame-gl=null", suite="test_render.py")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines([f"*renderer 'opencv': {SAYS}"])


def test_their_own_import_errors_stay_theirs(pytester: pytest.Pytester, broken: Path) -> None:
    pytester.makepyfile("def test_mine():\n    import cv2\n")
    result = pytester.runpytest("-p", "framegate.plugin")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{broken.name}/cv2/__init__.py*"])


def test_a_command_says_so_in_one_line(broken: Path, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "one.png").write_bytes(b"no picture")
    code = f"import sys; sys.path.insert(0, {str(broken)!r}); from framegate.commands.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "train", str(tmp_path / "pictures"), "--out", str(tmp_path / "out")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("framegate: OpenCV cannot be loaded: libGL.so.1: ")
    assert len(run.stderr.splitlines()) == 1
