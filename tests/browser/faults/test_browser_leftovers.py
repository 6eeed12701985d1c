"""Killing pytest leaves no browser and no temporary folder behind, whatever it was doing."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from patience import PATIENCE_S, until
from processes import browsers, users

from framegate.browser import watcher
from framegate.browser.driver import Browser
from framegate.browser.firefox import FIREFOX
from framegate.errors import BackendUnavailable

StartCells = Callable[..., "subprocess.Popen[str]"]

WASM = ("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels")

# The page never ends its rounds, so that the browser is at work when pytest goes.
BUSY = """
import sys
from framegate.browser.session import TFJSPage

sys.modules["tensorflow"] = None
rounds = TFJSPage.rounds

def endless(page, *arguments, **named):
    page._browser.call("() => { tf.GraphModel.prototype.predict = () => { for (;;); }; }", None, 600)
    print("at work", file=sys.__stderr__, flush=True)
    return rounds(page, *arguments, **named)

TFJSPage.rounds = endless
"""

# The browser is being started.
STARTING = """
import sys
from framegate.browser.chromium_tab import ChromiumTab

start = ChromiumTab.launch

async def announced(tab, driver):
    print("at work", file=sys.__stderr__, flush=True)
    return await start(tab, driver)

ChromiumTab.launch = announced
"""


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, to be asked for before what starts pytest."""
    # pytest's own folders are elsewhere.
    tmp_path_factory.getbasetemp()
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        # Which Python has looked up by now, once for all.
        monkeypatch.setattr("tempfile.tempdir", folder)
        yield Path(folder)


def wait_for_work(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    assert any(line == "at work\n" for line in process.stderr), "pytest ended before its page was at work"


@pytest.mark.parametrize(
    ("conftest", "number"),
    [(BUSY, signal.SIGKILL), (BUSY, signal.SIGTERM), (BUSY, signal.SIGINT), (STARTING, signal.SIGKILL)],
    ids=["kill", "term", "int", "kill-at-start"],
)
def test_nothing_is_left_when_pytest_is_killed(
    temporary: Path, start_cells: StartCells, conftest: str, number: signal.Signals
) -> None:
    process = start_cells(conftest, "-s", *WASM)
    wait_for_work(process)
    if conftest is BUSY:
        assert browsers(psutil.Process(process.pid))
        assert list(temporary.glob("framegate-*/*profile*"))
    process.send_signal(number)
    until(lambda: not users(str(temporary)))
    until(lambda: not list(temporary.glob("framegate-*")) and not list(temporary.glob("*playwright*")))
    process.communicate(timeout=PATIENCE_S)
    assert not [each.name for each in temporary.iterdir() if "pytest-of" not in each.name]
    assert not users(str(temporary))


def test_nothing_is_left_of_a_firefox_when_pytest_is_killed(
    temporary: Path, start_cells: StartCells, web_sockets: None
) -> None:
    del web_sockets
    try:
        FIREFOX.find()
    except BackendUnavailable as error:
        pytest.skip(str(error))
    process = start_cells(BUSY, "-s", *WASM, "--frame-browser=firefox")
    wait_for_work(process)
    assert list(temporary.glob("framegate-*/firefox-profile"))
    process.kill()
    until(lambda: not users(str(temporary)))
    until(lambda: not list(temporary.glob("framegate-*")))
    process.communicate(timeout=PATIENCE_S)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_all_processes_are_asked_to_end(
    temporary: Path, start_cells: StartCells, number: signal.Signals
) -> None:
    process = start_cells(BUSY.replace("for (;;);", "return new Promise(() => {});"), "-s", *WASM)
    wait_for_work(process)
    # With its watcher, and before pytest itself could do anything about it.
    for each in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
        # One may end with another's end, before its own turn.
        with suppress(psutil.NoSuchProcess):
            each.send_signal(number)
    process.communicate(timeout=PATIENCE_S)
    until(lambda: not users(str(temporary)) and not list(temporary.glob("framegate-*")))


def test_the_next_run_removes_what_is_left_when_pytest_and_its_watcher_are_killed(
    temporary: Path, start_cells: StartCells, start_browser: Callable[[], Browser]
) -> None:
    process = start_cells(BUSY, "-s", *WASM)
    wait_for_work(process)
    (killed,) = [each for each in psutil.Process(process.pid).children() if watcher.__file__ in each.cmdline()]
    killed.kill()
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    # The driver ends when pytest has, and ends its browser.
    until(lambda: not users(str(temporary)))
    left = list(temporary.glob("framegate-*"))
    assert left
    start_browser()
    assert not [folder for folder in left if folder.exists()]
