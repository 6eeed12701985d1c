"""Fixtures: the cell's model on its frames, and the frames taken to a screen, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.limit import WeighFrame
from framegate.hooks.outcome import named
from framegate.hooks.pictures import preprocessing_of
from framegate.hooks.registries import catalogue_of, registries_of
from framegate.hooks.report import note
from framegate.hooks.settings import options_of

if TYPE_CHECKING:
    from framegate.hooks.trace import Traced
    from framegate.interfaces import Array, LoadedModel, MakeRenderer, Pixels, ResolvedModel
    from framegate.measure.frame import Turns
    from framegate.models.frame_io import FrameIO, ShownIO
    from framegate.pipelines.build import PipelineParts
    from framegate.pipelines.python import OpenFeed, PythonPipeline
    from framegate.postprocess.base import View
    from framegate.postprocess.placement import InputPlacement
    from framegate.preprocess.pipeline import Preprocessor

StoreShown = Callable[["ShownIO"], None]


@pytest.fixture
def model_preprocessor(
    pytestconfig: pytest.Config, frame_preprocess: str, frame_io: FrameIO, frames: list[Pixels]
) -> Preprocessor:
    """The cell's preprocessing, down to the tensor that the model takes; its steps are checked once."""
    preprocessor = preprocessing_of(pytestconfig, frame_preprocess).for_input(frame_io)
    preprocessor.verify(frames[:1])
    return preprocessor


@pytest.fixture
def model_feeds(model_preprocessor: Preprocessor, frame_io: FrameIO, frames: list[Pixels]) -> dict[str, Array]:
    """The first frame as what the model is fed: input name -> tensor."""
    return {frame_io.input.name: model_preprocessor(frames[0])}


@pytest.fixture
def model_loop(
    model_preprocessor: Preprocessor,
    frame_io: FrameIO,
    frames: list[Pixels],
    warm_model: LoadedModel,
    traced: Traced,
) -> Turns:
    """Each call runs the cell's model on the next of three frames and returns its outputs."""
    from framegate.frames.turns import TURNS, WARM_UP
    from framegate.measure.frame import Turns

    feeds = [{frame_io.input.name: model_preprocessor(frame).copy()} for frame in frames[: WARM_UP + TURNS]]
    return Turns(feeds, traced(warm_model.run, warm_model.stages()), first=WARM_UP)


@pytest.fixture
def warm_model(
    pytestconfig: pytest.Config, frame_runtime: str, loaded_model: LoadedModel, model_feeds: dict[str, Array]
) -> LoadedModel:
    """The cell's model after its first run, which takes many times as long as the next and which test_load measures.

    Some runtimes compile a model only now that they see a shape; what they refuse then is a skip like any other.

    Raises:
        WrongOutput: the model returned NaN or infinities, which a screen would show as black or white.
    """
    from framegate.inference.agreement import verify_finite

    with named(pytestconfig, "runtime", frame_runtime):
        verify_finite(loaded_model.run(model_feeds))
    return loaded_model


@pytest.fixture
def weigh_run(warm_model: LoadedModel, model_feeds: dict[str, Array], weigh_frame: WeighFrame) -> Callable[[], None]:
    """Leaves the cell out if its model takes too long for what is left of the run."""

    def run_s() -> float:
        began = time.perf_counter()
        warm_model.run(model_feeds)
        return time.perf_counter() - began

    return lambda: weigh_frame(run_s)


@pytest.fixture
def frame_shown(
    pytestconfig: pytest.Config,
    frame_model: str,
    resolved_model: ResolvedModel,
    warm_model: LoadedModel,
    model_feeds: dict[str, Array],
    store_shown: StoreShown,
) -> ShownIO:
    """Which outputs of the cell's model are shown, and how."""
    from framegate.pipelines.build import shown_io

    spec = catalogue_of(pytestconfig).specs[frame_model]
    shown = shown_io(spec, resolved_model, warm_model.run(model_feeds))
    store_shown(shown)
    return shown


@pytest.fixture
def store_shown(pytestconfig: pytest.Config, benchmark: Any, frame_model: str) -> StoreShown:
    """Stores which outputs are shown, and how; a guess is noted with its reason."""
    from framegate.results.parts import ShownOutputs

    def store(shown: ShownIO) -> None:
        names = tuple(info.name for info in shown.outputs)
        part = ShownOutputs(shown.view, names, shown.reason)
        part.store(benchmark.extra_info)
        if part.reason is not None:
            note(pytestconfig, f"{frame_model} is shown as {part}", about=f"view of {frame_model}", in_answer=True)

    return store


def build_view(config: pytest.Config, shown: ShownIO, placement: InputPlacement) -> View:
    """The view that shows a model's outputs."""
    from framegate.pipelines.build import view_of

    with named(config, "view", shown.view):
        return view_of(shown, placement, registries_of(config).views)


@pytest.fixture
def pipeline_parts(
    request: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
    frame_preprocess: str,
    frames: list[Pixels],
    frame_io: FrameIO,
    warm_model: LoadedModel,
    frame_shown: ShownIO,
) -> PipelineParts:
    """What the cell's frames go through on their way, but for the renderer."""
    from framegate.pipelines.build import PipelineParts

    return PipelineParts(
        frames=frames,
        preprocessing=preprocessing_of(pytestconfig, frame_preprocess),
        frame_io=frame_io,
        model=warm_model,
        shown=frame_shown,
        views=registries_of(pytestconfig).views,
        drawing=options_of(pytestconfig).drawing,
        order=request.node.callspec.params.get("frame_pipeline", "serial"),
    )


@pytest.fixture
def frame_view(pytestconfig: pytest.Config, pipeline_parts: PipelineParts) -> View:
    """What turns the outputs of the cell's model into the picture that is drawn."""
    with named(pytestconfig, "view", pipeline_parts.shown.view):
        return pipeline_parts.view()


@pytest.fixture
def python_pipeline(
    request: pytest.FixtureRequest,
    pipeline_parts: PipelineParts,
    model_preprocessor: Preprocessor,
    frame_view: View,
    make_renderer: MakeRenderer,
    open_feed: OpenFeed,
    weigh_run: Callable[[], None],
) -> PythonPipeline:
    """Preprocessing, model and renderer of the cell, joined."""
    from framegate.pipelines.build import python_pipeline

    del model_preprocessor  # which has checked the steps
    weigh_run()
    feed = open_feed if "frame_scenario" in request.node.callspec.params else None
    return python_pipeline(pipeline_parts, make_renderer, feed, view=frame_view)
