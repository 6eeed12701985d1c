"""The table in docs/ops.md is true: what it says of every op is what happens to it."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from framegate.models import tf
from framegate.tfgraph import layout, tfjs_ops
from framegate.tfgraph.rewrites import REWRITES

PAGE = Path(__file__).parents[3] / "docs" / "ops.md"
ROW = re.compile(r"^\| (\w+) \| `(\w+)` \| (as is|rewritten|refused) \| (.*?) ?\|$", re.MULTILINE)
ROWS = [(op, how, what) for _, op, how, what in ROW.findall(PAGE.read_text("utf-8"))]
ALWAYS = set(REWRITES)
SOMETIMES = {*layout.LAYOUT_OPS, "Conv2DBackpropInput", "Pad", "Print"}


def test_every_op_of_the_converter_stands_there_once() -> None:
    ops = [op for op, _, _ in ROWS]
    assert len(ops) == len(set(ops)) == 248


def test_every_rule_stands_there() -> None:
    rewritten = {op for op, how, _ in ROWS if how == "rewritten"}
    assert rewritten == (ALWAYS | SOMETIMES) & {op for op, _, _ in ROWS}
    assert set(tfjs_ops.REFUSED) == {op for op, how, _ in ROWS if how == "refused"}


@pytest.mark.parametrize("how", ["as is", "rewritten", "refused"])
def test_tensorflow_knows_what_it_must(how: str) -> None:
    tf.tensorflow()
    registry = importlib.import_module("tensorflow.python.framework.op_def_registry")
    known = {op for op, here, _ in ROWS if here == how and registry.get(op) is not None}
    if how == "as is":
        assert known == {op for op, here, _ in ROWS if here == how}
    elif how == "refused":
        assert not known
    targets = [name for _, here, what in ROWS if here == "rewritten" for name in re.findall(r"`([A-Z]\w+)`", what)]
    assert all(registry.get(name) for name in targets)
