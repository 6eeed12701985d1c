"""A browser that hangs or dies is an error in time, and leaves nothing behind."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import psutil
import pytest
from patience import PATIENCE_S, until
from processes import browsers, kill, users

from framegate.browser.chromium import flags
from framegate.browser.driver import Browser
from framegate.browser.server import page_server
from framegate.errors import BackendUnavailable, BrowserError

StartBrowser = Callable[[], Browser]


class Ends(Protocol):
    def end(self) -> None: ...


@pytest.fixture(scope="module", autouse=True)
def _no_other(kept_browser: Ends) -> None:
    """End the browser that other files share: here all browsers of this process are looked for."""
    kept_browser.end()


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, where a browser's are kept while it runs and nothing is left after it."""
    # pytest's own folders are elsewhere.
    tmp_path_factory.getbasetemp()
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        # Which Python has looked up by now, once for all.
        monkeypatch.setattr("tempfile.tempdir", folder)
        yield Path(folder)
        assert not list(Path(folder).iterdir())


def test_a_page_is_called_and_nothing_is_left(start_browser: StartBrowser, temporary: Path) -> None:
    browser = start_browser()
    assert browsers()
    (folder,) = temporary.iterdir()
    assert list(folder.glob("*profile*"))
    assert browser.version[0].isdigit()
    assert browser.call("({ one }) => ({ two: one + one })", {"one": 1}, PATIENCE_S) == {"two": 2}
    browser.close()
    browser.close()
    assert not browsers()
    assert not list(temporary.iterdir())


def test_a_page_that_hangs_is_ended_at_the_deadline(start_browser: StartBrowser, temporary: Path) -> None:
    browser = start_browser()
    browser.call("() => console.log('so far')", None, PATIENCE_S)
    with pytest.raises(
        BrowserError, match=r"did not answer .* within 1 s and was ended; its console said last: so far"
    ):
        browser.call("() => { for (;;); }", None, 1)
    assert not browsers()
    assert not list(temporary.iterdir())


def test_a_browser_that_was_killed_is_an_error(start_browser: StartBrowser) -> None:
    browser = start_browser()
    for process in browsers():
        process.send_signal(signal.SIGKILL)
    with pytest.raises(BrowserError, match=r"could not answer"):
        browser.call("() => 1", None, PATIENCE_S)
    browser.close()
    assert not browsers()


LOSE = """() => {
  const gl = document.createElement("canvas").getContext("webgl2");
  gl.getExtension("WEBGL_lose_context").loseContext();
  return new Promise(() => {});
}"""


@pytest.mark.parametrize("after", ["return new Promise(() => {});", "return 1;"])
def test_a_lost_webgl_context_is_an_error_whether_it_is_waited_for_or_not(
    start_browser: StartBrowser, after: str
) -> None:
    browser = start_browser()
    assert browser.call("() => 1", None, PATIENCE_S) == 1
    with pytest.raises(BrowserError, match=r"could not answer .*: a WebGL context was lost"):
        browser.call(LOSE.replace("return new Promise(() => {});", after), None, PATIENCE_S)


def test_a_context_that_nobody_holds_any_more_is_let_go(chromium: Path) -> None:
    # More than a browser has at a time: it loses the oldest, unless they can be collected.
    some = """async () => {
      for (let count = 0; count < 40; count++) {
        document.createElement("canvas").getContext("webgl2");
        await new Promise((done) => setTimeout(done));
        gc();
        await new Promise((done) => setTimeout(done));
      }
    }"""
    with closing(Browser(chromium, [*flags("software"), "--js-flags=--expose-gc"])) as browser:
        browser.call(some, None, PATIENCE_S)


def test_a_gpu_process_that_ended_is_an_error_though_it_comes_back(start_browser: StartBrowser) -> None:
    browser = start_browser()
    assert browser.call("() => 1", None, PATIENCE_S) == 1
    kill("gpu-process")
    with pytest.raises(BrowserError, match=r"could not answer .*: its GPU process ended in the meantime"):
        # A call may still be answered before anybody has noticed.
        until(lambda: browser.call("() => null", None, PATIENCE_S))


def test_a_lost_webgpu_device_is_an_error(start_browser: StartBrowser) -> None:
    browser = start_browser()
    with page_server() as server:
        # Without a safe origin there is no WebGPU.
        server.serve({"index.html": b"<!doctype html>"})
        browser.open(server.root + "index.html", PATIENCE_S)
        browser.call(
            "async () => { globalThis.device = await (await navigator.gpu.requestAdapter()).requestDevice(); }",
            None,
            PATIENCE_S,
        )
        kill("gpu-process")
        with pytest.raises(BrowserError, match=r"could not answer .*: the WebGPU device was lost"):
            browser.call("() => new Promise(() => {})", None, PATIENCE_S)


def test_a_driver_that_was_killed_is_an_error(start_browser: StartBrowser) -> None:
    browser = start_browser()
    (driver,) = [process for process in psutil.Process().children() if "node" in process.name()]
    driver.kill()
    with pytest.raises(BrowserError, match=r"could not answer"):
        browser.call("() => 1", None, PATIENCE_S)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", "did not start as a browser: it ended with exit code 0; name a Chrome"),
        ("echo no luck >&2; exit 3", "exit code 3 and said: no luck; name a Chrome or Chromium with --frame-browser-p"),
        ("kill -9 $$", "did not start as a browser: it was ended by SIGKILL; name a Chrome or Chromium"),
        ("exec sleep 1000", r"the browser did not start \(.*program\) within 4 s and was ended"),
    ],
)
def test_a_program_that_is_no_browser_is_an_error_in_one_line(
    chromium: Path, tmp_path: Path, temporary: Path, script: str, said: str
) -> None:
    del chromium
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(BrowserError, match=said) as caught:
        # What drives the browser starts in that time as well.
        Browser(program, [], start_s=4 if "sleep" in script else PATIENCE_S)
    assert len(str(caught.value).splitlines()) == 1
    assert not list(temporary.iterdir())
    assert not users(str(temporary))


def test_without_a_display_there_is_no_window(chromium: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(
        BackendUnavailable, match=r"there is no display .*; leave --frame-headed out, or run under xvfb"
    ):
        Browser(chromium, flags("software"), headed=True)


def test_a_long_path_for_temporary_files_does_no_harm(
    start_browser: StartBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    browser = start_browser()
    assert browser.call("() => 1", None, PATIENCE_S) == 1
    browser.close()
    assert not browser._folder.path.exists()


def test_a_page_that_does_not_end_loading_is_an_error(start_browser: StartBrowser) -> None:
    with page_server() as server:
        server.serve({"index.html": b"<script src=hang.js></script>", "hang.js": b"for (;;);"})
        with pytest.raises(BrowserError, match=r"did not load its page within 2 s and was ended"):
            start_browser().open(server.root + "index.html", 2)
