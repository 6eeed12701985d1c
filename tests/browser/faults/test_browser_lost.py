"""A page that hangs, a browser that is killed, a GPU that is lost: one cell fails by name, and the next one is fine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

from patience import PATIENCE_S

RunCells = Callable[..., subprocess.CompletedProcess[str]]

# Something else happens to the page of each cell but the last while its rounds run, which do not end by themselves.
HARMED = """
import sys, threading
from contextlib import suppress
import psutil
from framegate.browser.session import TFJSPage
# Importing TensorFlow takes longer than all else.
sys.modules["tensorflow"] = None
rounds = TFJSPage.rounds

def kill(kind):
    for process in psutil.Process().children(recursive=True):
        # One may end with another's end, before it is looked at.
        with suppress(psutil.NoSuchProcess):
            if "chrom" in process.name() and kind in " ".join(process.cmdline()):
                process.kill()

def kill_soon(kind):
    return lambda page: threading.Timer(0.3, kill, [kind]).start()

def call(code):
    return lambda page: page._browser.call(code, None, 600)

def hang(page):
    call("() => { tf.GraphModel.prototype.predict = () => { for (;;); }; }")(page)
    page._browser._call_s = 1

HARMS = [
    hang,
    kill_soon(""),
    kill_soon("--type=gpu-process"),
    call("() => setTimeout(() => tf.backend().gpgpu.gl.getExtension('WEBGL_lose_context').loseContext(), 100)"),
]

def rounds_of_harmed(page, *arguments, **named):
    if HARMS:
        HARMS.pop(0)(page)
        arguments = (10**9, 10**9, 0.0)
    return rounds(page, *arguments, **named)

TFJSPage.rounds = rounds_of_harmed
"""
SAID = (
    r"did not answer framegate\.rounds within 1 s and was ended",
    r"could not answer framegate\.rounds: ",
    # Which of the two is seen first is a race.
    r"framegate\.rounds: (a WebGL context was lost|its GPU process ended)",
    r"could not answer framegate\.rounds: a WebGL context was lost",
)


def test_a_cell_fails_by_itself_and_the_next_gets_a_new_browser(run_cells: RunCells) -> None:
    done = run_cells(
        HARMED,
        *("--frame-runtime=tfjs-webgl", "--frame-renderer=topixels", f"--frame-browser-timeout={PATIENCE_S:.0f}"),
        "--frame-preprocess=none,invert,greyscale,desaturate,brightness",
    )
    assert "4 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith(("BrowserError: ", "NoAnswer: "))]
    for line, said in zip(lines, SAID, strict=True):
        assert re.search(said, line)
    assert "Traceback" not in done.stdout + done.stderr


HUNG = HARMED + "\ndel HARMS[1:]\n"


def test_a_page_that_hangs_after_its_first_frame_is_a_verdict_where_there_is_little_time(run_cells: RunCells) -> None:
    done = run_cells(
        HUNG,
        *("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels,texture", "--frame-run-limit=600"),
        # However slowly software draws, the cell that it draws is not left out.
        *("--frame-budget=60000ms", f"--frame-browser-timeout={PATIENCE_S:.0f}"),
    )
    # The next cell, of the same page, gets a new browser.
    assert "1 passed, 1 skipped" in done.stdout, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert (
        "Left out, as its page did not answer in time: tfjs-wasm to topixels (longer than 1 s for its frames)." in said
    )
    alone = run_cells(
        HUNG,
        *("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels", "--frame-run-limit=600"),
        f"--frame-browser-timeout={PATIENCE_S:.0f}",
    )
    assert (
        "\ntiny at 16: not real-time in a browser: after a first frame, those that were to\n"
        "  be measured took longer than 1 s with topixels on tfjs-wasm.\n"
    ) in alone.stdout, alone.stdout + alone.stderr
    assert "Traceback" not in done.stdout + done.stderr + alone.stdout + alone.stderr


FALLS_BACK = """
import sys
from framegate.browser.driver import Browser

sys.modules["tensorflow"] = None
opened, open_page = [], Browser.open

def open_and_break(browser, *arguments):
    open_page(browser, *arguments)
    opened.append(browser)
    if len(opened) < 3:
        answer = str(len(opened) == 1).lower()
        code = '''async () => {
          await need(...TFJS_SCRIPTS.wasm);
          const set = tf.setBackend;
          tf.setBackend = async () => (await set('cpu'), %s);
        }'''
        browser.call(code % answer, None, 600)

Browser.open = open_and_break
"""


def test_another_backend_than_was_asked_for_fails_the_cell(run_cells: RunCells) -> None:
    options = ("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels", "--frame-preprocess=none,invert,greyscale")
    done = run_cells(FALLS_BACK, *options)
    assert "1 passed, 2 errors" in done.stdout, done.stdout + done.stderr
    said = "BrowserError: the browser could not answer framegate.start: TF.js cannot start wasm here; it took cpu"
    assert done.stdout.count(f"\n{said}") == 2, done.stdout


def test_a_program_that_is_no_browser_fails_its_cell_in_one_line(run_cells: RunCells) -> None:
    done = run_cells("", "--frame-browser-path=/bin/true", "--frame-runtime=tfjs-wasm", "--frame-renderer=topixels")
    assert "1 error" in done.stdout, done.stdout + done.stderr
    assert (
        "\nBrowserError: /bin/true did not start as a browser: it ended with exit code 0;"
        " name a Chrome or Chromium with --frame-browser-path\n"
    ) in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
