"""The shape of an input of unknown rank, by the convolution behind it."""

from typing import Any

import pytest

from framegate.models.graph import image_shape
from framegate.models.nodes import Node


def node(name: str, op: str, *inputs: str, layout: str | None = None) -> dict[str, Any]:
    return {"name": name, "op": op, "input": list(inputs), "attr": {"data_format": {"s": layout}} if layout else {}}


X = node("x", "Placeholder")
WEIGHTS = {"k": (3, 3, 4, 8), "flat": (3, 4)}


@pytest.mark.parametrize(
    ("nodes", "shape"),
    [
        ([node("c", "Conv2D", "x", "k")], (None, None, None, 4)),
        ([node("c", "Conv2D", "x:0", "k:0", layout="TkhXQw==")], (None, None, None, 4)),
        ([node("c", "DepthwiseConv2dNative", "x", "k", layout="TkNIVw==")], (None, 4, None, None)),
        (
            [node("a", "Sub", "x", "m"), node("b", "Pad", "a", "p"), node("c", "_FusedConv2D", "b", "k")],
            (None,) * 3 + (4,),
        ),
        ([node("c", "Transpose", "x", "p"), node("d", "Conv2D", "c", "k")], None),
        ([node("c", "Conv2D", "x", "flat")], None),
        ([node("c", "Conv2D", "x")], None),
        ([node("a", "Relu", "b"), node("b", "Relu", "a")], None),
    ],
)
def test_the_first_convolution_tells(nodes: list[dict[str, Any]], shape: tuple[int | None, ...] | None) -> None:
    assert image_shape(map(Node, [X, *nodes]), "x", WEIGHTS) == shape
