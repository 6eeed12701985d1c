"""`auto`, with a clock that the runtimes of the trial move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from graph_files import op, placeholder, write_graph

from framegate.errors import BackendUnavailable, ModelFormatError
from framegate.inference.abilities import Chosen
from framegate.inference.base import Threaded
from framegate.interfaces import Array, LoadedModel, ResolvedModel, RuntimeFactory, TensorInfo
from framegate.measure import stages
from framegate.runtimes import auto, builtin
from framegate.runtimes.auto import AutoRuntime, trial_feeds
from framegate.runtimes.null import NullModel, NullRuntime
from framegate.tfgraph.parts import Parts


class Clock:
    """Stands still unless it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Net(NullModel):
    """Returns its input plus ``offset``, after the seconds that ``takes`` holds, one a run."""

    def __init__(self, name: str, inputs: tuple[TensorInfo, ...], clock: Clock, takes: list[float], off: float) -> None:
        super().__init__(name, inputs)
        self.clock, self.takes, self.off = clock, takes, off
        self.runs = 0
        self.closed = 0

    def infer(self, arrays: list[Array]) -> Array:
        self.clock.now_s += self.takes[min(self.runs, len(self.takes) - 1)]
        self.runs += 1
        return arrays[0] + np.float32(self.off)

    def free(self) -> None:
        self.closed += 1


class Fake(Threaded, NullRuntime):
    """A runtime that keeps the models it loaded."""

    def __init__(self, clock: Clock, takes: list[float], off: float = 0.0) -> None:
        super().__init__()
        self.clock, self.takes, self.off = clock, takes, off
        self.loaded: list[Net] = []

    def build(self, parts: Parts) -> Net:
        self.loaded.append(Net(parts.name, super().build(parts).inputs, self.clock, self.takes, self.off))
        return self.loaded[-1]


def model(folder: Path) -> ResolvedModel:
    return write_graph(folder, [placeholder("x", [-1, -1, 8, 3]), op("Tanh", "y", ["x"])], {})


def broken(error: Exception) -> RuntimeFactory:
    def factory() -> NullRuntime:
        raise error

    return factory


def trial(clock: Clock, **takes: list[float]) -> tuple[AutoRuntime, Mapping[str, Fake]]:
    fakes = {name: Fake(clock, seconds) for name, seconds in takes.items()}

    def factory(name: str) -> Callable[[], Fake]:
        return lambda: fakes[name]

    return AutoRuntime({name: factory(name) for name in fakes}, clock), fakes


def test_the_fastest_run_decides_and_the_first_run_does_not_count(tmp_path: Path) -> None:
    clock = Clock()
    runtime, fakes = trial(
        clock,
        slow_first=[9.0, 0.02, 0.01, 0.02],  # the first run compiles
        steady=[0.015],
        slow=[0.03],
    )
    loaded = runtime.load(model(tmp_path))
    assert isinstance(loaded, Chosen)
    assert loaded.runtime == "slow_first"
    assert list(loaded.trial_s) == ["slow_first", "steady", "slow"]
    assert list(loaded.trial_s.values()) == pytest.approx([0.01, 0.015, 0.03])
    assert [fake.loaded[0].closed for fake in fakes.values()] == [0, 1, 1]


def test_the_winner_is_what_runs_and_what_is_closed(tmp_path: Path) -> None:
    clock = Clock()
    runtime, fakes = trial(clock, a=[0.2], b=[0.1])
    loaded = runtime.load(model(tmp_path))
    (b,) = fakes["b"].loaded
    before = b.runs
    x = np.ones((1, 4, 8, 3), np.float32)
    assert (loaded.run({"x": x})["image"] == x).all()
    assert (stages.run(loaded.stages(), {"x": x})["image"] == x).all()
    assert b.runs == before + 2
    assert (loaded.inputs, loaded.outputs) == (b.inputs, b.outputs)
    loaded.close()
    assert b.closed == 1


def test_the_trial_is_short(tmp_path: Path) -> None:
    clock = Clock()
    runtime, fakes = trial(clock, quick=[0.001], endless=[40.0])
    runtime.load(model(tmp_path))
    assert fakes["quick"].loaded[0].runs == 1 + auto.RUNS
    assert fakes["endless"].loaded[0].runs == 2


def test_what_cannot_run_or_computes_something_else_is_left_out(tmp_path: Path) -> None:
    clock = Clock()
    good, wrong = Fake(clock, [0.2]), Fake(clock, [0.1], off=0.1)
    runtime = AutoRuntime(
        {"good": lambda: good, "absent": broken(BackendUnavailable("no", "pip")), "wrong": lambda: wrong}, clock
    )
    loaded = runtime.load(model(tmp_path))
    assert isinstance(loaded, Chosen)
    assert dict(loaded.trial_s) == {"good": pytest.approx(0.2)}
    assert wrong.loaded[0].closed == 1


def test_when_nothing_can_run_the_reasons_are_told(tmp_path: Path) -> None:
    absent = {name: broken(BackendUnavailable(f"{name} is not here", "get it")) for name in ("a", "b")}
    with pytest.raises(BackendUnavailable) as error:
        AutoRuntime(absent).load(model(tmp_path))
    assert error.value.reason == "no runtime takes the model (a: a is not here; get it; b: b is not here; get it)"
    with pytest.raises(ModelFormatError, match=r"^bad graph$"):
        AutoRuntime({**absent, "c": broken(ModelFormatError("bad graph"))}).load(model(tmp_path))


def test_every_candidate_gets_the_threads(tmp_path: Path) -> None:
    runtime, fakes = trial(Clock(), a=[0.2], b=[0.1])
    runtime.use_threads(7)
    runtime.load(model(tmp_path))
    assert [fake.threads for fake in fakes.values()] == [7, 7]
    assert runtime.describe() == "the fastest of a, b for each model, by a trial, 7 threads"


def test_the_trials_input(tmp_path: Path) -> None:
    runtime, _ = trial(Clock(), a=[0.2])
    loaded: LoadedModel = runtime.load(model(tmp_path))
    (x,) = trial_feeds(loaded.inputs).values()
    assert x.shape == (1, 128, 8, 3)
    assert x.std() > 0.2
    (ids,) = trial_feeds((TensorInfo("ids", (None, None), "int32"),)).values()
    assert ids.dtype == np.int32
    assert not ids.any()


def test_the_builtin_candidates_exist_and_agree_with_the_first() -> None:
    assert auto.CANDIDATES[0] == "tensorflow"
    assert set(auto.CANDIDATES) == set(builtin()) - {"auto", "keras", "null"}
