"""The page of ``framegate live``: how soon a switch is seen, what showing costs, and the suites' figures beside."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from framegate.browser.chromium import find_chromium, flags
from framegate.live.server import live_server
from framegate.paths import cache_dir
from speed.figures import Figures, report

MODEL = "selfie-256"
RUNTIMES = ("tfjs-wasm", "ort-wasm")
"""That which the page shows first, and another one."""
SWITCHES = 10
PATIENCE_MS = 600_000

# Milliseconds from a click on a step until the pixels of the first frame of the new picture are in the canvas.
SWITCH = """async () => {
  const { live } = stage.shown.contentWindow;
  const { seen: before, show_input } = live;
  let first = null;
  live.show_input = (picture) => {
    if (picture !== before) first ??= live.count;
    show_input(picture);
  };
  const began_s = live.now();
  by_id("steps").querySelector("input[value=invert]").click();
  while (first === null || live.count === first) await new Promise(requestAnimationFrame);
  live.show_input = show_input;
  const [, , , , shown_s] = live.sights.at(first - live.count);
  while (showing.busy) await new Promise(requestAnimationFrame);
  return 1000 * (shown_s - began_s);
}"""

# The same from the choice of another renderer, until the first frame that it drew.
SWITCH_RENDERER = """async () => {
  const { live } = stage.shown.contentWindow;
  const { go } = live;
  let first = null;
  live.go = () => {
    first ??= live.count;
    go();
  };
  const began_s = live.now();
  const choice = by_id("renderer");
  choice.value = choice.value === "topixels" ? "texture" : "topixels";
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  while (first === null || live.count === first) await new Promise(requestAnimationFrame);
  live.go = go;
  const [, , , , shown_s] = live.sights.at(first - live.count);
  while (showing.busy) await new Promise(requestAnimationFrame);
  return 1000 * (shown_s - began_s);
}"""

# The same from the choice of another runtime, whose frames are on a clock of their own.
SWITCH_RUNTIME = """async (runtime) => {
  const { shown: before } = stage;
  const began_ms = performance.timeOrigin + performance.now();
  const choice = by_id("runtime");
  choice.value = runtime;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  while (stage.shown === before) await new Promise(requestAnimationFrame);
  const { live, performance: clock } = stage.shown.contentWindow;
  while (!live.sights.length) await new Promise(requestAnimationFrame);
  const [[, , , , shown_s]] = live.sights;
  while (showing.busy) await new Promise(requestAnimationFrame);
  return clock.timeOrigin + 1000 * shown_s - began_ms;
}"""

# The share of ten seconds in which the page's main thread draws the figures, in percent.
COST = """async () => {
  const own = draw;
  let spent_ms = 0;
  draw = (...shown) => {
    const began_ms = performance.now();
    own(...shown);
    spent_ms += performance.now() - began_ms;
  };
  const began_ms = performance.now();
  while (performance.now() - began_ms < 10_000) await new Promise(requestAnimationFrame);
  draw = own;
  return (100 * spent_ms) / (performance.now() - began_ms);
}"""

# Milliseconds of a frame as the page shows it: its stages together.
SHOWN = "() => 1000 * Object.values(known.told.stages_s).reduce((sum, each) => sum + each, 0)"


@contextmanager
def opened() -> Iterator[Any]:
    """The page in a browser that nobody sees, showing the model."""
    from playwright.sync_api import sync_playwright

    with live_server([MODEL], cache_dir()) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=flags("software"))
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{served.address}#model={MODEL}")
        watched(page)
        yield page
        browser.close()


def watched(page: Any) -> None:
    """Wait until the page has shown frames for a while."""
    page.wait_for_function("() => document.body.ariaBusy === 'false' && known.told?.seconds > 5")


def runtimes_ms(page: Any) -> tuple[float, float]:
    """How long a switch to another runtime takes that is loaded for it, and one between two that are."""
    first, other = RUNTIMES
    # What Python converts for it is kept; what the page has loaded is not.
    page.evaluate(SWITCH_RUNTIME, other)
    page.evaluate("runtime => { by_id('runtime').value = runtime; choice.keep(); }", first)
    page.reload()
    watched(page)
    load_ms = page.evaluate(SWITCH_RUNTIME, other)
    back_ms = [page.evaluate(SWITCH_RUNTIME, runtime) for _ in range(SWITCHES // 2) for runtime in RUNTIMES]
    page.evaluate(SWITCH_RUNTIME, first)
    return load_ms, median(back_ms)


def pressed(page: Any, button: str) -> str:
    """What a button's answer is."""
    page.evaluate("() => { by_id('command').textContent = ''; }")
    page.get_by_role("button", name=button).click()
    page.wait_for_function("() => !by_id('record').disabled && by_id('command').textContent")
    return str(page.locator("#command").inner_text())


def suite_s(line: str) -> float:
    """Seconds of a frame at the median, as the command that the page gives measures it in a browser of its own."""
    words = [sys.executable, "-m", *shlex.split(line), "--benchmark-json=suite.json"]
    run = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - the page's words
    if run.returncode:
        raise RuntimeError(" ".join(run.stdout.split())[-400:])
    return stored_s(Path("suite.json"))


def stored_s(path: Path) -> float:
    """The median of the one benchmark in a file."""
    [entry] = json.loads(path.read_text("utf-8"))["benchmarks"]
    return float(entry["stats"]["median"])


def measure() -> Figures:
    """Ratios of medians, and a percentage."""
    with tempfile.TemporaryDirectory() as folder, opened() as page:
        os.chdir(folder)
        switch_ms = median(page.evaluate(SWITCH) for _ in range(SWITCHES))
        renderer_ms = median(page.evaluate(SWITCH_RENDERER) for _ in range(SWITCHES))
        load_ms, runtime_ms = runtimes_ms(page)
        cost = page.evaluate(COST)
        page.wait_for_function("() => known.told.seconds > 9")
        shown_s = page.evaluate(SHOWN) / 1000
        line = pressed(page, "Copy command")
        saved = pressed(page, "Record 10 s").rpartition(" stored in ")[2]
        page.evaluate("() => by_id('pause').click()")
        suite = suite_s(line)
        return {
            "switch": switch_ms / (1000 * shown_s),
            "switch-renderer": renderer_ms / (1000 * shown_s),
            "load-runtime": load_ms / (1000 * shown_s),
            "switch-runtime": runtime_ms / (1000 * shown_s),
            "showing": cost,
            "recorded-vs-suite": stored_s(Path(saved)) / suite,
            "shown-vs-suite": shown_s / suite,
        }


if __name__ == "__main__":
    report(measure)
