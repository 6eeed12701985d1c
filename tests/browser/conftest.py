"""A real Chromium and the real TF.js, or the reason why there is none; in CI the set-up must have brought them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from framegate.browser.chromium import find_chromium, flags
from framegate.browser.driver import Browser
from framegate.browser.tfjs import tfjs_files
from framegate.errors import BackendUnavailable, SourceError
from framegate.paths import cache_dir

ROOT = Path(__file__).parents[2]

StartBrowser = Callable[[], Browser]
StartCells = Callable[..., "subprocess.Popen[str]"]
RunCells = Callable[..., subprocess.CompletedProcess[str]]


def lacking(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program."""
    if importlib.util.find_spec("playwright") is None:
        lacking("playwright is not installed")
    try:
        return find_chromium()
    except BackendUnavailable as error:
        lacking(str(error))
        raise


@pytest.fixture(scope="session")
def tfjs(chromium: Path) -> Path:
    """The cache with the files of TF.js, for tests that need a browser as well."""
    del chromium
    try:
        tfjs_files(cache_dir())
    except (BackendUnavailable, SourceError) as error:
        lacking(str(error))
    return cache_dir()


@pytest.fixture
def start_browser(chromium: Path) -> Iterator[StartBrowser]:
    """Starts browsers, which are ended with the test."""
    with ExitStack() as started:

        def start() -> Browser:
            browser = Browser(chromium, flags("software"))
            started.callback(browser.close)
            return browser

        yield start


@pytest.fixture
def start_cells(tmp_path: Path, tfjs: Path, write_model: Callable[..., Path]) -> Iterator[StartCells]:
    """Starts test_browser on the tiny model, in a process and a folder of its own, behind a conftest."""
    folder = tmp_path / "run"
    folder.mkdir()
    shutil.copy(ROOT / "suites" / "test_browser.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\n")
    model = write_model(size=None)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "plugins"),
        "FRAMEGATE_CACHE": str(tfjs),
        "PYTEST_ADDOPTS": "",
        "CI": "",
    }
    with ExitStack() as started:

        def start(conftest: str, *options: str) -> subprocess.Popen[str]:
            (folder / "conftest.py").write_text(conftest)
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "pytest", "test_browser.py", "-p", "framegate.plugin", "-v", "-rs"),
                    *(f"--frame-model={model}", "--frame-size=16", "--benchmark-json=out.json", *options),
                ],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield start


@pytest.fixture
def run_cells(start_cells: StartCells) -> RunCells:
    """The same, when it has ended."""

    def run(conftest: str, *options: str) -> subprocess.CompletedProcess[str]:
        process = start_cells(conftest, *options)
        output, errors = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    return run
