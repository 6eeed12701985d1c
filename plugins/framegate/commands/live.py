"""``framegate live``: a model on running pictures, in the browser of whoever asks, or in a window."""

from __future__ import annotations

import argparse
import logging
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from framegate.commands.live_window import add_window_options, show_window, verify_no_window_options
from framegate.files import check_can_be_written
from framegate.paths import cache_dir

if TYPE_CHECKING:
    from framegate.live.choices import PageOffer

FRAMES = 60
"""Frames before a screenshot of the page, where nobody says how many."""


def add_live(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    about = "a page in your browser: choose a model, switch steps, runtimes and ways to the screen while it runs"
    parser = commands.add_parser("live", help=about, description=about)
    parser.add_argument(
        "models", nargs="*", metavar="MODEL", help="folder, model.json, spec name or .toml, npm:NAME@VERSION#path"
    )
    parser.add_argument("--no-open", action="store_true", help="print the page's address and open no browser")
    parser.add_argument("--frames", type=int, metavar="N", help="have nothing seen by anybody, and end after N frames")
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="FILE",
        help=f"write what is shown at the end as PNG; of the page after {FRAMES} frames, or --frames",
    )
    parser.add_argument("--verbose", action="store_true", help="say where an error of the page's server comes from")
    add_window_options(parser)
    parser.set_defaults(run=live)


def _offer() -> PageOffer:
    """What the suite that measures the same would know: plugins bring steps, runtimes, renderers and frame sources."""
    from framegate.hooks.registries import registries_of_a_run
    from framegate.live.choices import PageOffer, suite_words
    from framegate.pipelines.base import PAGE, pipeline_of

    known = registries_of_a_run(suite_words())
    runtimes = {name: factory for name, factory in known.runtimes.items() if pipeline_of(factory) == PAGE}
    return PageOffer(known.steps, runtimes, known.renderers[PAGE], known.frame_sources)  # type: ignore[arg-type] # of pages


def live(parsed: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C or until so many frames were shown, or show the window until it is closed."""
    if parsed.window:
        return show_window(parsed)
    verify_no_window_options(parsed)
    check_can_be_written([parsed.screenshot])
    from framegate.live.server import live_server

    if parsed.verbose:
        logging.basicConfig(level=logging.INFO)
    with live_server(parsed.models, cache_dir(), _offer()) as served:
        if parsed.frames is not None or parsed.screenshot is not None:
            from framegate.live.headless import show_headless

            frames = FRAMES if parsed.frames is None else parsed.frames
            print(show_headless(served.address, frames, parsed.screenshot))  # noqa: T201
            return 0
        print(f"{served.address}  (Ctrl-C ends it)", flush=True)  # noqa: T201 # a command speaks on its streams
        if not parsed.no_open:
            webbrowser.open(served.address)
        threading.Event().wait()
    return 0
