"""A browser that hangs or dies is an error in time, and leaves nothing behind."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from framegate.browser.driver import Browser
from framegate.browser.server import page_server
from framegate.errors import BrowserError

StartBrowser = Callable[[], Browser]


def browsers() -> list[psutil.Process]:
    """The processes of browsers that this one has started and that have not ended."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "chrom" in process.name() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, where a browser's profile is kept while it runs.

    pytest's own has too long a path for the socket that Chromium opens there.
    """
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def test_a_page_is_called_and_nothing_is_left(start_browser: StartBrowser, temporary: Path) -> None:
    browser = start_browser()
    assert browsers()
    assert list(temporary.glob("*profile*"))
    assert browser.version[0].isdigit()
    assert browser.call("({ one }) => ({ two: one + one })", {"one": 1}, 10) == {"two": 2}
    browser.close()
    browser.close()
    assert not browsers()
    assert not list(temporary.glob("*profile*"))


def test_a_page_that_hangs_is_ended_at_the_deadline(start_browser: StartBrowser, temporary: Path) -> None:
    browser = start_browser()
    browser.call("() => console.log('so far')", None, 10)
    started = time.monotonic()
    with pytest.raises(
        BrowserError, match=r"did not answer .* within 1 s and was ended; its console said last: so far"
    ):
        browser.call("() => { for (;;); }", None, 1)
    assert time.monotonic() - started < 30
    assert not browsers()
    assert not list(temporary.glob("*profile*"))


def test_a_browser_that_was_killed_is_an_error(start_browser: StartBrowser) -> None:
    browser = start_browser()
    for process in browsers():
        process.send_signal(signal.SIGKILL)
    with pytest.raises(BrowserError, match="could not answer"):
        browser.call("() => 1", None, 20)
    browser.close()
    assert not browsers()


def test_what_a_page_throws_is_an_error(start_browser: StartBrowser) -> None:
    with pytest.raises(BrowserError, match=r"could not answer .*no such thing"):
        start_browser().call("() => { throw new Error('no such thing'); }", None, 10)


def test_a_program_that_is_no_browser_is_an_error(chromium: Path) -> None:
    del chromium
    with pytest.raises(BrowserError, match="the browser could not start"):
        Browser(Path("/bin/false"), [])


def test_a_page_reaches_its_server_and_nothing_else(start_browser: StartBrowser) -> None:
    browser = start_browser()
    refused = """() => new Promise((done) => {
      addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
      fetch("https://example.com/").catch(() => {});
    })"""
    with page_server() as server:
        server.routes["index.html"] = b"<!doctype html>"
        browser.open(server.root + "index.html", 20)
        assert browser.call("() => crossOriginIsolated", None, 10) is True
        assert browser.call(refused, None, 10) == "connect-src"
