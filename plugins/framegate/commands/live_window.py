"""``framegate live --window``: a model on running pictures, in a window of this machine."""

from __future__ import annotations

import argparse
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from framegate.errors import UsageError
from framegate.files import check_can_be_written
from framegate.paths import cache_dir
from framegate.window.choice import WindowChoice
from framegate.words import Fit

if TYPE_CHECKING:
    from framegate.window.pipelines import WindowBackends


def add_window_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that only a window takes."""
    group = parser.add_argument_group("in a window")
    group.add_argument(
        "--window", action="store_true", help="show it in a window, by a runtime and a renderer of this process"
    )
    options = [
        group.add_argument(
            "--source", default="photo", help="frame source, as --frame-source takes it (default: %(default)s)"
        ),
        group.add_argument(
            "--rate",
            type=float,
            default=30.0,
            help="frames per second of a source without a pace of its own (default: %(default)g)",
        ),
        group.add_argument(
            "--fit",
            choices=get_args(Fit),
            default=get_args(Fit)[0],
            help="how a frame is brought to that size (default: %(default)s)",
        ),
        group.add_argument("--size", help="what models are fed: 256 or 640x480 (width x height)"),
        group.add_argument(
            "--preprocess",
            metavar="STEPS",
            help="steps that are on, joined by '+' (default: those of the model's spec)",
        ),
        group.add_argument(
            "--runtime", default=WindowChoice.runtime, help="what runs the model (default: %(default)s)"
        ),
        group.add_argument(
            "--renderer",
            default=WindowChoice.renderer,
            help="what takes its output to the screen (default: %(default)s)",
        ),
        group.add_argument("--record", type=Path, metavar="FILE", help="write what the window shows as MP4"),
    ]
    parser.set_defaults(of_window={option.dest: option.default for option in options})


def verify_no_window_options(parsed: argparse.Namespace) -> None:
    """Refuse for the page what only a window takes.

    Raises:
        UsageError: naming the options.
    """
    flags = [f"--{name}" for name, default in parsed.of_window.items() if getattr(parsed, name) != default]
    if flags:
        raise UsageError(f"{', '.join(flags)}: a window takes that (--window); on the page it is chosen there")


def _backends() -> WindowBackends:
    """What the suite that measures the same would know: plugins bring steps, runtimes, renderers, sources and views."""
    from framegate.hooks.registries import registries_of_a_run
    from framegate.live.choices import suite_words
    from framegate.pipelines.base import PYTHON, pipeline_of
    from framegate.window.pipelines import WindowBackends

    known = registries_of_a_run(suite_words("test_frame"))
    runtimes = {name: factory for name, factory in known.runtimes.items() if pipeline_of(factory) == PYTHON}
    return WindowBackends(known.steps, runtimes, known.renderers[PYTHON], known.frame_sources, known.views)


def show_window(parsed: argparse.Namespace) -> int:
    """Show the window until its user closes it; returns the exit code.

    Raises:
        FramegateError: an option cannot be right, or what it names is not there or fails.
    """
    from framegate.interfaces import Size
    from framegate.realtime.schedule import parse_rate
    from framegate.window.pipelines import WindowPipelines, WindowSettings
    from framegate.window.screens import Video, opened_screen
    from framegate.window.show import Bounds, WindowShow

    rate = parse_rate("--rate", f"{parsed.rate:g}")
    if parsed.frames is not None and parsed.frames < 1:
        raise UsageError(f"--frames {parsed.frames}: give a number of frames from 1 on")
    check_can_be_written([parsed.record], "--record")
    check_can_be_written([parsed.screenshot], "--screenshot")
    settings = WindowSettings(parsed.source, float(rate), Size.parse(parsed.size) if parsed.size else None, parsed.fit)
    with ExitStack() as ending:
        opened = WindowPipelines(parsed.models, cache_dir(), settings, _backends())
        pipelines = ending.enter_context(closing(opened))
        choice = pipelines.first(parsed.runtime, parsed.renderer, parsed.preprocess)
        screen = ending.enter_context(opened_screen(hidden=parsed.frames is not None))
        video = None if parsed.record is None else ending.enter_context(closing(Video(parsed.record)))
        show = WindowShow(pipelines, screen, Bounds(float(rate), parsed.frames, parsed.screenshot), video)
        shown = show.run(choice)
    print(shown)  # noqa: T201 # a command speaks on its streams
    for line in show.figures.lines() if show.figures else ():
        print(line)  # noqa: T201
    return 0
