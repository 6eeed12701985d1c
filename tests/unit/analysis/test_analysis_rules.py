"""Each rule, on whatever it may be given."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from typing import Any

import pytest

from framegate.analysis.graph_macs import macs
from framegate.analysis.graph_rules import OP_RULES
from framegate.analysis.tensors import MismatchError, Tensor
from framegate.analysis.values import values_of
from framegate.models.nodes import Node

TENSORS = (
    *(Tensor(shape) for shape in (None, (), (2,), (2, 2), (2,) * 4, (2,) * 5, (None,) * 4, (2**40,))),
    *(Tensor((len(values),), values) for values in ((1, 1), (2, -1), (None, 2**40))),
    Tensor((), (1,)),
)
MOST_TENSORS = 3
"""More, as few ops take, are the last one again: all combinations would be many."""
ATTRIBUTES: tuple[dict[str, Any], ...] = (
    {},
    {"data_format": {"s": "TkNIVw=="}},
    {"ksize": {"list": {"i": ["1"]}}, "strides": {"list": {"i": ["1"]}}},
)


@pytest.mark.parametrize("op", OP_RULES)
def test_a_rule_gives_shapes_or_says_what_does_not_fit(op: str) -> None:
    needs = OP_RULES[op].needs
    for attributes, tensors in product(ATTRIBUTES, product(TENSORS, repeat=min(needs, MOST_TENSORS))):
        inputs = [*tensors, *[tensors[-1]] * (needs - len(tensors))]
        node = Node({"name": "y", "op": op, "input": ["x"] * needs, "attr": attributes})
        with suppress(MismatchError):
            outputs = OP_RULES[op].outputs(node, inputs)
            assert all(isinstance(output, Tensor) for output in outputs)
            values_of(node, inputs)
            macs(node, inputs, outputs[0].shape)
