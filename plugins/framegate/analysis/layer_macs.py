"""Multiply-accumulates of Keras layers, by the same definition as those of graph ops (see `graph_macs`)."""

from __future__ import annotations

from collections.abc import Callable

from framegate.analysis.layer_rules import Config, InputShapes, axes_of, channels, count_of, per_axis
from framegate.analysis.tensors import Dim, Shape, product

_Count = Callable[[Config, InputShapes, Shape], Dim]


def _taps(config: Config, shape: Shape) -> Dim:
    return None if shape is None else product(per_axis(config, "kernel_size", len(axes_of(config, len(shape)))))


def _pixels(config: Config, shape: Shape) -> Dim:
    return None if shape is None else product((shape[0], *(shape[axis] for axis in axes_of(config, len(shape)))))


def _convolution(config: Config, shapes: InputShapes, output: Shape) -> Dim:
    source = channels(config, shapes[0])
    groups = count_of(config, "groups") or 1
    into = None if source is None else source // groups
    return None if output is None else product((product(output), _taps(config, output), into))


def _depthwise(config: Config, _: InputShapes, output: Shape) -> Dim:
    return None if output is None else product((product(output), _taps(config, output)))


def _separable(config: Config, shapes: InputShapes, output: Shape) -> Dim:
    wide = product((channels(config, shapes[0]), count_of({"depth_multiplier": 1, **config}, "depth_multiplier")))
    pixels = _pixels(config, output)
    depth, point = product((pixels, wide, _taps(config, output))), product((pixels, wide, channels(config, output)))
    return None if depth is None or point is None else depth + point


def _transposed(config: Config, shapes: InputShapes, output: Shape) -> Dim:
    source = shapes[0]
    return None if source is None else product((product(source), _taps(config, source), channels(config, output)))


def _dense(_: Config, shapes: InputShapes, output: Shape) -> Dim:
    source = shapes[0]
    return None if not source or output is None else product((*output, source[-1]))


def _unknown(_: Config, __: InputShapes, ___: Shape) -> Dim:
    return None


_COUNTS: dict[str, _Count] = {
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), _convolution),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _separable),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _transposed),
    "Dense": _dense,
    # These multiply, and by how much depends on more than their shapes here.
    **dict.fromkeys(("Attention", "Bidirectional", "ConvLSTM2D", "Dot", "EinsumDense", "GRU", "LSTM"), _unknown),
    **dict.fromkeys(("Lambda", "MultiHeadAttention", "RNN", "SimpleRNN", "TimeDistributed"), _unknown),
}


def macs(kind: str, config: Config, shapes: InputShapes, output: Shape) -> Dim:
    """Multiply-accumulates of one call; 0 for a layer that does none, None where its shapes do not say."""
    count = _COUNTS.get(kind)
    if count is None:
        return 0
    return count(config, shapes, output) if shapes else None
