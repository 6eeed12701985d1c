"""Fixtures: the frames, the preprocessing that a cell names, and the pictures that are kept."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
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
def endless_frames(
    pytestconfig: pytest.Config, first_frames: list[Pixels], frames: list[Pixels]
) -> Iterator[Iterator[Pixels]]:
    """The frames of ``--frame-source`` without an end: in turn, or of a longer source all of them, decoded ahead.

    Whoever takes the next one of a longer source may meet a `FrameError`, which says what became of the source.
    """
    from framegate.frames.live import live_frames
    from framegate.frames.sources import MOST_FRAMES

    if len(first_frames) < MOST_FRAMES:
        yield itertools.cycle(frames)
        return
    with live_frames(options_of(pytestconfig).source, registries_of(pytestconfig).frame_sources) as live:
        yield live


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
