"""Fixtures: the cell's model on its frames, and the frames taken to a screen, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.options import options_of
from framegate.hooks.outcome import named
from framegate.hooks.pictures import OpenFeed, build_preprocessor
from framegate.hooks.registries import catalogue_of, registries_of
from framegate.hooks.report import note

if TYPE_CHECKING:
    from framegate.interfaces import Array, LoadedModel, MakeRenderer, Pixels, ResolvedModel
    from framegate.measure.frame import Turns
    from framegate.models.frame_io import FrameIO, ShownIO
    from framegate.pipelines.python import PythonPipeline
    from framegate.postprocess.base import View
    from framegate.postprocess.placement import InputPlacement
    from framegate.preprocess.pipeline import Preprocessor

StoreShown = Callable[["ShownIO"], None]


@pytest.fixture
def model_preprocessor(
    pytestconfig: pytest.Config, frame_preprocess: str, frame_io: FrameIO, frames: list[Pixels]
) -> Preprocessor:
    """The cell's preprocessing, down to the tensor that the model takes; its steps are checked once."""
    from framegate.preprocess.tensor import ToTensor

    to_tensor = ToTensor(frame_io.form)
    preprocessor = build_preprocessor(pytestconfig, frame_io.size, frame_preprocess, to_tensor)
    preprocessor.verify(frames[:1])
    return preprocessor


@pytest.fixture
def model_feeds(model_preprocessor: Preprocessor, frame_io: FrameIO, frames: list[Pixels]) -> dict[str, Array]:
    """The first frame as what the model is fed: input name -> tensor."""
    return {frame_io.input.name: model_preprocessor(frames[0])}


@pytest.fixture
def model_loop(
    model_preprocessor: Preprocessor, frame_io: FrameIO, frames: list[Pixels], warm_model: LoadedModel
) -> Turns:
    """Each call runs the cell's model on the next of three frames and returns its outputs."""
    from framegate.frames.turns import TURNS, WARM_UP
    from framegate.measure.frame import Turns

    feeds = [{frame_io.input.name: model_preprocessor(frame).copy()} for frame in frames[: WARM_UP + TURNS]]
    return Turns(feeds, warm_model.run, first=WARM_UP)


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
def note_range(
    pytestconfig: pytest.Config, benchmark: Any, frame_model: str, frame_shown: ShownIO
) -> Callable[[Array], None]:
    """Stores how the values of a picture lie in the range in which it is shown, and notes a range that cannot be right.

    A picture that is all black, all white or clamped in many places is the mark of a wrong one.
    """
    from framegate.models.output_range import ShownRange
    from framegate.results.parts import PictureValues

    def look(picture: Array) -> None:
        shown = ShownRange.of(picture, frame_shown.value_range)
        PictureValues(*shown).store(benchmark.extra_info)
        line = shown.note()
        if line is not None:
            remarks = benchmark.extra_info.get("model_remarks", [])
            benchmark.extra_info["model_remarks"] = [*remarks, line]
            note(pytestconfig, f"{frame_model}: {line}")

    return look


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
    from framegate.interfaces import TensorInfo
    from framegate.models.frame_io import find_shown

    outputs = warm_model.run(model_feeds)
    infos = [TensorInfo(name, values.shape, values.dtype.name) for name, values in outputs.items()]
    largest = {name: float(values.max(initial=0)) for name, values in outputs.items() if values.dtype.kind in "fiu"}
    shown = find_shown(catalogue_of(pytestconfig).specs[frame_model], resolved_model, infos, largest)
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
            note(pytestconfig, f"{frame_model} is shown as {part}", about=f"view of {frame_model}")

    return store


@pytest.fixture
def frame_view(pytestconfig: pytest.Config, frame_io: FrameIO, frame_shown: ShownIO, frames: list[Pixels]) -> View:
    """What turns the outputs of the cell's model into the picture that is drawn."""
    from framegate.interfaces import Size
    from framegate.postprocess.placement import InputPlacement

    placement = InputPlacement.of(Size(*frames[0].shape[:2]), frame_io.size, options_of(pytestconfig).fit)
    return build_view(pytestconfig, frame_shown, placement)


def build_view(config: pytest.Config, shown: ShownIO, placement: InputPlacement) -> View:
    """The view that shows a model's outputs."""
    from framegate.postprocess.base import ViewRequest

    names = tuple(info.name for info in shown.outputs)
    with named(config, "view", shown.view):
        request = ViewRequest(names, placement, shown.value_range, shown.keys)
        view: View = registries_of(config).views[shown.view](request)
        return view


@pytest.fixture
def python_pipeline(
    request: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
    frame_preprocess: str,
    frames: list[Pixels],
    model_preprocessor: Preprocessor,
    frame_io: FrameIO,
    warm_model: LoadedModel,
    model_feeds: dict[str, Array],
    frame_shown: ShownIO,
    frame_view: View,
    make_renderer: MakeRenderer,
    note_range: Callable[[Array], None],
    open_feed: OpenFeed,
) -> PythonPipeline:
    """Preprocessing, model and renderer of the cell, joined."""
    from framegate.frames.turns import WARM_UP, numbered
    from framegate.measure.frame import frame_stages
    from framegate.pipelines.order import order_of
    from framegate.pipelines.python import Apart, Numbers, PythonPipeline
    from framegate.postprocess.stage import Postprocess
    from framegate.preprocess.tensor import ToTensor
    from framegate.render.stamp import Stamp

    params = request.node.callspec.params
    name = frame_io.input.name
    outputs = warm_model.run(model_feeds)
    postprocess = Postprocess(frame_view, frames[0], outputs)
    tensor = postprocess(outputs)
    if frame_view.shows_values:
        note_range(tensor)
    drawing = replace(options_of(pytestconfig).drawing, value_range=frame_shown.value_range)
    renderer = make_renderer(tensor.shape, str(tensor.dtype), drawing)
    numbers = Numbers(Stamp(tensor.shape, drawing), open_feed) if "frame_scenario" in params else None
    stages = frame_stages(
        preprocess=lambda frame: {name: model_preprocessor(frame)},
        model=warm_model.stages(),
        postprocess=postprocess,
        renderer=renderer.stages(),
        stamp=None if numbers is None else numbers.stamp,
    )

    def feeds_apart(picture: Pixels) -> dict[str, Array]:
        to_tensor = ToTensor(frame_io.form)
        return {name: build_preprocessor(pytestconfig, frame_io.size, frame_preprocess, to_tensor)(picture)}

    apart = Apart(picture=model_preprocessor.picture, feeds=feeds_apart)
    turns = numbered(frames, WARM_UP, time.perf_counter)
    order = order_of(params.get("frame_pipeline", "serial"))(stages)
    return PythonPipeline(turns, order, postprocess, renderer, drawing, apart, numbers)
