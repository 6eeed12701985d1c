"""``framegate bench`` as its user runs it: with a browser alone, without TensorFlow."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from patience import PATIENCE_S, until

from framegate.browser.chromium import find_chromium
from framegate.browser.tfjs import TFJS
from framegate.errors import BackendUnavailable
from framegate.paths import cache_dir
from framegate.report.answer_text import COLUMNS

HELPERS = Path(__file__).parents[1] / "helpers"
Shell = Callable[..., subprocess.CompletedProcess[str]]

# Stands in for an environment that TensorFlow was not installed into.
NO_TENSORFLOW = "import sys\nsys.modules['tensorflow'] = None\n"
NO_BROWSER = NO_TENSORFLOW + "sys.modules['playwright'] = None\n"


@pytest.fixture
def bench(shell: Shell, tmp_path: Path) -> Shell:
    """Runs the command where some libraries are not there."""

    def run(*arguments: str | Path, lacks: str = NO_TENSORFLOW, **variables: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "site").mkdir(exist_ok=True)
        (tmp_path / "site" / "sitecustomize.py").write_text(lacks)
        command = (sys.executable, "-P", "-m", "framegate", "bench", *arguments)
        paths = map(str, (tmp_path / "site", HELPERS))
        return shell(*command, PYTHONPATH=os.pathsep.join(paths), **variables)

    return run


def test_a_browser_alone_says_whether_a_model_is_realtime(
    bench: Shell, write_model: Callable[..., Path], tmp_path: Path
) -> None:
    try:
        find_chromium()
        TFJS.files(cache_dir())
    except BackendUnavailable as error:
        pytest.skip(str(error))
    model = write_model(size=48) / "model.json"
    # Two runtimes that need no GPU, and one that software stands in for.
    cells = (
        "--frame-runtime=tfjs-wasm,tfjs-cpu,tfjs-webgl",
        "--frame-renderer=topixels",
        "--frame-browser-gpu=software",
        *("-p", "quick_pages"),
    )
    done = bench(model, "--frame-budget=0.001ms", "--", *cells)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert "Not here: Python: TensorFlow is not installed (pip install" in said
    first, _, rest = said.partition("A first answer, after ")
    assert first
    assert rest.count("tiny at 48: not real-time in a browser.") == 2  # now, and at the end
    assert "2 passed, 1 skipped" in said
    assert re.search(
        r"^Left out, as software draws here: tfjs-webgl to topixels \(\d+ ms a frame\)\.$", said, re.MULTILINE
    )
    (stored,) = (tmp_path / ".benchmarks").rglob("*.json")
    results = json.loads(stored.read_text("utf-8"))["benchmarks"]
    assert [result["params"]["frame_runtime"] for result in results] == ["tfjs-wasm", "tfjs-cpu"]
    assert [result["extra_info"]["picture"]["guessed"] for result in results] == [
        {"input_range": [0, 1], "output_range": [0, 1]}
    ] * 2
    assert "\n  Guessed: input_range [0, 1], output_range [0, 1].\n" in said, said
    assert [result["extra_info"]["agreement"]["compared_with"] for result in results] == [None, "tfjs-wasm"]
    assert "pages were compared with those that ran the same model before them" in " ".join(said.split())
    assert all(len(line) <= COLUMNS for line in said.splitlines())


BEGUN = """
import pathlib, time

def pytest_runtest_teardown():
    pathlib.Path("begun").touch()
    time.sleep(600)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM for others")
def test_sigterm_ends_the_run_too_with_what_it_has(write_model: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "begun_plugin.py").write_text(BEGUN)
    options = ("--frame-runtime=null", "--frame-renderer=null", "--frame-gl=null", "-p", "begun_plugin")
    command = [sys.executable, "-P", "-m", "framegate", "bench", str(write_model(size=48)), "--", *options]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTEST_ADDOPTS": ""}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        until(lambda: (tmp_path / "begun").exists() or process.poll() is not None)
        process.terminate()
        said = process.communicate(timeout=PATIENCE_S)[0]  # which waits for all that write there
    assert process.returncode == 128 + signal.SIGTERM
    assert "stopped by SIGTERM" in said
    assert "tiny at 48: " in said


WAITS = """
import pathlib
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if "invert" in item.name:
        pathlib.Path("go").read_text()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes among files")
def test_the_first_answer_is_there_before_the_rest_in_a_file_too(
    write_model: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "waits_plugin.py").write_text(WAITS)
    os.mkfifo(tmp_path / "go")
    null = ("--frame-runtime=null", "--frame-renderer=null", "--frame-gl=null", "--frame-preprocess=none,invert")
    command = [sys.executable, "-P", "-m", "framegate", "bench", str(write_model(size=48)), "--", *null]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTEST_ADDOPTS": ""}
    said = tmp_path / "said.txt"
    with said.open("w") as file:
        process = subprocess.Popen([*command, "-p", "waits_plugin"], cwd=tmp_path, env=environment, stdout=file)
    with process:
        try:
            until(lambda: "A first answer" in said.read_text() or process.poll() is not None)
            assert "tiny at 48: " in said.read_text()
            assert process.poll() is None
            (tmp_path / "go").write_text("")
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.terminate()


def test_results_may_go_to_a_file_of_the_users(shell: Shell, write_model: Callable[..., Path], tmp_path: Path) -> None:
    null = ("--frame-runtime=null", "--frame-renderer=null", "--frame-gl=null", "--benchmark-json=own.json")
    done = shell(sys.executable, "-P", "-m", "framegate", "bench", write_model(size=48), "--", *null)
    assert done.returncode == 0, done.stdout + done.stderr
    (result,) = json.loads((tmp_path / "own.json").read_text("utf-8"))["benchmarks"]
    assert result["params"]["frame_runtime"] == "null"


def test_without_anything_to_run_it_with_all_is_named(bench: Shell, write_model: Callable[..., Path]) -> None:
    done = bench(write_model(size=48), lacks=NO_BROWSER)
    assert done.returncode == 2
    assert "Not here: TF.js in a browser: playwright is not installed (pip install" in done.stdout
    assert "Not here: Python: TensorFlow is not installed (pip install" in done.stdout
    assert all(len(line) <= COLUMNS for line in done.stdout.splitlines())
    assert done.stderr == "framegate: there is nothing here to run a model with: install one of what is named above\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [(None, "no such file or folder"), ("{}", "no modelTopology and no weightsManifest"), ("nothing", "not JSON")],
)
def test_what_is_no_model_is_named_before_anything_starts(
    bench: Shell, tmp_path: Path, text: str | None, complaint: str
) -> None:
    file = tmp_path / "other.json"
    if text is not None:
        file.write_text(text)
    done = bench(file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("framegate: ")
    assert done.stderr.count("\n") == 1
    assert "other.json" in done.stderr
    assert complaint in done.stderr
