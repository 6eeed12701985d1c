"""Every pipeline keeps the contract; the page's is held to it in tests/browser."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import pytest
from pipeline_contract import CountingBench, check_contract, check_run

from framegate.contexts.null import NullContext
from framegate.errors import WrongOutput
from framegate.frames.numbers import stamped
from framegate.frames.turns import TURNS, WARM_UP, numbered
from framegate.interfaces import ANYWHERE, Array, Drawing, Pixels, Size, Stage, TensorForm
from framegate.measure.frame import frame_stages
from framegate.pipelines.base import PAGE, PYTHON, Pipeline, pipeline_of
from framegate.pipelines.null import NullPipeline
from framegate.pipelines.order import Overlapped, Serial
from framegate.pipelines.python import Apart, Numbers, PythonPipeline
from framegate.pipelines.verify import verify_screen
from framegate.postprocess.base import ViewRequest
from framegate.postprocess.placement import InputPlacement
from framegate.postprocess.stage import Postprocess
from framegate.preprocess.tensor import ToTensor
from framegate.realtime.feed import Feed, open_feed
from framegate.realtime.run import SCENARIOS, RunRequest, Scenario
from framegate.render.stamp import Stamp
from framegate.renderers.null import NullRenderer
from framegate.views.image import ImageView

SIZE = Size(6, 8)
LARGE = (120, 160)
DRAWING = Drawing(value_range=(-1, 1))


def pictures(count: int = WARM_UP + TURNS) -> list[Pixels]:
    draw = np.random.default_rng(5)
    return [draw.integers(0, 256, (*SIZE, 3), np.uint8) for _ in range(count)]


def ticking(first: int = 0) -> Callable[[], float]:
    ticks = itertools.count(first)
    return lambda: float(next(ticks))


def feed(request: RunRequest, clock: Callable[[], float]) -> AbstractContextManager[Feed]:
    """Large pictures, with room for the strip of their numbers."""
    frame = np.full((*LARGE, 3), 90, np.uint8)
    return nullcontext(open_feed(request, lambda number: stamped(frame, number), clock))


def small_feed(request: RunRequest, clock: Callable[[], float]) -> AbstractContextManager[Feed]:
    clip = pictures(20)
    return nullcontext(open_feed(request, lambda number: clip[number % len(clip)], clock))


def null_pipeline() -> NullPipeline:
    return NullPipeline(numbered(pictures(), 1, ticking()), open_feed=feed)


def tensor(picture: Pixels) -> Array:
    return ToTensor(TensorForm(SIZE, 3, "float32", ((-1, 1),)))(picture).copy()


def python_pipeline(
    late: int = 0, order: type[Serial | Overlapped] = Serial, **clock: Callable[[], float]
) -> PythonPipeline:
    """A model that returns its input, or that of an earlier frame."""
    fed: list[Array] = []

    def infer(feeds: Mapping[str, Array]) -> dict[str, Array]:
        fed.append(feeds["image"])
        return {"image": fed[max(0, len(fed) - 1 - late)]}

    renderer = NullRenderer(NullContext(ANYWHERE))
    renderer.prepare((*SIZE, 3), "float32", DRAWING)
    request = ViewRequest(("image",), InputPlacement.same(Size(*SIZE)), (-1, 1))
    postprocess = Postprocess(ImageView(request), pictures()[0], {"image": tensor(pictures()[0])})
    model = (Stage("inference", infer), Stage("readback", lambda outputs: outputs))
    numbers = Numbers(Stamp((*SIZE, 3), DRAWING), small_feed)
    stages = frame_stages(
        lambda picture: {"image": tensor(picture)},
        model,
        postprocess,
        renderer.stages(),
        numbers.stamp,
    )
    apart = Apart(picture=lambda picture: picture, feeds=lambda picture: {"image": tensor(picture)})
    turns = numbered(pictures(), WARM_UP, ticking())
    return PythonPipeline(turns, order(stages, **clock), postprocess, renderer, DRAWING, apart, numbers)


def overlapped_pipeline() -> PythonPipeline:
    return python_pipeline(order=Overlapped)


@pytest.mark.parametrize("build", [null_pipeline, python_pipeline, overlapped_pipeline])
def test_a_pipeline_keeps_the_contract(build: Callable[[], Pipeline]) -> None:
    check_contract(build())


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("build", [null_pipeline, python_pipeline, overlapped_pipeline])
def test_a_pipeline_runs_against_a_clock(build: Callable[[], Pipeline], scenario: Scenario) -> None:
    pipeline = build()
    run = check_run(pipeline, RunRequest(scenario, 200.0 if scenario == "camera" else None, 0.1, in_flight=3))
    assert run.scenario == scenario
    pipeline.close()


def test_stages_of_rounds_leave_out_what_came_before_and_after() -> None:
    pipeline = python_pipeline(clock=ticking())
    pipeline.prepare()

    class Bench(CountingBench):
        def run(self, frame: Callable[[], object]) -> slice:
            for _ in range(5):
                frame()
            return slice(-4, -1)

    stages_s = pipeline.measure(Bench(0))
    assert list(stages_s) == ["preprocess", "inference", "readback", "postprocess", "convert", "draw", "present"]
    assert {tuple(seconds) for seconds in stages_s.values()} == {(1.0, 1.0, 1.0)}


def test_rounds_that_are_not_timed_have_no_stages() -> None:
    class Untimed(CountingBench):
        def run(self, frame: Callable[[], object]) -> slice:
            super().run(frame)
            return slice(0, 0)

    assert python_pipeline().measure(Untimed(3)) == {}


def test_a_look_holds_what_the_last_frames_fed() -> None:
    pipeline = python_pipeline()
    shown = pictures()
    for _ in range(len(shown) + 1):  # the first of the turns comes again
        pipeline()
    (look,) = pipeline.look()
    expected = [shown[WARM_UP], shown[-1], shown[-2]]
    assert all(
        np.array_equal(feeds["image"], tensor(picture)) for feeds, picture in zip(look.feeds, expected, strict=True)
    )
    assert np.array_equal(look.outputs["image"], tensor(shown[WARM_UP]))


@pytest.mark.parametrize("late", [1, 2])
def test_a_late_model_gives_the_outputs_of_an_earlier_feed(late: int) -> None:
    pipeline = python_pipeline(late)
    for _ in range(WARM_UP + TURNS):
        pipeline()
    (look,) = pipeline.look()
    verify_screen(look)
    assert np.array_equal(look.outputs["image"], look.feeds[late]["image"])


def test_a_screen_that_shows_another_picture_is_refused() -> None:
    pipeline = null_pipeline()
    pipeline()
    (look,) = pipeline.look()
    look.screen[0, 0, 0] ^= 255
    with pytest.raises(WrongOutput, match="after the last frame the screen does not show the picture that was fed"):
        verify_screen(look)


def test_frames_are_numbered_and_due_when_they_are_asked_for() -> None:
    shown = pictures(4)
    frames: Iterator[Any] = numbered(shown, 1, ticking(10))
    taken = list(itertools.islice(frames, 6))
    assert [frame.number for frame in taken] == [0, 1, 2, 3, 4, 5]
    assert [frame.due_s for frame in taken] == [10, 11, 12, 13, 14, 15]
    assert [next(index for index, picture in enumerate(shown) if picture is frame.picture) for frame in taken] == [
        *(0, 1, 2, 3, 1, 2),
    ]


def test_a_factory_belongs_to_python_unless_it_says_otherwise() -> None:
    class Own:
        pipeline = PAGE

    assert [pipeline_of(NullRenderer), pipeline_of(Own())] == [PYTHON, PAGE]
