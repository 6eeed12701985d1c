"""``framegate live`` as a command: without a window, without a browser, and until Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import psutil
import pytest
from fake_npm import FakeNpm
from live_pages import Person
from patience import until
from processes import browsers

from framegate.browser.chromium_tab import ChromiumTab
from framegate.browser.driver import Browser
from framegate.browser.server import page_server
from framegate.live.headless import show_headless

WriteModel = Callable[..., Path]

DEADLINE_S = 120.0
COMMAND = (sys.executable, "-m", "framegate", "live")


def test_a_screenshot_is_taken_without_a_window(tfjs: Path, write_model: Callable[..., Path], tmp_path: Path) -> None:
    words = [*COMMAND, str(write_model(size=32)), "--frames=5", "--screenshot=page.png"]
    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert run.returncode == 0, run.stderr
    assert re.fullmatch(
        r"\d+ frames were on the screen: [\d.]+ per second, .* ms old at the median, \d+ of \d+ missed;"
        r" wrote page.png\n",
        run.stdout,
    )
    picture = cv2.imread(str(tmp_path / "page.png"))
    assert picture is not None
    assert picture.shape[1] > 1000
    del tfjs


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--frames=5"], "no Chrome or Chromium is installed .*apt-get install"),
        (["--frames=0"], "--frames 0: give the number of frames"),
        (["--fit=resize", "--rate=60"], "--rate, --fit: a window takes that "),
        (["no-such-model"], "no-such-model"),
    ],
)
def test_what_cannot_be_is_one_line(tfjs: Path, tmp_path: Path, arguments: list[str], expected: str) -> None:
    environment = {**os.environ, "PATH": "", "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path), "FRAMEGATE_CACHE": str(tfjs)}
    run = subprocess.run(
        [*COMMAND, *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert run.returncode == 2
    assert re.search(expected, run.stderr)
    assert run.stderr.count("\n") == 1


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, tfjs: Path) -> Iterator[Start]:
    """Starts the command; what is left of it at the end is killed."""
    del tfjs
    with ExitStack() as started:

        def command(*words: str, **variables: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [*COMMAND, *words],
                cwd=tmp_path,
                env={**os.environ, **variables},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield command


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    match = re.match(r"(http://127\.0\.0\.1:\d+/[\w-]+/live\.html) ", process.stdout.readline())
    assert match
    return match[1]


def end_by_ctrl_c(process: subprocess.Popen[str]) -> None:
    """See that it ends in order, and leaves nobody behind."""
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, said) == (130, "framegate: stopped\n")
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))


def test_ctrl_c_ends_it_while_nobody_looks(start: Start) -> None:
    process = start("--no-open")
    address_of(process)
    end_by_ctrl_c(process)


def test_ctrl_c_ends_it_while_frames_are_shown(start: Start, live_context: Any, write_model: WriteModel) -> None:
    process = start("--no-open", str(write_model(size=32)))
    page = live_context.new_page()
    Person(page).opens(address_of(process))
    end_by_ctrl_c(process)
    page.close()


def test_ctrl_c_ends_it_while_a_model_is_fetched(start: Start, tfjs: Path, tmp_path: Path) -> None:
    cache, programs, begun = tmp_path / "cache", tmp_path / "bin", tmp_path / "begun"
    cache.mkdir()
    for folder in tfjs.iterdir():
        if folder.name != "npm":
            (cache / folder.name).symlink_to(folder)
    programs.mkdir()
    FakeNpm(programs).fail(f"import signal\npathlib.Path({str(begun)!r}).touch()\nsignal.pause()")
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    process = start("--no-open", "npm:thing@1.0.0", PATH=path, FRAMEGATE_CACHE=str(cache))
    address = urlsplit(address_of(process))
    with closing(HTTPConnection(address.netloc)) as page:
        page.request("POST", address.path.replace("live.html", "live/explain"), json.dumps({"model": "thing"}))
        until(begun.exists)
        end_by_ctrl_c(process)
        with pytest.raises(RemoteDisconnected):
            page.getresponse()


def test_ctrl_c_ends_it_and_its_browser(start: Start, write_model: WriteModel) -> None:
    process = start(str(write_model(size=32)), "--frames=1000000000")
    until(lambda: browsers(psutil.Process(process.pid)))
    end_by_ctrl_c(process)


def test_ctrl_c_asks_nothing_of_a_browser_whose_page_stands_still(
    chromium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del chromium
    asked_of: list[list[psutil.Process]] = []
    close, of_others = ChromiumTab.close, set(browsers())

    def own() -> list[psutil.Process]:
        return [process for process in browsers() if process not in of_others]

    async def closed(tab: ChromiumTab) -> None:
        asked_of.append(own())
        await close(tab)

    def ctrl_c(*_: object) -> None:
        assert own()
        for process in own():
            with suppress(psutil.NoSuchProcess):
                process.suspend()
        raise KeyboardInterrupt

    monkeypatch.setattr(ChromiumTab, "close", closed)
    monkeypatch.setattr(Browser, "call", ctrl_c)
    with page_server() as server:
        server.serve({"live.html": b"<!doctype html>"})
        with pytest.raises(KeyboardInterrupt):
            show_headless(f"{server.root}live.html", 5, None)
    assert asked_of == [[]]
    assert own() == []
