"""Fixtures: the frames, the preprocessing that a cell names, and the pictures that are kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from framegate.hooks.html_report import picture_shelf_of
from framegate.hooks.registries import registries_of
from framegate.hooks.settings import options_of

if TYPE_CHECKING:
    from framegate.interfaces import Pixels
    from framegate.measure.frame import Turns
    from framegate.pipelines.base import Look
    from framegate.pipelines.build import Preprocessing
    from framegate.pipelines.python import OpenFeed
    from framegate.preprocess.pipeline import Preprocessor
    from framegate.results.frame_info import FrameInfo


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
    """Opens the frames of a run against a clock: those of ``--frame-source``, each with its number in a strip."""
    from framegate.pipelines.feeds import FrameFeeds

    options, factories = options_of(pytestconfig), registries_of(pytestconfig).frame_sources
    return FrameFeeds(options.source, first_frames, frames, factories, options.once)


@pytest.fixture
def preprocessor(
    pytestconfig: pytest.Config, frame_size: str, frame_preprocess: str, frame_info: FrameInfo
) -> Preprocessor:
    """The cell's preprocessing without a model: frame in, picture out."""
    from framegate.interfaces import Size

    del frame_info  # asked for, so that a cell without a model describes itself too
    return preprocessing_of(pytestconfig, frame_preprocess).at(Size.parse(frame_size))


@pytest.fixture
def preprocess_loop(
    preprocessor: Preprocessor, frames: list[Pixels], traced: Callable[..., Callable[..., Pixels]]
) -> Turns:
    """Each call preprocesses the next frame and returns the picture."""
    from framegate.frames.turns import WARM_UP
    from framegate.interfaces import Stage
    from framegate.measure.frame import Turns

    return Turns(frames, traced(preprocessor, [Stage("preprocess", preprocessor)]), first=WARM_UP)


def preprocessing_of(config: pytest.Config, toggles: str) -> Preprocessing:
    """The preprocess stage of a canonical preprocessing name."""
    from framegate.pipelines.build import Preprocessing

    return Preprocessing(toggles, registries_of(config).steps, options_of(config).fit)


SavePicture = Callable[[str, "Pixels"], None]
KeepLook = Callable[["Look"], None]
KeepWrong = Callable[["Look"], None]


@pytest.fixture
def save_picture(request: pytest.FixtureRequest) -> SavePicture:
    """Writes uint8 RGB, RGBA or grey to FOLDER/TEST-WHAT.png, or does nothing without ``--frame-pictures``."""
    folder = options_of(request.config).pictures

    def save(what: str, picture: Pixels) -> None:
        if folder is not None:
            from framegate.frames.files import write_png

            write_png(folder / f"{file_stem(request)}-{what}.png", picture)

    return save


@pytest.fixture
def keep_look(request: pytest.FixtureRequest, save_picture: SavePicture) -> KeepLook | None:
    """Keeps what the cell's first frame shows, for the files of ``--frame-pictures`` and for ``--frame-report``.

    None where neither is given.
    """
    options = options_of(request.config)
    if options.pictures is None and options.report is None:
        return None

    def keep(look: Look) -> None:
        if look.fed is not None:
            save_picture("input", look.fed)
        save_picture("screen", look.screen)
        _shelve(request, look)

    return keep


@pytest.fixture
def keep_wrong(request: pytest.FixtureRequest, save_picture: SavePicture) -> KeepWrong:
    """Keeps a picture that is not the one that was to be drawn; does nothing without one of these options."""

    def keep(look: Look) -> None:
        save_picture("wrong", look.screen)
        _shelve(request, look, is_wrong=True)

    return keep


def _shelve(request: pytest.FixtureRequest, look: Look, *, is_wrong: bool = False) -> None:
    if options_of(request.config).report is None:
        return
    from framegate.render.verify import difference
    from framegate.report.html.pictures import ShownPicture
    from framegate.results.parts import Cell

    off = difference(look.screen, look.drawn, look.drawing)
    cell = Cell.read(request.getfixturevalue("benchmark").extra_info) or Cell()
    # Others are variants of it, which a page makes of its picture; and a renderer's own suite draws no frames.
    frame = request.getfixturevalue("frames")[0] if look.number == 0 else None
    suite = request.node.name.partition("[")[0]
    when = f"wrong after {look.after}" if is_wrong else ""
    picture_shelf_of(request.config).keep(
        suite, cell, ShownPicture(look.number, frame, look.fed, look.screen, off), when
    )


def file_stem(request: pytest.FixtureRequest) -> str:
    """The cell's test as the beginning of a file's name."""
    return re.sub(r"[^\w.+-]+", "-", request.node.name).strip("-")
