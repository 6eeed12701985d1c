"""A page is compared by the outputs of the reference that it shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tfjs_files import write_model

from framegate.errors import WrongOutput
from framegate.inference.agreement import verify_agreement
from framegate.inference.reference import Reference
from framegate.interfaces import ModelSpec, ResolvedModel
from framegate.pipelines.build import shown_reference


def test_the_output_that_is_shown_is_compared(tmp_path: Path) -> None:
    topology = {
        "node": [
            {"name": "x", "op": "Placeholder"},
            {"name": "score", "op": "Softmax", "input": ["x"]},
            {"name": "picture", "op": "Tanh", "input": ["x"]},
        ]
    }
    files = ResolvedModel("net", write_model(tmp_path, topology=topology), "graph", "")
    outputs = {"score": np.zeros((1, 7), np.float32), "picture": np.ones((1, 8, 8, 3), np.float32)}
    reference = shown_reference(
        Reference("tensorflow", [outputs], is_repeatable=True), ModelSpec("net", "path", "net"), files
    )
    assert [list(each) for each in reference.outputs] == [["picture"]]


def test_as_many_classes_may_differ_as_the_tolerance_says() -> None:
    expected = np.arange(10_000, dtype=np.int32) % 4
    other = expected.copy()
    other[:2] += 1
    verify_agreement({"y": other}, {"y": expected}, "tensorflow")
    with pytest.raises(WrongOutput, match="differs from that of 'tensorflow' by up to 1"):
        verify_agreement({"y": other}, {"y": expected}, "tensorflow", 1e-4)
