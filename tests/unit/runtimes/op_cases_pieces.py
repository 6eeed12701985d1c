"""Ops that multiply, choose, cut, join and rearrange."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from graph_files import ints, text
from op_case import FLOAT, INT, Case, Held, Input, case, floats, held, pair, scalar, whole

BOXES = np.array(
    [[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]],
    np.float32,
)
SCORES = np.array([0.9, 0.75, 0.6, 0.95, 0.5, 0.3], np.float32)
EQUATIONS: tuple[tuple[str, Sequence[tuple[int, ...]]], ...] = (
    ("ij,jk->ik", [(2, 3), (3, 4)]),
    ("bij,bjk->bik", [(2, 2, 3), (2, 3, 2)]),
    ("bhid,bhjd->bhij", [(1, 2, 3, 2), (1, 2, 2, 2)]),
    ("ij,ij->i", [(2, 3), (2, 3)]),
    ("i,j->ij", [(3,), (2,)]),
    ("bsd,dnh->bnsh", [(1, 2, 3), (3, 2, 2)]),
    ("ij,jk->", [(2, 3), (3, 4)]),
    ("ij,k->ik", [(2, 3), (2,)]),
    ("ij,jk->k", [(2, 3), (3, 4)]),
    ("bij,bij->b", [(2, 3, 2), (2, 3, 2)]),
    ("...ij,...jk->...ik", [(2, 2, 3), (2, 3, 2)]),
    ("ij,jk,kl->il", [(2, 3), (3, 2), (2, 2)]),
    ("ij->ji", [(2, 3)]),
    ("ii->i", [(3, 3)]),
    ("ijk->kij", [(2, 3, 2)]),
    ("ij->", [(2, 3)]),
    ("ij", [(2, 3)]),
)
BATCHES: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((2,), (2,)),
    ((2,), (1,)),
    ((1,), (2,)),
    ((2, 2), ()),
    ((2, 3), (3,)),
    ((2, 3), (1, 3)),
    ((2, 3), (2, 1)),
)


def products() -> Iterator[Case]:
    """Of matrices."""
    for first in (False, True):
        for second in (False, True):
            one, other = floats(*((3, 2) if first else (2, 3))), floats(*((4, 3) if second else (3, 4)), salt=5)
            how = {"transpose_a": {"b": first}, "transpose_b": {"b": second}}
            yield case(f"{first}_{second}", "MatMul", one, other, **how)
            one, other = one[None], other[None]
            yield case(f"{first}_{second}", "BatchMatMul", one, other, adj_x={"b": first}, adj_y={"b": second})
    for left, right in BATCHES:
        label = f"{'x'.join(map(str, left))}_{'x'.join(map(str, right))}"
        yield case(label, "BatchMatMulV2", floats(*left, 2, 3), floats(*right, 3, 4, salt=5))
    for equation, shapes in EQUATIONS:
        inputs: list[Input] = [floats(*shape, salt=4 * at) for at, shape in enumerate(shapes)]
        yield case(equation, "Einsum", *inputs, N={"i": str(len(shapes))}, equation=text(equation))
    for lower, upper in ((0, 0), (1, 0), (0, 1), (-1, 0), (0, -1), (2, 1)):
        yield case(f"{lower}_{upper}", "MatrixBandPart", floats(3, 4), scalar(lower), scalar(upper), Tindex=INT)


def suppressions() -> Iterator[Case]:
    """Of boxes that overlap, and others whose results are as long as the data say."""
    for most in (2, 6, 10):
        base: list[Input] = [BOXES, SCORES, scalar(most), scalar(0.5)]
        yield case(f"{most}", "NonMaxSuppressionV2", *base)
        yield case(f"{most}", "NonMaxSuppressionV3", *base, scalar(0.4))
        for padded in (False, True):
            how = {"pad_to_max_output_size": {"b": padded}}
            yield pair(case(f"{most}_{padded}", "NonMaxSuppressionV4", *base, scalar(0.4), **how))
            yield pair(case(f"{most}_{padded}", "NonMaxSuppressionV5", *base, scalar(0.4), scalar(0.0), **how))
    yield pair(case("soft", "NonMaxSuppressionV5", BOXES, SCORES, scalar(6), scalar(0.5), scalar(0.4), scalar(0.5)))
    yield case("bool", "Where", floats(3, 4) > 0)
    for label, array, count in (("floats", floats(2, 5), 3), ("integers", whole(2, 5), 2), ("one", floats(2, 2, 4), 1)):
        for in_order in (False, True):
            how = {"sorted": {"b": in_order}}
            yield pair(case(f"{label}_{in_order}", "TopKV2", array, scalar(count), **how))
    yield pair(case("integers", "Unique", np.array([1, 1, 2, 4, 4, 7, 8, 8], np.int32), out_idx=INT))
    yield pair(case("integers", "ListDiff", np.array([1, 2, 3, 4], np.int32), held(1, 3), out_idx=INT))


def _slice(label: str, begin: Sequence[int], end: Sequence[int], steps: Sequence[int], /, **masks: int) -> Case:
    ends: list[Input] = [held(*begin), held(*end), held(*steps)]
    named = {f"{name}_mask": {"i": str(mask)} for name, mask in masks.items()}
    return case(label, "StridedSlice", floats(3, 4, 2), *ends, Index=INT, **named)


def slices() -> Iterator[Case]:
    """Pieces."""
    yield _slice("plain", [0, 1, 0], [2, 3, 2], [1, 1, 1])
    yield _slice("negative", [-2, -3, 0], [3, -1, 2], [1, 1, 1])
    yield _slice("backward", [2, 3, 1], [-4, -5, -3], [-1, -1, -1])
    yield _slice("steps", [0, 0, 0], [3, 4, 2], [2, 3, 1])
    yield _slice("open", [1, 1, 1], [2, 3, 2], [1, 1, 1], begin=5, end=3)
    yield _slice("one", [1, 2, 0], [2, 3, 2], [1, 1, 1], shrink_axis=3, end=4)
    yield _slice("one_negative", [-1], [0], [1], shrink_axis=1)
    yield _slice("rest", [0, 1], [0, 2], [1, 1], ellipsis=1)
    yield _slice("rest_one", [1, 0, 1], [2, 0, 2], [1, 1, 1], ellipsis=2, shrink_axis=5)
    yield _slice("new", [0, 0, 0, 0], [3, 0, 4, 2], [1, 1, 1, 1], new_axis=2)
    yield _slice("rest_new", [0, 0], [0, 0], [1, 1], ellipsis=1, new_axis=2)
    yield _slice("beyond", [-10, 0, 0], [10, 10, 10], [1, 1, 1])
    yield _slice("empty", [1, 0, 0], [1, 4, 2], [1, 1, 1])
    yield _slice("ends_before", [2, 0, 0], [1, 4, 2], [1, 1, 1])
    yield _slice("ends_long_before", [0, 3, 0], [3, 1, 2], [1, 1, 1])
    yield _slice("empty_steps", [2, 0, 0], [1, 4, 2], [2, 1, 1])
    yield case("rest", "Slice", floats(3, 4, 2), held(1, 0, 0), held(2, -1, 1), Index=INT)
    for axis in (-1, 0, 1):
        yield case(f"{axis}", "Pack", floats(2, 3), floats(2, 3, salt=3), N={"i": "2"}, axis={"i": str(axis)})
        yield case(f"{axis}", "ConcatV2", floats(2, 2), floats(2, 2, salt=3), scalar(axis), N={"i": "2"})
    yield pair(case("columns", "Unpack", floats(3, 2), num={"i": "2"}, axis={"i": "-1"}))
    yield pair(case("last", "Split", scalar(-1), floats(2, 4), T=FLOAT, num_split={"i": "2"}))
    yield pair(case("rest", "SplitV", floats(2, 5), held(2, -1), scalar(1), Tlen=INT, num_split={"i": "2"}))


def rearranged() -> Iterator[Case]:
    """Numbers in other places."""
    yield case("plain", "Transpose", floats(2, 3, 2), held(2, 0, 1))
    params: dict[str, Any] = {"Tparams": FLOAT, "Tindices": INT, "Taxis": INT}
    for label, indices, axis, batch in (
        ("rows", (2, 0), 1, 0),
        ("last", (2, 0), -1, 0),
        ("batch", ((2, 0), (1, 3)), 1, 1),
    ):
        array = Held(np.array(indices, np.int32))
        yield case(label, "GatherV2", floats(2, 4, 3), array, scalar(axis), batch_dims={"i": str(batch)}, **params)
    places = np.array([[0, 1], [2, 0]], np.int32)
    yield case("plain", "GatherNd", floats(3, 2, 2), Held(places), Tparams=FLOAT, Tindices=INT)
    yield case("twice", "ScatterNd", np.array([[1], [1]], np.int32), floats(2), held(5), T=FLOAT, Tindices=INT)
    yield case("plain", "TensorScatterUpdate", floats(5), Held(places[:, :1]), floats(2, salt=9), Tindices=INT)
    for backward in (True, False):
        yield case(f"{backward}", "Reverse", floats(2, 3), Held(np.array([backward, not backward])))
    yield case("negative", "ReverseV2", floats(2, 3, 2), held(-1, 0), Tidx=INT)
    pads = Held(np.array([[1, 2], [2, 1]], np.int32))
    for mode in ("REFLECT", "SYMMETRIC"):
        yield case(mode, "MirrorPad", floats(3, 4), pads, mode=text(mode))
    yield case("plain", "Pad", floats(2, 3), pads)
    yield case("value", "PadV2", floats(2, 3), pads, scalar(-2.0))
    blocks = {"Tblock_shape": INT, "Tpaddings": INT, "Tcrops": INT}
    none = Held(np.array([[1, 0], [0, 0]], np.int32))
    yield case("pads", "SpaceToBatchND", floats(1, 3, 4, 1), held(2, 2), none, **blocks)
    yield case("crops", "BatchToSpaceND", floats(4, 2, 2, 1), held(2, 2), none, **blocks)
    yield case("all", "Squeeze", floats(1, 2, 1, 3))
    yield case("one", "Squeeze", floats(1, 2, 1, 3), squeeze_dims=ints(-2))
    yield case("negative", "ExpandDims", floats(2, 3), scalar(-1))
    yield case("rest", "Reshape", floats(2, 3), held(3, -1))
    yield case("wider", "BroadcastTo", floats(2, 1), held(3, 2, 4))
    yield case("twice", "Tile", floats(2, 3), held(2, 1))
