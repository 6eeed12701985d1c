"""Multiply-accumulates, each against a number worked out by hand."""

from pathlib import Path
from typing import Any

import pytest
from analysis_files import Layer, Node, functional, image, layer, look, look_at_layers, op, row

SAME: dict[str, Any] = {"padding": "SAME", "strides": [1, 1, 1, 1]}
SAME_2: dict[str, Any] = {"padding": "SAME", "strides": [1, 2, 2, 1]}


@pytest.mark.parametrize(
    ("node", "weights", "shape", "macs"),
    [
        # 8x8 outputs of 16 channels, each from 3x3 taps of 4 channels.
        (op("Conv2D", "image", "w", **SAME), {"w": (3, 3, 4, 16)}, (1, 8, 8, 16), 8 * 8 * 16 * 3 * 3 * 4),
        # A quarter of the outputs.
        (op("Conv2D", "image", "w", **SAME_2), {"w": (3, 3, 4, 16)}, (1, 4, 4, 16), 4 * 4 * 16 * 3 * 3 * 4),
        # Without padding 8 - 3 + 1 = 6 are left.
        (
            op("Conv2D", "image", "w", padding="VALID", strides=[1, 1, 1, 1]),
            {"w": (3, 3, 4, 16)},
            (1, 6, 6, 16),
            6 * 6 * 16 * 3 * 3 * 4,
        ),
        # Two groups: every output sees half of the channels.
        (op("Conv2D", "image", "w", **SAME), {"w": (3, 3, 2, 16)}, (1, 8, 8, 16), 8 * 8 * 16 * 3 * 3 * 2),
        # A bias is added, not multiplied.
        (
            op("_FusedConv2D", "image", "w", "b", fused_ops=["BiasAdd", "Relu"], **SAME),
            {"w": (1, 1, 4, 16), "b": (16,)},
            (1, 8, 8, 16),
            8 * 8 * 16 * 4,
        ),
        # Each of 4 channels makes 2, each from 3x3 taps of its own.
        (op("DepthwiseConv2dNative", "image", "w", **SAME), {"w": (3, 3, 4, 2)}, (1, 8, 8, 8), 8 * 8 * 8 * 3 * 3),
        (
            op("FusedDepthwiseConv2dNative", "image", "w", "b", fused_ops=["BiasAdd"], **SAME_2),
            {"w": (3, 3, 4, 1), "b": (4,)},
            (1, 4, 4, 4),
            4 * 4 * 4 * 3 * 3,
        ),
        # Every of the 8x8x4 inputs meets 4x4 taps to 3 channels.
        (
            op("Conv2DBackpropInput", "size", "w", "image", **SAME_2),
            {"size:int32": (4,), "w": (4, 4, 3, 4)},
            (1, 16, 16, 3),
            8 * 8 * 4 * 4 * 4 * 3,
        ),
    ],
    ids=lambda value: value["op"] if isinstance(value, dict) and "op" in value else None,
)
def test_convolutions(
    tmp_path: Path, node: Node, weights: dict[str, tuple[int, ...]], shape: tuple[int, ...], macs: int
) -> None:
    found = look(tmp_path, [image(1, 8, 8, 4), node], weights)
    assert row(found).shape == shape
    assert row(found).macs == found.totals.macs == macs
    assert found.totals.macs_exact


@pytest.mark.parametrize(
    ("node", "weight", "shape", "macs"),
    [
        (op("MatMul", "image", "w"), (10, 6), (5, 6), 5 * 10 * 6),
        (op("MatMul", "image", "w", transpose_b=True), (6, 10), (5, 6), 5 * 10 * 6),
        (op("_FusedMatMul", "image", "w", "w", fused_ops=["BiasAdd"]), (10, 6), (5, 6), 5 * 10 * 6),
        (op("BatchMatMulV2", "image", "w"), (3, 10, 6), (3, 5, 6), 3 * 5 * 10 * 6),
        (op("Einsum", "image", "w", equation="ij,jk->ki"), (10, 6), (6, 5), 5 * 10 * 6),
    ],
    ids=lambda value: value["op"] if isinstance(value, dict) else None,
)
def test_matrices(tmp_path: Path, node: Node, weight: tuple[int, ...], shape: tuple[int, ...], macs: int) -> None:
    found = look(tmp_path, [image(5, 10), node], {"w": weight})
    assert (row(found).shape, row(found).macs) == (shape, macs)


def test_channels_first(tmp_path: Path) -> None:
    conv = op("Conv2D", "image", "w", data_format="NCHW", padding="SAME", strides=[1, 1, 2, 2])
    found = look(tmp_path, [image(1, 3, 8, 6), conv], {"w": (3, 3, 3, 16)})
    assert row(found).shape == (1, 16, 4, 3)
    assert row(found).macs == 16 * 4 * 3 * 3 * 3 * 3


def test_additions_are_not_counted(tmp_path: Path) -> None:
    found = look(tmp_path, [image(1, 8, 8, 4), op("Add", "image", "image", name="a"), op("Relu", "a")])
    assert found.totals.macs == 0
    assert found.totals.macs_exact


def test_what_is_not_known_makes_the_sum_a_lower_bound(tmp_path: Path) -> None:
    nodes = [
        image(1, 8, 8, 4),
        op("Conv2D", "image", "w", name="a", **SAME),
        op("Pad", "a", "pads", name="b"),
        op("Conv2D", "b", "w", **SAME),
    ]
    found = look(tmp_path, nodes, {"w": (3, 3, 4, 4), "pads:int32": (4, 2)})
    assert row(found, "b").shape == (None,) * 4
    assert row(found).shape == (None, None, None, 4)
    assert row(found).macs is None
    assert found.totals.macs == 8 * 8 * 4 * 3 * 3 * 4
    assert not found.totals.macs_exact


@pytest.mark.parametrize(
    ("entry", "shape", "macs"),
    [
        (("Conv2D", {"filters": 16, "kernel_size": [3, 3]}), (1, 6, 6, 16), 6 * 6 * 16 * 9 * 4),
        (
            ("Conv2D", {"filters": 16, "kernel_size": 3, "groups": 2, "padding": "same"}),
            (1, 8, 8, 16),
            8 * 8 * 16 * 9 * 2,
        ),
        (("DepthwiseConv2D", {"kernel_size": [3, 3], "depth_multiplier": 2}), (1, 6, 6, 8), 6 * 6 * 8 * 9),
        # 6x6 pixels: 4 channels through 3x3 each, then 4 to 5.
        (("SeparableConv2D", {"filters": 5, "kernel_size": 3}), (1, 6, 6, 5), 6 * 6 * 4 * 9 + 6 * 6 * 4 * 5),
        (
            ("Conv2DTranspose", {"filters": 3, "kernel_size": [4, 4], "strides": [2, 2], "padding": "same"}),
            (1, 16, 16, 3),
            8 * 8 * 4 * 16 * 3,
        ),
        (("Dense", {"units": 7}), (1, 8, 8, 7), 8 * 8 * 4 * 7),
        (("BatchNormalization", {}), (1, 8, 8, 4), 0),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) and isinstance(value[0], str) else None,
)
def test_layers(tmp_path: Path, entry: tuple[str, dict[str, Any]], shape: tuple[int, ...], macs: int) -> None:
    kind, config = entry
    source: Layer = layer("InputLayer", "image", batch_input_shape=[None, 8, 8, 4])
    found = look_at_layers(tmp_path, functional(source, layer(kind, "y", "image", **config), last="y"))
    assert (row(found).shape, row(found).macs) == (shape, macs)
