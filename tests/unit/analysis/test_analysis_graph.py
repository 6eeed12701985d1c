"""Shapes through a graph: rules, conventions, orders that cannot be computed."""

from pathlib import Path
from typing import Any

import pytest
from analysis_files import Node, const, image, look, numbers, op, row
from counted_calls import calls_of

from framegate.errors import ModelFormatError, UsageError
from framegate.interfaces import Size

IMAGE = (1, 8, 6, 4)


@pytest.mark.parametrize(
    ("kind", "others", "attr", "shape"),
    [
        ("Relu", [], {}, IMAGE),
        ("Reshape", [numbers("n", 1, -1, 4)], {}, (1, 48, 4)),
        ("Transpose", [numbers("n", 0, 3, 1, 2)], {}, (1, 4, 8, 6)),
        ("Pad", [numbers("n", 0, 0, 1, 2, 3, 4, 0, 0)], {}, (1, 11, 13, 4)),
        ("MirrorPad", [numbers("n", 0, 0, 1, 1, 1, 1, 0, 0)], {}, (1, 10, 8, 4)),
        ("ResizeBilinear", [numbers("n", 16, 12)], {}, (1, 16, 12, 4)),
        ("Mean", [numbers("n", 1, 2)], {}, (1, 4)),
        ("Mean", [numbers("n", 1, 2)], {"keep_dims": True}, (1, 1, 1, 4)),
        ("Max", [numbers("n", -1, scalar=True)], {}, (1, 8, 6)),
        ("ArgMax", [numbers("n", 3, scalar=True)], {}, (1, 8, 6)),
        ("ExpandDims", [numbers("n", -1, scalar=True)], {}, (1, 8, 6, 4, 1)),
        ("Squeeze", [], {"squeeze_dims": [0]}, (8, 6, 4)),
        ("Tile", [numbers("n", 2, 1, 1, 3)], {}, (2, 8, 6, 12)),
        ("Slice", [numbers("n", 0, 2, 0, 0), numbers("m", 1, 3, -1, 2)], {}, (1, 3, 6, 2)),
        ("SpaceToBatchND", [numbers("n", 2, 2), numbers("m", 0, 0, 0, 0)], {}, (4, 4, 3, 4)),
        ("DepthToSpace", [], {"block_size": 2}, (1, 16, 12, 1)),
        ("MaxPool", [], {"ksize": [1, 3, 3, 1], "strides": [1, 2, 2, 1], "padding": "SAME"}, (1, 4, 3, 4)),
        ("AvgPool", [], {"ksize": [1, 8, 6, 1], "strides": [1, 8, 6, 1], "padding": "VALID"}, (1, 1, 1, 4)),
        ("BroadcastTo", [numbers("n", 3, 8, 6, 4)], {}, (3, 8, 6, 4)),
        ("GatherV2", [numbers("n", 0, 2), numbers("m", 1, scalar=True)], {}, (1, 2, 6, 4)),
        ("TopKV2", [numbers("n", 2, scalar=True)], {}, (1, 8, 6, 2)),
        ("Shape", [], {}, (4,)),
        (
            "StridedSlice",
            [numbers("n", 0, 6, 0, 0), numbers("m", 0, 1, 0, 2), numbers("l", 1, -2, 1, 1)],
            {"begin_mask": 5, "end_mask": 5},
            (1, 3, 6, 2),
        ),
        (
            "StridedSlice",
            [numbers("n", 0, 1), numbers("m", 0, 2), numbers("l", 1, 1)],
            {"ellipsis_mask": 1, "shrink_axis_mask": 2},
            (1, 8, 6),
        ),
    ],
)
def test_rules(tmp_path: Path, kind: str, others: list[Node], attr: dict[str, Any], shape: tuple[int, ...]) -> None:
    node = op(kind, "image", *(other["name"] for other in others), **attr)
    found = row(look(tmp_path, [image(*IMAGE), *others, node]))
    assert found.shape == shape
    assert not found.assumed
    assert found.macs == 0


def test_splits_have_several_outputs(tmp_path: Path) -> None:
    axis = numbers("axis", 3, scalar=True)
    parts = op("Split", "axis", "image", name="parts", num_split=2)
    joined = op("ConcatV2", "parts:1", "image", "axis")
    assert row(look(tmp_path, [image(*IMAGE), axis, parts, joined])).shape == (1, 8, 6, 6)


def test_numbers_are_followed_from_shape_to_reshape(tmp_path: Path) -> None:
    """What Keras writes for a Flatten of an image of any size: Shape, StridedSlice, Pack, Reshape."""
    nodes = [
        image(-1, -1, -1, 4),
        op("Shape", "image", name="shape"),
        numbers("from", 0),
        numbers("to", 1),
        numbers("by", 1),
        op("StridedSlice", "shape", "from", "to", "by", name="batch", shrink_axis_mask=1),
        numbers("rest", -1, scalar=True),
        op("Pack", "batch", "rest", name="target"),
        op("Reshape", "image", "target"),
    ]
    assert row(look(tmp_path, nodes, size=Size(8, 6))).shape == (1, 8 * 6 * 4)


def test_arithmetic_on_sizes_is_followed(tmp_path: Path) -> None:
    """What Keras writes for UpSampling2D."""
    nodes = [
        image(*IMAGE),
        op("Shape", "image", name="shape"),
        *(numbers("from", 1), numbers("to", 3), numbers("by", 1), numbers("two", 2, 2)),
        op("StridedSlice", "shape", "from", "to", "by", name="size"),
        op("Mul", "size", "two", name="doubled"),
        op("ResizeNearestNeighbor", "image", "doubled"),
    ]
    assert row(look(tmp_path, nodes)).shape == (1, 16, 12, 4)


def test_conventions_are_marked_and_explained(tmp_path: Path) -> None:
    conv = op("Conv2DBackpropInput", "size", "w", "image", name="up", padding="SAME", strides=[1, 2, 2, 1])
    found = look(tmp_path, [image(*IMAGE), conv, op("Relu", "up")], {"size:int32": (4,), "w": (4, 4, 3, 4)})
    assert row(found).shape == (1, 16, 12, 3)
    assert row(found).assumed
    assert not row(found, "image").assumed
    assert "~" in found.notes[0]
    assert "signature" not in found.notes[0]


def test_a_signature_can_prove_the_conventions(tmp_path: Path) -> None:
    conv = op("Conv2DBackpropInput", "size", "w", "image", padding="SAME", strides=[1, 2, 2, 1])
    weights = {"size:int32": (4,), "w": (4, 4, 3, 4)}

    def signature(*dims: int) -> dict[str, Any]:
        shape = {"dim": [{"size": str(dim)} for dim in dims]}
        return {"outputs": {"y": {"name": "y:0", "dtype": "DT_FLOAT", "tensorShape": shape}}}

    found = look(tmp_path, [image(*IMAGE), conv], weights, signature=signature(-1, 16, 12, 3))
    assert found.notes[0].endswith("the outputs that follow are those of the signature")
    found = look(tmp_path, [image(*IMAGE), conv], weights, signature=signature(-1, 15, 11, 3))
    assert "output y is [1, 16, 12, 3] here and [?, 15, 11, 3] in the signature" in found.notes


def test_a_signature_says_what_the_graph_does_not(tmp_path: Path) -> None:
    shape = {"dim": [{"size": str(dim)} for dim in (-1, 10, 12, 4)]}
    signature = {"outputs": {"y": {"name": "y:0", "dtype": "DT_FLOAT", "tensorShape": shape}}}
    nodes = [image(*IMAGE), op("Pad", "image", "pads")]
    found = look(tmp_path, nodes, {"pads:int32": (4, 2)}, signature=signature)
    assert row(found).shape == (None,) * 4
    assert found.outputs[0].shape == (None, 10, 12, 4)
    found = look(tmp_path, nodes, {"pads:int32": (4, 2)}, signature=signature, size=Size(16, 16))
    assert found.outputs[0].shape == (None,) * 4


def test_parts_join_where_they_differ(tmp_path: Path) -> None:
    other = image(1, 3, 6, 4, name="other")
    found = look(tmp_path, [image(*IMAGE), other, op("ConcatV2", "image", "other", "axis")], {"axis:int32": ()})
    assert row(found).shape == (1, 11, 6, 4)
    assert not row(found).assumed


def test_an_unknown_op_hides_what_follows(tmp_path: Path) -> None:
    found = look(tmp_path, [image(*IMAGE), op("Mystery", "image", name="a"), op("Relu", "a")])
    assert row(found).shape is None
    assert found.support.unknown == ("Mystery",)


def test_misfits_are_told_and_the_walk_goes_on(tmp_path: Path) -> None:
    nodes = [image(*IMAGE), op("Conv2D", "image", "w", name="a", strides=[1, 1, 1, 1]), op("Relu", "image")]
    found = look(tmp_path, nodes, {"w": (3, 3, 5, 8)})
    assert "Conv2D 'a' cannot take an input [1, 8, 6, 4] and a filter [3, 3, 5, 8]" in found.notes
    assert row(found).shape == IMAGE


def test_a_size_that_the_model_cannot_have_is_an_error(tmp_path: Path) -> None:
    nodes = [
        image(1, 8, 8, 3),
        numbers("flat", 1, 192),
        op("Reshape", "image", "flat", name="a"),
        op("MatMul", "a", "w"),
    ]
    assert row(look(tmp_path, nodes, {"w": (192, 2)})).shape == (1, 2)
    with pytest.raises(UsageError, match=r"does not work at this size: Reshape 'a' cannot take \[1, 16, 16, 3\]"):
        look(tmp_path, nodes, {"w": (192, 2)}, size=Size(16, 16))


def test_weights_of_functions_and_of_the_initializer_are_taken(tmp_path: Path) -> None:
    loop = op("StatelessWhile", "image")
    loop["attr"]["body"] = {"func": {"name": "body"}}
    library = {"function": [{"signature": {"name": "body"}, "nodeDef": [const("step")]}]}
    tables = {"node": [const("keys"), op("HashTableV2", name="table")]}
    weights = {"step": (1,), "keys": (2,), "table": (2,)}
    found = look(tmp_path, [image(1, 4), loop], weights, library=library, modelInitializer=tables)
    assert [entry.name for entry in found.unused] == ["table"]


def test_weights_belong_to_the_first_op_that_takes_them(tmp_path: Path) -> None:
    nodes = [
        image(1, 10),
        op("Identity", "w", name="w/read"),
        op("MatMul", "image", "w/read", name="a"),
        op("MatMul", "image", "w/read", name="b"),
    ]
    found = look(tmp_path, nodes, {"w": (10, 6), "lost": (3,), "ints:int32": (2,)})
    assert (row(found, "a").parameters, row(found, "b").parameters) == (60, 0)
    assert row(found, "a").float32_bytes == 240
    assert {entry.name for entry in found.unused} == {"lost", "ints"}
    assert (found.totals.parameters, found.totals.constants) == (63, 2)
    assert [r.name for r in found.rows] == ["image", "a", "b"]


def test_cycles_are_named(tmp_path: Path) -> None:
    nodes = [image(*IMAGE), op("Relu", "c", name="a"), op("Relu", "a", name="b"), op("AddN", "b", "image", name="c")]
    with pytest.raises(ModelFormatError, match="the graph has a cycle: 'a' takes 'c' takes 'b' takes 'a'"):
        look(tmp_path, nodes)


def test_loops_of_the_first_control_flow_are_no_cycles(tmp_path: Path) -> None:
    nodes = [
        image(1, 4),
        op("Enter", "image", name="enter"),
        op("Merge", "enter", "next", name="merge"),
        op("Less", "merge", "merge", name="less"),
        op("LoopCond", "less", name="cond"),
        op("Switch", "merge", "cond", name="switch"),
        op("Add", "switch:1", "image", name="body"),
        op("NextIteration", "body", name="next"),
        op("Exit", "switch"),
    ]
    found = look(tmp_path, nodes)
    assert len(found.rows) == 9
    assert not found.totals.macs_exact
    assert any("loops and branches" in note for note in found.notes)


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (op("Relu", "ghost"), r"node 'y' \(Relu\) takes 'ghost', which the graph lacks"),
        (op("Conv2D", "image"), r"node 'y' \(Conv2D\) has 1 inputs, fewer than its op takes \(2\)"),
    ],
)
def test_inputs_that_are_not_there(tmp_path: Path, node: Node, message: str) -> None:
    with pytest.raises(ModelFormatError, match=message):
        look(tmp_path, [image(*IMAGE), node])


def test_ten_times_the_nodes_are_ten_times_the_work(tmp_path: Path) -> None:
    def calls(count: int) -> int:
        chain = [op("Relu", f"n{at}", name=f"n{at + 1}") for at in range(count)]
        # Backwards, and all taking one constant: what a quadratic search would stumble over.
        taking = [op("Add", f"n{at}", "w", name=f"m{at}") for at in range(1, count)]
        nodes = [const("w"), *reversed(taking), *reversed(chain), image(1, 4, 4, 1, name="n0")]
        rows: list[object] = []
        work = calls_of(lambda: rows.extend(look(tmp_path, nodes).rows))
        assert len(rows) == 2 * count
        return work

    assert calls(5_000) <= 10.1 * calls(500)
