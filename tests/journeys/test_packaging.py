"""The clone, an editable install and the wheel run the same suites under the same names."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from framegate.browser.tfjs import tfjs_files
from framegate.errors import BackendUnavailable, SourceError
from framegate.paths import cache_dir

ROOT = Path(__file__).parents[2]
SUITES = (
    "test_load",
    "test_preprocess",
    "test_inference",
    "test_render",
    "test_frame",
    "test_realtime",
    "test_model_size",
)
PAGE = ("index.html", "page.js", "screen.js")

Shell = Callable[..., subprocess.CompletedProcess[str]]
# A study runs by itself unless -m names it; this way all suites are compared but test_browser, which has no null.
NULL = (
    "-m=study or not study",
    "--frame-runtime=null",
    "--frame-gl=null",
    "--frame-renderer=opencv",
    "--frame-preprocess=none",
    "--frame-seconds=1",
)


def checkout(folder: Path) -> Path:
    """What git would check out, with nothing installed."""
    files = subprocess.run(
        [str(shutil.which("git")), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, files.stdout.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return folder


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the test's own."""
    return checkout(tmp_path / "clone")


def fetched() -> Mapping[str, Path]:
    """The files of TF.js by their names; none where they cannot be had."""
    try:
        return tfjs_files(cache_dir())
    except (BackendUnavailable, SourceError):
        return {}


def run(*command: str | Path, **options: Any) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, as pip builds it of a clone; with TF.js in it, if that can be had."""
    clone = checkout(tmp_path_factory.mktemp("built") / "clone")
    if files := fetched():
        bundle = clone / "plugins" / "framegate" / "data" / "tfjs"
        bundle.mkdir(parents=True)
        for name, path in files.items():
            shutil.copy(path, bundle / name)
        # All is there, so that nothing has to be fetched; and it runs before anything is installed.
        run(sys.executable, "-I", "-S", clone / "scripts" / "bundle-tfjs", env={**os.environ, "PATH": ""})
    # What git ignores is carried all the same.
    run(str(shutil.which("git")), "init", "--quiet", cwd=clone)
    folder = clone.parent
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, clone)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, fresh_python: Callable[..., Path]) -> Path:
    """The Python of a fresh environment with the wheel."""
    python = fresh_python(with_pip=True)
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel)
    return python


def names_of(stored: Path) -> list[str]:
    return [benchmark["name"] for benchmark in json.loads(stored.read_text())["benchmarks"]]


def test_the_wheel_holds_the_suites_and_the_data(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for name in (*(f"framegate/suites/{suite}.py" for suite in (*SUITES, "test_browser")), "framegate/py.typed"):
        assert name in held
    assert {f"framegate/browser/page/{name}" for name in PAGE} <= held
    for folder, inside in (("fixtures", "framegate/data/fixtures"), ("models", "framegate/data/models")):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        ours = {f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" for path in files}
        assert ours
        assert ours <= held
    assert not [name for name in held if "__pycache__" in name or name.startswith(("tests", "plugins"))]


def test_the_wheel_carries_tfjs_and_its_licence_where_the_script_has_put_them(wheel: Path) -> None:
    files = fetched()
    if not files:
        pytest.skip("TF.js cannot be had here")
    with zipfile.ZipFile(wheel) as held:
        for name, path in files.items():
            assert held.read(f"framegate/data/tfjs/{name}") == path.read_bytes()
        assert b"Apache License" in held.read("framegate/data/tfjs/LICENSE")
        assert b"TensorFlow.js 4.22.0" in held.read("framegate/data/tfjs/NOTICE")


def test_clone_editable_and_wheel_run_the_same_benchmarks(
    installed: Path, clone: Path, fresh_python: Callable[..., Path], write_model: Callable[..., Path], shell: Shell
) -> None:
    model = f"--frame-model={write_model(size=16)}"
    ways: dict[str, tuple[Path, Path, list[str]]] = {
        "wheel": (installed, clone.parent, ["--pyargs", "framegate.suites"]),
        "clone": (fresh_python(), clone, []),
        # In the clone with the wheel installed too, both the conftest and the entry point offer the plugin.
        "both": (installed, clone, []),
        "editable": (Path(sys.executable), ROOT, ["-p", "no:cacheprovider", "suites"]),
    }
    names = {}
    for way, (python, folder, arguments) in ways.items():
        stored = clone.parent / f"{way}.json"
        done = shell(
            *(python, "-m", "pytest", *arguments, model, *NULL, "--frame-size=16", "--benchmark-only"),
            *("--benchmark-max-time=0.001", "--benchmark-min-rounds=1", f"--benchmark-json={stored}"),
            cwd=folder,
        )
        assert done.returncode == 0, f"{way}: {done.stdout}{done.stderr}"
        names[way] = names_of(stored)
    assert {name.split("[")[0] for name in names["wheel"]} == set(SUITES)
    assert names["wheel"] == names["clone"] == names["both"] == names["editable"]


THEIRS = """
import sys

import pytest

LOADED = {name for name in ("numpy", "rich", "cv2", "tensorflow", "OpenGL") if name in sys.modules}


@pytest.fixture
def frame_size():
    return (640, 480)


def test_names_of_their_own(frame_size):
    assert frame_size == (640, 480)


@pytest.mark.parametrize("frame_model", ["theirs"])
def test_parameters_of_their_own(frame_model):
    assert frame_model == "theirs"


def test_nothing_heavy_is_loaded():
    assert not LOADED
"""


def test_the_installed_plugin_leaves_other_projects_alone(installed: Path, shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(THEIRS)
    done = shell(installed, "-W", "error", "-m", "pytest", "-q", "test_theirs.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "framegate" not in done.stdout.replace("framegate.plugin", "")


def test_the_command_is_installed(installed: Path, shell: Shell) -> None:
    done = shell(installed.parent / "framegate", "--version")
    assert done.stdout.strip() == "framegate 0.1.0"


def test_the_command_for_a_missing_extra_is_one_that_pip_takes(wheel: Path, installed: Path, shell: Shell) -> None:
    hint = shell(installed, "-c", "from framegate.extras import how_to_install; print(how_to_install('numba'))").stdout
    assert hint == f"pip install '{wheel}[numba]'\n"
    path = f"{installed.parent}{os.pathsep}{os.environ['PATH']}"
    # What is installed already would not be reported.
    quick = "--quiet --no-deps --no-index --dry-run --force-reinstall --report -"
    done = shell("sh", "-c", f"{hint.strip()} {quick}", PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [each["requested_extras"] for each in json.loads(done.stdout)["install"]] == [["numba"]]
