"""Firefox runs the page as it is, and what it lacks is a skip that says so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
from fed_pictures import fed_pictures, form_of
from patience import PATIENCE_S

from framegate.browser.driver import Browser
from framegate.browser.firefox import FIREFOX
from framegate.browser.runtimes import PageRuntime
from framegate.browser.server import page_server
from framegate.browser.session import TFJSPage
from framegate.errors import BackendUnavailable, BrowserError, NoAnswer
from framegate.interfaces import ResolvedModel

ROOT = Path(__file__).parents[2]
PAGE = b"<!doctype html><body style='margin: 7px'><canvas width=5 height=3></canvas>"
DRAW = """() => {
  const context = document.querySelector("canvas").getContext("2d");
  for (let at = 0; at < 15; at++) {
    context.fillStyle = `rgb(${17 * at}, ${255 - 17 * at}, ${at})`;
    context.fillRect(at % 5, Math.floor(at / 5), 1, 1);
  }
}"""

# Inverts the picture that runs on the page of framegate live; what the model was fed before and after, and the figures.
INVERT = """async () => {
  const { live } = stage.shown.contentWindow;
  const { seen: before } = live;
  by_id("steps").querySelector("input[value=invert]").click();
  while (live.seen === before || showing.busy) await new Promise(requestAnimationFrame);
  await shown(live.count + 2);
  return [[...before.data], [...live.seen.data], known.told.wrong, by_id("fault").hidden];
}"""


@pytest.fixture(scope="session")
def firefox(web_sockets: None) -> Path:
    """Firefox' program. The set-up does not bring it."""
    del web_sockets
    try:
        return FIREFOX.find()
    except BackendUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def browser(firefox: Path) -> Iterator[Browser]:
    """One Firefox, with a page of its own."""
    with closing(Browser(firefox, FIREFOX.flags("software"), engine=FIREFOX)) as browser, page_server() as server:
        server.serve({"index.html": PAGE})
        browser.open(server.root + "index.html", PATIENCE_S)
        yield browser


def test_its_page_is_called_and_seen(browser: Browser) -> None:
    assert browser.version[0].isdigit()
    assert browser.call("({ one }) => ({ two: one + one, none: null })", {"one": 1}, PATIENCE_S) == {
        "two": 2,
        "none": None,
    }
    assert browser.call("() => undefined", None, PATIENCE_S) is None
    assert (
        browser.call("async () => crossOriginIsolated && await new Promise((done) => done(3))", None, PATIENCE_S) == 3
    )
    browser.call(DRAW, None, PATIENCE_S)
    seen = cv2.imdecode(np.frombuffer(browser.picture("canvas", PATIENCE_S), np.uint8), cv2.IMREAD_COLOR)
    at = np.arange(15, dtype=np.uint8).reshape(3, 5)
    assert seen is not None
    np.testing.assert_array_equal(seen[..., ::-1], np.stack([17 * at, 255 - 17 * at, at], axis=-1))


def test_its_clock_is_told(browser: Browser) -> None:
    before = browser.clock_offset_s(PATIENCE_S)
    assert browser.clock_offset_s(PATIENCE_S) == pytest.approx(before, abs=1)


def test_what_it_throws_is_an_error_in_its_words(browser: Browser) -> None:
    with pytest.raises(BrowserError, match=r"could not fail: no such thing"):
        browser.call("() => { throw new Error('no such thing'); }", None, PATIENCE_S, "fail")
    with pytest.raises(BrowserError, match=r"could not show its video: there is no video"):
        browser.picture("video", PATIENCE_S)


def test_its_mouse_is_moved_and_answered(browser: Browser) -> None:
    browser.call("() => { globalThis.downs = 0; onmousedown = () => globalThis.downs++; }", None, PATIENCE_S)
    with browser.clicking(50, PATIENCE_S):
        browser.call("() => new Promise((done) => onmouseup = done).then(() => 1)", None, PATIENCE_S)
    assert browser.call("() => globalThis.downs", None, PATIENCE_S) >= 1


def test_it_asks_no_other_machine(browser: Browser) -> None:
    for address in ("http://192.0.2.1/", "http://example.com/"):
        # Refused by the proxy that is not there, and so at once.
        with pytest.raises(BrowserError, match=r"could not load its page: .*PROXY_CONNECTION_REFUSED"):
            browser.open(address, PATIENCE_S)


def test_it_has_no_trace_and_no_camera_with_a_clip(browser: Browser) -> None:
    with pytest.raises(BackendUnavailable, match="Firefox does not tell when the display had a frame; leave --frame-p"):
        browser.start_trace(PATIENCE_S)
    with pytest.raises(BackendUnavailable, match=r"Firefox has no camera that shows a clip; name another"):
        FIREFOX.flags("software", Path("clip.y4m"))


def test_webassembly_starts_in_its_worker(browser: Browser, tfjs: Path, write_model: Callable[..., Path]) -> None:
    model = ResolvedModel("tiny", write_model(size=None) / "model.json", "graph", "0" * 64)
    pictures = fed_pictures(np.full((16, 16, 4), 255, np.uint8))
    with page_server() as server:
        page = TFJSPage(browser, server, PageRuntime("wasm"), model, tfjs, thread="worker")
        page.take(pictures, form_of(pictures))
        # The document has started what TF.js takes for its threads.
        assert page.info["wasm_threads"] >= 1
        assert page.outputs


def test_one_that_hangs_is_ended_at_the_deadline_and_leaves_nothing(firefox: Path) -> None:
    browser = Browser(firefox, FIREFOX.flags("native"), engine=FIREFOX)
    folder = browser._folder.path
    assert (folder / "firefox-profile" / "user.js").is_file()
    browser.call("() => console.log('so far')", None, PATIENCE_S)
    with pytest.raises(NoAnswer, match=r"did not hang within 1 s and was ended; its console said last: so far"):
        browser.call("() => new Promise(() => {})", None, 1, "hang")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", "did not start as a browser: it ended with exit code 0; name a Firefox with --frame-browser-path"),
        ("echo no luck >&2; exit 3", "it ended with exit code 3 and said: no luck; name a Firefox"),
        (
            "head -c 300000 /dev/zero >&2; echo >&2; echo no luck >&2; exit 3",
            "it ended with exit code 3 and said: no luck",
        ),
        ("echo WebDriver BiDi listening on ws://127.0.0.1:9 >&2; sleep 60", "no answer from ws://127.0.0.1:9/session"),
    ],
)
def test_a_program_that_is_none_is_an_error_in_one_line(
    web_sockets: None, tmp_path: Path, script: str, said: str
) -> None:
    del web_sockets
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(BrowserError, match=said) as caught:
        Browser(program, [], engine=FIREFOX, start_s=PATIENCE_S)
    assert len(str(caught.value).splitlines()) == 1


@pytest.fixture
def run_cells_of(tfjs: Path, firefox: Path, tmp_path: Path) -> Callable[..., dict[str, dict[str, object]]]:
    """Runs test_browser on a model in Firefox; returns what was stored of each cell that ran, and its skips."""
    del firefox

    def run(model: str | Path, *options: str) -> dict[str, dict[str, object]]:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "suites/test_browser.py", "-q", "-rs", "-p", "no:cacheprovider"),
                # Where every cell is skipped, nothing is stored.
                *("-W", "ignore:Not saving anything"),
                *("--benchmark-only", f"--benchmark-json={tmp_path / 'out.json'}", f"--frame-model={model}"),
                *("--frame-preprocess=none", "--frame-browser=firefox", "--frame-trial=off"),
                *("-p", "quick_pages", *options),
            ],
            cwd=ROOT,
            env={**os.environ, "FRAMEGATE_CACHE": str(tfjs), "CI": "", "PYTHONPATH": str(ROOT / "tests" / "helpers")},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        file = tmp_path / "out.json"
        stored = json.loads(file.read_text("utf-8"))["benchmarks"] if file.is_file() else []
        return {entry["params"]["frame_runtime"]: entry["extra_info"] for entry in stored} | {"": {"said": done.stdout}}

    return run


def test_its_cells_run_a_real_model_and_are_right_and_name_what_it_lacks(
    run_cells_of: Callable[..., dict[str, dict[str, dict[str, object]]]],
) -> None:
    options = ("--frame-runtime=tfjs-wasm,tfjs-webgpu", "--frame-renderer=topixels")
    cells = run_cells_of("colour-128-f8", *options)
    # Every cell that ran has compared its canvas; and its output, where there is a runtime to compare it with.
    page = cells["firefox:tfjs-wasm"]["browser"]
    assert page["browser_name"] == "Firefox"
    assert str(page["browser"])[0].isdigit()
    assert page["tensors_left"] == page["bytes_left"] == 0
    assert set(cells) == {"firefox:tfjs-wasm", ""}
    assert "runtime 'firefox:tfjs-webgpu': the browser has no WebGPU; name another backend" in str(cells[""]["said"])


def test_a_worker_that_gets_its_context_once_is_a_skip_that_says_so(
    run_cells_of: Callable[..., dict[str, dict[str, dict[str, object]]]], write_model: Callable[..., Path]
) -> None:
    cell = ("--frame-runtime=tfjs-cpu", "--frame-renderer=topixels", "--frame-page-thread=worker")
    cells = run_cells_of(write_model(size=16), "-p", "no_tensorflow", *cell)
    # A Firefox that gives it again runs the cell.
    refused = (
        "topixels with TF.js on cpu: TF.js asks for the canvas' context with every frame, which this browser refuses"
    )
    assert ("firefox:tfjs-cpu" in cells) is not (refused in str(cells[""]["said"]))


def test_its_window_has_webgl(
    run_cells_of: Callable[..., dict[str, dict[str, dict[str, object]]]],
    write_model: Callable[..., Path],
    need_display: Callable[[], None],
) -> None:
    if shutil.which("Xvfb") is None and "DISPLAY" not in os.environ:
        pytest.skip("needs a display, or Xvfb: sudo apt-get install -y xvfb")
    need_display()
    cell = ("--frame-runtime=tfjs-webgl", "--frame-renderer=same-context", "--frame-headed")
    cells = run_cells_of(write_model(size=16), "-p", "no_tensorflow", *cell)
    assert cells["firefox:tfjs-webgl"]["frame"]["gl_renderer"]


def test_a_person_watches_a_model_in_it(browser: Browser, live_address: str) -> None:
    browser.open(live_address, PATIENCE_S)
    assert "frames were on the screen" in browser.call("count => reached(count)", 5, PATIENCE_S)
    before, after, wrong, is_well = browser.call(INVERT, None, PATIENCE_S)
    colours = np.arange(len(before)) % 4 < 3
    np.testing.assert_array_equal(np.where(colours, 255 - np.array(before), 255), after)
    assert (wrong, is_well) == (0, True)
