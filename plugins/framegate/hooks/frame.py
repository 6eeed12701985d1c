"""Fixtures: the whole way of a frame from the camera to the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from framegate.hooks.outcome import named
from framegate.hooks.pictures import SavePicture
from framegate.hooks.preprocess import build_preprocessor
from framegate.interfaces import Array, Float32, LoadedModel, Pixels, Renderer
from framegate.measure.frame import FrameLoop, frame_stages

if TYPE_CHECKING:
    from framegate.models.frame_io import FrameIO
    from framegate.preprocess.pipeline import Preprocessor


@dataclass(frozen=True)
class FramePath:
    """The cell's way of a frame: call ``loop`` for one frame; ``tensor`` then holds the picture it drew."""

    loop: FrameLoop
    renderer: Renderer
    tensor: Float32


@pytest.fixture
def model_preprocessor(
    pytestconfig: pytest.Config, frame_preprocess: str, frame_io: FrameIO, frames: list[Pixels]
) -> Preprocessor:
    """The cell's preprocessing, down to the tensor that the model takes; its steps are checked once."""
    from framegate.preprocess.tensor import ToTensor

    to_tensor = ToTensor(frame_io.shape, frame_io.input.dtype, frame_io.input_range)
    preprocessor = build_preprocessor(pytestconfig, frame_io.size, frame_preprocess, to_tensor)
    preprocessor.verify(frames[0])
    return preprocessor


@pytest.fixture
def model_feeds(model_preprocessor: Preprocessor, frame_io: FrameIO, frames: list[Pixels]) -> dict[str, Array]:
    """The first frame as what the model is fed: input name -> tensor."""
    return {frame_io.input.name: model_preprocessor(frames[0])}


@pytest.fixture
def warm_model(
    pytestconfig: pytest.Config, frame_runtime: str, loaded_model: LoadedModel, model_feeds: dict[str, Array]
) -> LoadedModel:
    """The cell's model after its first run, which takes many times as long as the next and which test_load measures.

    Some runtimes compile a model only now that they see a shape; what they refuse then is a skip like any other.

    Raises:
        WrongOutput: the model returned NaN or infinities, which a screen would show as black or white.
    """
    from framegate.runtimes.agreement import verify_finite

    with named(pytestconfig, "runtime", frame_runtime):
        verify_finite(loaded_model.run(model_feeds))
    return loaded_model


@pytest.fixture
def frame_path(
    frames: list[Pixels],
    model_preprocessor: Preprocessor,
    frame_io: FrameIO,
    warm_model: LoadedModel,
    model_feeds: dict[str, Array],
    make_renderer: Callable[[tuple[int, ...], str], Renderer],
    save_picture: SavePicture,
) -> FramePath:
    """Preprocessing, model and renderer of the cell, joined."""
    from framegate.preprocess.tensor import ToUnit

    save_picture("input", model_preprocessor.picture(frames[0]))
    name, output = frame_io.input.name, frame_io.output.name
    to_unit = ToUnit(warm_model.run(model_feeds)[output].shape, frame_io.output_range)
    renderer = make_renderer(to_unit.tensor.shape, str(to_unit.tensor.dtype))
    stages = frame_stages(
        preprocess=lambda frame: {name: model_preprocessor(frame)},
        model=warm_model.stages(),
        to_unit=lambda outputs: to_unit(outputs[output]),
        renderer=renderer.stages(),
    )
    return FramePath(FrameLoop(frames, stages), renderer, to_unit.tensor)
