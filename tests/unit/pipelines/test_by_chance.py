"""A model that throws dice is told by running it again, and only where something differs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from graph_files import Node, op, placeholder, write

from framegate.interfaces import Array
from framegate.models.graph_parts import is_random
from framegate.models.topology import read_model_json
from framegate.pipelines.base import Look
from framegate.pipelines.verify import is_by_chance

BLACK = np.zeros((2, 2, 4), np.uint8)


def look(*, again: float | None) -> Look:
    """A look at a model that returned ones, and returns something else now, unless it cannot be asked."""
    outputs = {"y": np.ones(4, np.float32)}

    def run() -> dict[str, Array]:
        return {"y": np.linspace(1, again or 0, 4, dtype=np.float32)}

    return Look("the last frame", BLACK, BLACK, [{}], outputs, again=None if again is None else run)


def test_only_other_outputs_of_the_same_picture_are_chance() -> None:
    assert is_by_chance(look(again=2.0))
    assert not is_by_chance(look(again=1.0))
    assert not is_by_chance(look(again=None))


DICE = op("RandomUniform", "dice", ["shape"])
CALL: Node = {"name": "y", "op": "PartitionedCall", "attr": {"f": {"func": {"name": "throw"}}}}
THROW = {"signature": {"name": "throw"}, "nodeDef": [DICE]}


@pytest.mark.parametrize(
    ("nodes", "functions", "expected"),
    [([DICE], [], True), ([CALL], [THROW], True), ([op("Neg", "y", ["x"])], [THROW], False)],
    ids=["in the graph", "in a function that is called", "in one that is not"],
)
def test_a_model_throws_dice_by_its_ops(
    tmp_path: Path, nodes: list[Node], functions: list[Node], *, expected: bool
) -> None:
    topology = {"node": [placeholder("x", [1, 4, 4, 3]), *nodes], "library": {"function": functions}}
    assert is_random(read_model_json(write(tmp_path, topology, {}).path)) == expected
