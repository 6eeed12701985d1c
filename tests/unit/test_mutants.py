"""Whatever a model says, `framegate inspect` explains it and a runtime runs it, or one line says what is wrong.

A few hundred mutants in every run, a few dozen of them loaded; more by ``FRAMEGATE_MUTANTS=10000 pytest
tests/unit/test_mutants.py``, in all runtimes then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import Node, ints, noise, op, placeholder, text, write_graph
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutant_models import sequence_model
from mutants import MODELS, mutant, shard_bytes, write

import framegate
from framegate.commands import inspect as inspect_command
from framegate.errors import FramegateError
from framegate.loading import trial
from framegate.runtimes import builtin
from framegate.runtimes.auto import trial_feeds

ASKED = os.environ.get("FRAMEGATE_MUTANTS")
# No source holds constants this large: hypothesis would draw those of whichever modules are imported by then.
SEEDS = st.integers(2**80, 2**80 + 2**32 - 1)
HARMLESS = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


def many(default: int) -> settings:
    """So many examples, other ones in each run that asks for a number, and the same ones in each that does not."""
    count = int(ASKED or default)
    return settings(
        max_examples=count, deadline=None, database=None, derandomize=ASKED is None, suppress_health_check=HARMLESS
    )


RUNTIMES = sorted(builtin().keys() - {"auto", "null"}) if ASKED else ["keras", "tensorflow"]
TRIAL_S = 60.0
MOST_LETTERS = 2_000
"""As docs/security.md promises."""


@pytest.fixture(scope="module", autouse=True)
def one_trial_process() -> Iterator[None]:
    yield
    trial.close()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))


def test_a_mutant_is_the_same_whatever_others_were_made_before() -> None:
    first = mutant(2**80)
    for seed in range(2**80, 2**80 + 300):
        mutant(seed)
    assert mutant(2**80) == first


@pytest.mark.parametrize("make", MODELS)
def test_the_models_run_as_they_are(tmp_path: Path, make: Callable[[], dict[str, Any]]) -> None:
    document = make()
    path = write(tmp_path, document, bytes(shard_bytes(document)))
    with framegate.load_model(path, trial_s=None) as model:
        assert model.run(trial_feeds(model.inputs))


@many(400)
@given(SEEDS)
def test_inspect_explains_or_says_what_is_wrong(tmp_path: Path, seed: int) -> None:
    said = mistake(write(tmp_path, *mutant(seed)), as_json=seed % 2 == 0)
    assert said is None or is_one_line(said)


@pytest.mark.parametrize("runtime", ["keras", "tensorflow"])
def test_a_model_without_layers_is_refused(tmp_path: Path, runtime: str) -> None:
    document = sequence_model()
    document["modelTopology"]["model_config"]["config"]["layers"] = []
    said = refusal(write(tmp_path, document, bytes(shard_bytes(document))), runtime)
    assert said is not None
    assert is_one_line(said)


WINDOW = {"strides": ints(1, 1, 1), "padding": text("SAME")}
KIND = {"T": {"type": "DT_INT32"}}
# The sizes of an output, as a transposed convolution takes them, with some of them in each other's place.
SIZES = [
    op("Shape", "sizes", ["x"]),
    op("Split", "size", ["zero", "sizes"], num_split={"i": "4"}, **KIND),
    op("Pack", "rows", ["size:3", "size:1", "size:2", "size"], N={"i": "4"}, axis={"i": "0"}, **KIND),
    op("Reshape", "swapped", ["rows", "four"], **KIND),
]
# Graphs like these have ended the process that had TensorFlow build or run them, or have taken all of its memory.
HARMFUL: dict[str, list[Node]] = {
    "three strides": [op("Conv2D", "y", ["x", "w"], **WINDOW)],
    "three strides of each channel": [op("DepthwiseConv2dNative", "y", ["x", "w"], **WINDOW)],
    "three strides backwards": [op("Conv2DBackpropInput", "y", ["as", "w", "x"], **WINDOW)],
    "three strides of a pool": [op("MaxPool", "y", ["x"], ksize=ints(1, 2, 2, 1), **WINDOW)],
    "swapped sizes": [
        *SIZES,
        op("Conv2DBackpropInput", "y", ["swapped", "w", "x"], **{**WINDOW, "strides": ints(1, 1, 1, 1)}),
    ],
    "swapped inputs of two kinds": [op("Pack", "y", ["as", "x"], N={"i": "2"}, axis={"i": "0"})],
    "sums that double": [op("AddV2", f"x{at + 1}", [f"x{at or ''}"] * 2) for at in range(22)],
    "pictures that double": [
        op("ConcatV2", f"x{at + 1}", [f"x{at or ''}"] * 2 + ["zero"], N={"i": "2"}) for at in range(50)
    ],
}
WEIGHTS = {
    "w": noise(3, 3, 3, 3), "as": np.array([1, 8, 8, 3], np.int32), "zero": np.array(0, np.int32),
    "four": np.array([4], np.int32),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMFUL)
def test_a_graph_of_a_kind_that_did_harm_is_refused(tmp_path: Path, name: str) -> None:
    model = write_graph(tmp_path, [placeholder("x", [-1, 8, 8, 3]), *HARMFUL[name]], WEIGHTS)
    said = refusal(model.path, "tensorflow")
    assert said is not None
    assert is_one_line(said)


def is_one_line(said: str) -> bool:
    return len(said.splitlines()) == 1 and len(said) <= MOST_LETTERS


def mistake(path: Path, *, as_json: bool) -> str | None:
    try:
        inspect_command.run(str(path), None, as_json=as_json, read_constants=True)
    except FramegateError as error:
        return str(error)
    return None


def refusal(path: Path, runtime: str) -> str | None:
    try:
        with framegate.load_model(path, runtime, trial_s=TRIAL_S) as model:
            assert model.run(trial_feeds(model.inputs)).keys() == {tensor.name for tensor in model.outputs}
    except FramegateError as error:
        return str(error)
    return None


@many(24)
@given(SEEDS)
def test_a_mutant_runs_or_one_line_says_what_is_wrong(tmp_path: Path, seed: int) -> None:
    """A process of its own meets each first, and ends where this one would."""
    said = refusal(write(tmp_path, *mutant(seed)), RUNTIMES[seed % len(RUNTIMES)])
    assert said is None or is_one_line(said)
