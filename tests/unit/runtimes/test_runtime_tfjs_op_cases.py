"""Ops compute what TF.js computes, or it is said that TF.js computes otherwise: `scripts/tfjs-ops.cjs` asked it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import write_graph
from op_case import Case
from op_cases import all_cases

from framegate.analysis.inspection import inspect
from framegate.interfaces import Array, ModelSpec
from framegate.models.topology import read_model_json
from framegate.runtimes.tensorflow import TensorFlowRuntime

ANSWERS: Mapping[str, Any] = json.loads(Path(__file__).with_name("tfjs_ops.json").read_text(encoding="utf-8"))
CASES = {case.label: case for case in all_cases()}
TAKEN = [label for label, answer in ANSWERS.items() if "results" in answer]
SPEC = ModelSpec("m", "path", "m")


def inspected(folder: Path, case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is said that TF.js refuses, and computes otherwise."""
    path = write_graph(folder, case.nodes, case.weights).path
    found = inspect(SPEC, read_model_json(path), read_constants=True)
    return found.refusals, found.differences


@pytest.fixture(scope="module")
def otherwise(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[str, ...]]:
    """Case that TF.js takes -> what is said that TF.js computes otherwise."""
    folder = tmp_path_factory.mktemp("said")
    return {label: inspected(folder, CASES[label])[1] for label in TAKEN}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Array]]:
    """Case that TF.js takes -> what Framegate computes, of all cases in one model."""
    cases = [CASES[label] for label in TAKEN]
    outputs = {f"{case.label} {at}": {"name": name} for case in cases for at, name in enumerate(case.outputs)}
    nodes = [node for case in cases for node in case.nodes]
    weights = {name: array for case in cases for name, array in case.weights.items()}
    model = write_graph(tmp_path_factory.mktemp("ops"), nodes, weights, signature={"outputs": outputs})
    loaded = TensorFlowRuntime().load(model)
    feeds = {name: array for case in cases for name, array in case.feeds.items()}
    found = loaded.run({info.name: feeds[info.name].astype(info.dtype) for info in loaded.inputs})
    return {case.label: [found[f"{case.label} {at}"] for at in range(len(case.outputs))] for case in cases}


def is_equal(found: Array, expected: Mapping[str, Any]) -> bool:
    if list(found.shape) != expected["shape"]:
        return False
    values = np.array([float(value) for value in expected["values"]])
    scale = np.abs(values[np.isfinite(values)]).max(initial=1e-3)
    return np.allclose(found.ravel().astype(float), values, rtol=1e-4, atol=2e-5 * scale, equal_nan=True)


def test_every_case_has_an_answer() -> None:
    assert ANSWERS.keys() == CASES.keys()


@pytest.mark.parametrize("label", TAKEN)
def test_an_op_computes_what_tfjs_computes_or_it_is_said(
    label: str, results: Mapping[str, list[Array]], otherwise: Mapping[str, tuple[str, ...]]
) -> None:
    pairs = zip(results[label], ANSWERS[label]["results"], strict=True)
    equal = all(is_equal(found, expected) for found, expected in pairs)
    assert equal == (not otherwise[label]), (otherwise[label], results[label], ANSWERS[label]["results"])


@pytest.mark.parametrize("label", CASES)
def test_what_tfjs_refuses_is_said(label: str, tmp_path: Path) -> None:
    refusals, _ = inspected(tmp_path, CASES[label])
    assert bool(refusals) == ("error" in ANSWERS[label]), refusals or ANSWERS[label].get("error")
