"""Fixtures: the frames, the preprocessing that a cell names, and the pictures that are kept."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from framegate.hooks.options import options_of
from framegate.hooks.registries import registries_of

if TYPE_CHECKING:
    from framegate.hooks.describe import FrameInfo
    from framegate.interfaces import Pixels, Size
    from framegate.measure.frame import Turns
    from framegate.preprocess.pipeline import Preprocessor
    from framegate.preprocess.tensor import ToTensor
    from framegate.realtime.feed import Feed
    from framegate.realtime.run import RunRequest

OpenFeed = Callable[["RunRequest", Callable[[], float]], AbstractContextManager["Feed"]]

KEPT = 6
"""Pictures of a run that must not change after their frames have ended, as they are looked at, and some more."""


@pytest.fixture(scope="session")
def first_frames(pytestconfig: pytest.Config) -> list[Pixels]:
    """The frames of ``--frame-source`` as they come, decoded: RGB uint8 (H, W, 3); the first 60 at most."""
    from framegate.frames.sources import open_frames

    return open_frames(options_of(pytestconfig).source, registries_of(pytestconfig).frame_sources)


@pytest.fixture(scope="session")
def frames(first_frames: list[Pixels]) -> list[Pixels]:
    """The frames that are shown in turn: RGB uint8 (H, W, 3), five or more, none like the two before it."""
    from framegate.frames.turns import in_turn

    return in_turn(first_frames)


@pytest.fixture
def open_feed(pytestconfig: pytest.Config, first_frames: list[Pixels], frames: list[Pixels]) -> OpenFeed:
    """Opens the frames of a run against a clock: those of the source, again and again, each with its number in a strip.

    A source of many frames is decoded on a thread of its own while it runs. A device's frames come when they come.
    """
    from framegate.frames import builtin, is_live
    from framegate.frames.live import live_frames
    from framegate.frames.numbers import NumberedPictures
    from framegate.frames.sources import MOST_FRAMES
    from framegate.realtime.feed import OnArrival
    from framegate.realtime.feed import open_feed as make_feed

    options, factories = options_of(pytestconfig), registries_of(pytestconfig).frame_sources
    own_pace = is_live(options.source, builtin() | dict(factories))
    is_kept = not own_pace and not options.once and len(first_frames) < MOST_FRAMES

    @contextmanager
    def opened(request: RunRequest, clock: Callable[[], float]) -> Iterator[Feed]:
        copies = request.in_flight + KEPT
        with ExitStack() as closing:
            pictures: Iterator[Pixels] = itertools.cycle(first_frames if len(first_frames) > 1 else frames)
            if not is_kept:
                # A camera's frames are counted where they wait, those that make room as well.
                live = live_frames(options.source, factories, loops=not options.once, newest=request.rate is None)
                pictures = closing.enter_context(live)
                # It may take seconds to come, and is not due before.
                pictures = itertools.chain([next(pictures)], pictures)
            if own_pace and request.rate is not None:
                yield OnArrival(pictures, request.seconds, clock, request.queue, request.patience_s)
            else:
                yield make_feed(request, NumberedPictures(pictures, copies), clock)

    return opened


@pytest.fixture
def preprocessor(
    pytestconfig: pytest.Config, frame_size: str, frame_preprocess: str, frame_info: FrameInfo
) -> Preprocessor:
    """The cell's preprocessing without a model: frame in, picture out."""
    from framegate.interfaces import Size

    del frame_info  # asked for, so that a cell without a model describes itself too
    return build_preprocessor(pytestconfig, Size.parse(frame_size), frame_preprocess)


@pytest.fixture
def preprocess_loop(preprocessor: Preprocessor, frames: list[Pixels]) -> Turns:
    """Each call preprocesses the next frame and returns the picture."""
    from framegate.frames.turns import WARM_UP
    from framegate.measure.frame import Turns

    return Turns(frames, preprocessor, first=WARM_UP)


def build_preprocessor(
    config: pytest.Config, size: Size, toggles: str, to_tensor: ToTensor | None = None
) -> Preprocessor:
    """The preprocess stage for a size and a canonical preprocessing name."""
    from framegate.preprocess.pipeline import Preprocessor
    from framegate.preprocess.toggles import switched_on

    steps = registries_of(config).steps
    switched = [(name, steps[name]) for name in switched_on(toggles, steps)]
    return Preprocessor(size, options_of(config).fit, switched, to_tensor)


SavePicture = Callable[[str, "Pixels"], None]


@pytest.fixture
def save_picture(request: pytest.FixtureRequest) -> SavePicture:
    """Writes uint8 RGB, RGBA or grey to FOLDER/TEST-WHAT.png, or does nothing without ``--frame-pictures``."""
    folder = options_of(request.config).pictures

    def save(what: str, picture: Pixels) -> None:
        if folder is not None:
            from framegate.frames.files import write_png

            cell = re.sub(r"[^\w.+-]+", "-", request.node.name).strip("-")
            write_png(folder / f"{cell}-{what}.png", picture)

    return save
