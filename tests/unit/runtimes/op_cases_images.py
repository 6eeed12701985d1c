"""Ops on pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from graph_files import fused as fused_ops
from graph_files import ints, text
from op_case import FLOAT, Case, Held, Input, case, chain, floats, held, pair, scalar, whole

PICTURE = floats(1, 5, 5, 2)
OBLONG = floats(1, 6, 7, 2)
FIRST = floats(1, 2, 5, 6)
FILTERS = {"Conv2D": (3, 3, 2, 3), "DepthwiseConv2dNative": (3, 3, 2, 2)}
FUSED = {"_FusedConv2D": (3, 3, 2, 3), "FusedDepthwiseConv2dNative": (3, 3, 2, 2)}
FIRST_LAYOUT = {"data_format": text("NCHW")}


def steps(down: int, across: int) -> dict[str, Any]:
    """The attribute of sides, channels last."""
    return ints(1, down, across, 1)


def convolutions() -> Iterator[Case]:
    """Plain ones."""
    for op, shape in FILTERS.items():
        weights = Held(floats(*shape, salt=7))
        for name, array in (("square", PICTURE), ("oblong", OBLONG)):
            for padding in ("SAME", "VALID"):
                for stride, dilation in ((1, 1), (2, 1), (3, 1), (1, 2), (2, 2)):
                    how = {"strides": steps(stride, stride), "dilations": steps(dilation, dilation)}
                    label = f"{name}_{padding}_{stride}_{dilation}"
                    yield case(label, op, array, weights, padding=text(padding), **how)
        for pads in ((0, 0, 1, 1, 1, 1, 0, 0), (0, 0, 0, 1, 2, 0, 0, 0)):
            for dilation in (1, 2):
                how = {"strides": steps(1, 1), "dilations": steps(dilation, dilation), "explicit_paddings": ints(*pads)}
                yield case(f"pads_{pads[2]}_{dilation}", op, PICTURE, weights, padding=text("EXPLICIT"), **how)
        plain = {"strides": steps(1, 1), "padding": text("SAME")}
        yield case("no_dilations", op, PICTURE, weights, **plain)
        unread = {"dilations": steps(1, 1), "explicit_paddings": ints(0, 0, 1, 1, 1, 1, 0, 0)}
        yield case("unread_pads", op, PICTURE, weights, **plain, **unread)
        yield case("first", op, FIRST, weights, **plain, dilations=steps(1, 1), **FIRST_LAYOUT)
        strided = {"strides": ints(1, 1, 2, 2), "padding": text("SAME"), "dilations": steps(1, 1)}
        yield case("first_strided", op, FIRST, weights, **strided, **FIRST_LAYOUT)
    grouped = {"strides": steps(1, 1), "padding": text("SAME"), "dilations": steps(1, 1)}
    yield case("groups", "Conv2D", floats(1, 5, 5, 4), Held(floats(3, 3, 2, 4)), **grouped)
    for padding, stride, size, side in (("SAME", 2, 10, 3), ("SAME", 2, 9, 3), ("VALID", 2, 11, 3), ("SAME", 3, 15, 2)):
        inputs: list[Input] = [held(1, size, size, 3), Held(floats(side, side, 3, 2)), PICTURE]
        how = {"strides": steps(stride, stride), "padding": text(padding)}
        yield case(f"{padding}_{stride}_{size}", "Conv2DBackpropInput", *inputs, T=FLOAT, **how)
    inputs = [held(1, 5, 5, 3), Held(floats(3, 3, 3, 2)), PICTURE]
    how = {"strides": steps(1, 1), "padding": text("SAME"), "dilations": steps(2, 2)}
    yield case("dilated", "Conv2DBackpropInput", *inputs, T=FLOAT, **how)
    for label, padding, stride, dilation in (("strided", "SAME", 2, 1), ("dilated", "VALID", 1, 2)):
        how = {"stride": {"i": str(stride)}, "dilation": {"i": str(dilation)}, "padding": text(padding)}
        yield case(label, "Conv1D", floats(1, 8, 2), Held(floats(3, 2, 3)), **how)
    volume = {"strides": ints(1, 2, 2, 2, 1), "dilations": ints(1, 1, 1, 1, 1), "padding": text("SAME")}
    for layout in ("NDHWC", ""):
        named = {"data_format": text(layout)} if layout else {}
        yield case(f"strided{layout}", "Conv3D", floats(1, 3, 4, 4, 2), Held(floats(2, 2, 2, 2, 3)), **volume, **named)
    yield from _padded_convolutions()


def _padded_convolutions() -> Iterator[Case]:
    """Behind a pad, which runtimes like to make a part of them."""
    for op, shape in FILTERS.items():
        for pads in ((1, 1, 1, 1), (0, 1, 0, 1), (2, 1, 0, 3)):
            for stride, dilation in ((1, 1), (2, 1), (1, 2)):
                around = Held(np.array([(0, 0), pads[:2], pads[2:], (0, 0)], np.int32))
                inputs: dict[str, Input] = {"x": OBLONG, "p": around, "w": Held(floats(*shape))}
                how = {"T": FLOAT, "padding": text("VALID"), "strides": steps(stride, stride)}
                nodes = [("q", "Pad", ["x", "p"], {"T": FLOAT})]
                nodes.append(("y", op, ["q", "w"], how | {"dilations": steps(dilation, dilation)}))
                yield chain(f"Pad_{op}_{''.join(map(str, pads))}_{stride}_{dilation}", inputs, nodes)


def fused() -> Iterator[Case]:
    """Convolutions and products with what is fused into them."""
    kept = ("BiasAdd", "Elu", "LeakyRelu", "Prelu", "Relu", "Relu6", "Sigmoid", "Tanh")
    lists = [(), *((name,) for name in ("BiasAdd", "Prelu", "Relu")), *(("BiasAdd", name) for name in kept[1:])]
    for op, shape in (FUSED | {"_FusedMatMul": (2, 3)}).items():
        channels = 4 if op.startswith("FusedDepth") else 3
        picture = {"strides": steps(1, 1), "padding": text("SAME"), "dilations": steps(1, 1)} if len(shape) == 4 else {}
        array = PICTURE if picture else floats(4, 2)
        for names in lists if picture else lists[:2] + lists[4:]:
            count = sum(name in ("BiasAdd", "Prelu") for name in names)
            taken: list[Input] = [Held(floats(channels, salt=20 + at)) for at in range(count)]
            how = {"num_args": {"i": str(count)}, "fused_ops": fused_ops(*names)}
            yield case("_".join(names), op, array, Held(floats(*shape)), *taken, **picture, **how)
        bias: list[Input] = [Held(floats(*shape)), Held(floats(channels))]
        yield case("no_count", op, array, *bias, **picture, fused_ops=fused_ops("BiasAdd", "Relu"))
        one = {"num_args": {"i": "1"}, "fused_ops": fused_ops("BiasAdd", "LeakyRelu"), "leakyrelu_alpha": {"f": 0.5}}
        yield case("alpha", op, array, *bias, **picture, **one)
        if picture:
            pads = {"padding": text("EXPLICIT"), "explicit_paddings": ints(0, 0, 0, 1, 0, 1, 0, 0)}
            more = {"strides": steps(2, 2), "dilations": steps(1, 1), "num_args": {"i": "1"}}
            yield case("pads", op, array, *bias, **more, **pads, fused_ops=fused_ops("BiasAdd", "Relu"))
            wide = {"strides": steps(1, 1), "dilations": steps(2, 2), "num_args": {"i": "1"}, "padding": text("SAME")}
            yield case("dilated", op, array, *bias, **wide, fused_ops=fused_ops("BiasAdd", "Relu"))
            norm: list[Input] = [Held(np.abs(floats(channels, salt=at)) + 1) for at in range(4)]
            four = {"num_args": {"i": "4"}, "fused_ops": fused_ops("FusedBatchNorm")}
            yield case("norm", op, array, bias[0], *norm, **picture, **four)


def pools() -> Iterator[Case]:
    """The largest or the mean of a window."""
    for op in ("AvgPool", "MaxPool"):
        for padding in ("SAME", "VALID"):
            for side, stride in ((2, 2), (3, 2), (3, 1), (1, 2)):
                how = {"ksize": steps(side, side), "strides": steps(stride, stride), "padding": text(padding)}
                yield case(f"{padding}_{side}_{stride}", op, OBLONG, **how)
        how = {"ksize": ints(1, 1, 2, 2), "strides": ints(1, 1, 2, 2), "padding": text("VALID")}
        yield case("first", op, floats(1, 2, 4, 4), **how, **FIRST_LAYOUT)
        volume = {"ksize": ints(1, 2, 2, 2, 1), "strides": ints(1, 2, 2, 2, 1), "padding": text("SAME")}
        yield case("volume", f"{op}3D", floats(1, 3, 4, 5, 2), **volume)
    pads = {"padding": text("EXPLICIT"), "explicit_paddings": ints(0, 0, 1, 0, 1, 0, 0, 0)}
    yield case("pads", "MaxPool", PICTURE, ksize=steps(2, 2), strides=steps(2, 2), **pads)
    where = {"ksize": steps(2, 2), "strides": steps(2, 2), "padding": text("VALID")}
    for batch in (False, True):
        yield pair(
            case(f"{batch}", "MaxPoolWithArgmax", floats(2, 4, 4, 2), **where, include_batch_in_index={"b": batch})
        )
    for padding, stride, rate in (("SAME", 1, 1), ("VALID", 1, 2), ("SAME", 2, 1)):
        how = {"strides": steps(stride, stride), "rates": steps(rate, rate), "padding": text(padding)}
        yield case(f"{padding}_{stride}_{rate}", "Dilation2D", PICTURE, Held(floats(2, 2, 2)), **how)


def norms() -> Iterator[Case]:
    """Batch normalisation and its kin."""
    numbers: list[Input] = [Held(floats(3, salt=at)) for at in range(3)]
    numbers.append(Held(np.abs(floats(3, salt=3))))
    for op in ("FusedBatchNorm", "FusedBatchNormV3"):
        yield case("plain", op, floats(1, 2, 2, 3), *numbers, U=FLOAT, is_training={"b": False}, epsilon={"f": 0.1})
        yield case("bare", op, floats(1, 2, 2, 3), *numbers, U=FLOAT)
    yield case("first", "FusedBatchNormV3", floats(1, 3, 2, 2), *numbers, U=FLOAT, **FIRST_LAYOUT)
    yield case("first", "BiasAdd", floats(1, 3, 2, 3), numbers[0], **FIRST_LAYOUT)
    yield case("bare", "LRN", floats(1, 2, 2, 5))
    how = {"depth_radius": {"i": "2"}, "bias": {"f": 2.0}, "alpha": {"f": 0.1}, "beta": {"f": 0.75}}
    yield case("all", "LRN", floats(1, 2, 2, 5), **how)


def resized() -> Iterator[Case]:
    """Pictures of another size."""
    for op in ("ResizeBilinear", "ResizeNearestNeighbor"):
        for corners, centres in ((False, False), (True, False), (False, True), (True, True)):
            how = {"align_corners": {"b": corners}, "half_pixel_centers": {"b": centres}}
            for size in ((7, 9), (2, 3), (8, 8), (1, 1)):
                label = f"{corners}_{centres}_{size[0]}"
                yield case(label, op, floats(1, 4, 4, 2), held(*size), **how)
    boxes = np.array([[0, 0, 1, 1], [0.21, 0.13, 0.74, 0.91], [-0.23, 0.31, 1.31, 1.22]], np.float32)
    for method in ("bilinear", "nearest"):
        for size in ((3, 3), (1, 1), (2, 5)):
            inputs: list[Input] = [floats(2, 4, 4, 2), Held(boxes), held(0, 1, 1), held(*size)]
            named = {"method": text(method)}
            yield case(f"{method}_{size[1]}", "CropAndResize", *inputs, **named, extrapolation_value={"f": 0.5})
    turned = Held(np.array([[1.1, 0.1, -0.43, 0.05, 0.9, 0.37, 0.01, 0]], np.float32))
    for filled in ("CONSTANT", "NEAREST", "REFLECT", "WRAP"):
        how = {"dtype": FLOAT, "interpolation": text("BILINEAR"), "fill_mode": text(filled)}
        yield case(filled, "ImageProjectiveTransformV3", floats(1, 4, 4, 1), turned, held(5, 6), scalar(0.3), **how)
    blocks = {"block_size": {"i": "2"}}
    for layout in ("NHWC", "NCHW", ""):
        shape = (1, 8, 2, 2) if layout == "NCHW" else (1, 2, 2, 8)
        yield case(
            layout, "DepthToSpace", floats(*shape), **blocks, **({"data_format": text(layout)} if layout else {})
        )
    yield case("integers", "ResizeNearestNeighbor", whole(1, 2, 2, 1), held(4, 4))
