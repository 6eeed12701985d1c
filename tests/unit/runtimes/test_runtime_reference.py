"""Models that are loaded apart, to compare with: how often, and in which runtime."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from framegate.errors import BackendUnavailable
from framegate.inference.reference import FirstOutputs, References
from framegate.interfaces import Array, ResolvedModel
from framegate.models.image_io import model_inputs
from framegate.runtimes.null import NullModel, NullRuntime
from framegate.tfgraph.parts import Parts

MODEL = ("image", (1, 2, 2, 3))


class Counting(NullRuntime):
    """Adds ``offset`` to what it is fed, and counts what it loads, runs and closes."""

    def __init__(self, offset: float = 0.0, *, dice: bool = False) -> None:
        self.offset, self.dice = offset, dice
        self.events: list[str] = []

    def load(self, model: ResolvedModel) -> NullModel:
        self.events.append("load")
        return super().load(model)  # type: ignore[return-value]  # of build below

    def build(self, parts: Parts) -> NullModel:
        runtime = self

        class Model(NullModel):
            def infer(self, arrays: list[Array]) -> Array:
                runtime.events.append("run")
                thrown = np.float32(len(runtime.events)) if runtime.dice else np.float32(0)
                return arrays[0] + np.float32(runtime.offset) + thrown

            def free(self) -> None:
                runtime.events.append("close")

        return Model(parts.name, model_inputs(parts.json))


@pytest.fixture
def model(write_model: Callable[..., Path]) -> ResolvedModel:
    return ResolvedModel("tiny", write_model(size=2) / "model.json", "graph", "0" * 64)


def feeds(*levels: float) -> list[dict[str, Array]]:
    ramp = np.arange(12, dtype=np.float32).reshape(1, 2, 2, 3)
    return [{"image": ramp + np.float32(level)} for level in levels]


def opened(**runtimes: NullRuntime) -> Callable[[str], NullRuntime]:
    def open_runtime(name: str) -> NullRuntime:
        if name not in runtimes:
            raise BackendUnavailable("it is not there", "install it")
        return runtimes[name]

    return open_runtime


def test_it_is_tensorflow_where_there_is_one(model: ResolvedModel) -> None:
    found = References(opened(tensorflow=Counting(1), other=Counting(2)))(model, "other", feeds(0, 7))
    assert (found.runtime, found.is_repeatable) == ("tensorflow", True)
    assert [float(each["image"][0, 0, 0, 0]) for each in found.outputs] == [1, 8]


def test_without_it_the_first_runtime_that_asks_is_the_measure_of_all(model: ResolvedModel) -> None:
    references = References(opened(one=Counting(1), two=Counting(2)))
    assert references(model, "one", feeds(0)).runtime == "one"
    assert references(model, "two", feeds(0)).runtime == "one"


def test_a_model_is_loaded_once_for_the_same_feeds_and_closed_at_once(model: ResolvedModel) -> None:
    runtime = Counting()
    references = References(opened(tensorflow=runtime))
    for order in ((0, 1, 2), (2, 1, 0), (1,)):
        references(model, "other", feeds(*order))
    assert runtime.events == ["load", "run", "run", "run", "run", "close"]


def test_outputs_are_dropped_when_they_fill_the_memory_but_for_the_latest(model: ResolvedModel) -> None:
    runtime = Counting()
    references = References(opened(tensorflow=runtime), kept_bytes=0)
    for level in (0, 1, 1, 0):
        assert float(references(model, "other", feeds(level)).outputs[0]["image"][0, 0, 0, 0]) == level
    assert runtime.events.count("load") == 3


def test_a_model_that_throws_dice_is_told(model: ResolvedModel) -> None:
    assert not References(opened(tensorflow=Counting(dice=True)))(model, "other", feeds(0)).is_repeatable


def test_without_a_reference_the_first_outputs_are_what_others_are_compared_with(model: ResolvedModel) -> None:
    first = FirstOutputs()
    (fed,) = feeds(0.5)
    outputs = {"y": np.ones(4, np.float32)}
    assert first(model, "tfjs-wasm", fed, outputs, 0.01) is None
    assert first(model, "tfjs-wasm", fed, {"y": np.zeros(4, np.float32)}, 0.01) is None
    outputs["y"][:] = 7  # what is kept is a copy
    reference = first(model, "tfjs-cpu", fed, outputs, 0.01)
    assert reference is not None
    assert (reference.runtime, reference.tolerance) == ("tfjs-wasm", 0.01)
    np.testing.assert_array_equal(reference.outputs[0]["y"], np.ones(4))
    assert first(model, "tfjs-cpu", feeds(0.25)[0], outputs, 0.01) is None


def test_the_oldest_outputs_are_forgotten_first(model: ResolvedModel) -> None:
    first = FirstOutputs(kept_bytes=20)
    for level in (0.1, 0.2):
        assert first(model, "tfjs-wasm", feeds(level)[0], {"y": np.ones(4, np.float32)}, 0.01) is None
    assert first(model, "tfjs-cpu", feeds(0.1)[0], {"y": np.ones(4, np.float32)}, 0.01) is None
    assert first(model, "tfjs-webgl", feeds(0.1)[0], {"y": np.ones(4, np.float32)}, 0.01) is not None
