"""Output shapes of Keras layers, from their config and the shapes that go in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from framegate.analysis.tensors import (
    Dim,
    Dims,
    MismatchError,
    Shape,
    broadcast,
    concatenate,
    product,
    reshape,
    shape_text,
    transposed_window,
    window,
)
from framegate.models.nodes import is_side

Config = Mapping[str, Any]
InputShapes = Sequence[Shape]


def is_first(config: Config) -> bool:
    """Whether images are [N, C, H, W]."""
    return config.get("data_format") == "channels_first"


def axes_of(config: Config, rank: int) -> range:
    """The axes along which a window slides."""
    return range(2, rank) if is_first(config) else range(1, rank - 1)


def per_axis(config: Config, key: str, count: int, default: int = 1) -> tuple[int, ...]:
    """A size for each axis: Keras writes one number for all, or a list."""
    setting = config.get(key, default)
    values = setting if isinstance(setting, list) else [setting] * count
    sizes = tuple(value if is_side(value) and value > 0 else default for value in values)
    return sizes if len(sizes) == count else (default,) * count


def count_of(config: Config, key: str) -> Dim:
    """A count; None if it is not a whole number."""
    value = config.get(key)
    return value if is_side(value) else None


def channels(config: Config, shape: Shape) -> Dim:
    """Channels of an image."""
    return None if shape is None or len(shape) < 2 else shape[1 if is_first(config) else -1]


def _assemble(config: Config, source: Dims, lengths: Sequence[Dim], out: Dim) -> Dims:
    if not source:
        raise MismatchError("an image without dimensions")
    return (source[0], out, *lengths) if is_first(config) else (source[0], *lengths, out)


def _known(shapes: InputShapes) -> Dims:
    if not shapes or shapes[0] is None:
        raise _UnknownRankError
    return shapes[0]


class _UnknownRankError(Exception):
    """The rank of an input is not known."""


def _windows(config: Config, source: Dims, key: str, stride: str | None = "strides") -> list[Dim]:
    axes = axes_of(config, len(source))
    kernel = per_axis(config, key, len(axes))
    # A pooling without strides steps by its own size.
    steps = per_axis(config, stride, len(axes)) if stride and config.get(stride) is not None else kernel
    dilation = per_axis(config, "dilation_rate", len(axes))
    padding = str(config.get("padding", "valid")).lower()
    parts = zip(axes, kernel, steps, dilation, strict=True)
    return [window(source[axis], size, step, padding, spread) for axis, size, step, spread in parts]


def _convolution(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    return _assemble(
        config, source, _windows({"strides": 1, **config}, source, "kernel_size"), count_of(config, "filters")
    )


def _depthwise(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    out = product((channels(config, source), count_of({"depth_multiplier": 1, **config}, "depth_multiplier")))
    return _assemble(config, source, _windows({"strides": 1, **config}, source, "kernel_size"), out)


def _transposed(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    axes = axes_of(config, len(source))
    kernel, steps = per_axis(config, "kernel_size", len(axes)), per_axis(config, "strides", len(axes))
    padding = str(config.get("padding", "valid")).lower()
    lengths = [
        transposed_window(source[axis], size, step, padding)
        for axis, size, step in zip(axes, kernel, steps, strict=True)
    ]
    if config.get("output_padding") is not None:
        extra = per_axis(config, "output_padding", len(axes), 0)
        crop = [2 * (size // 2) if padding == "same" else 0 for size in kernel]
        parts = zip(axes, kernel, steps, crop, extra, strict=True)
        lengths = [
            None if source[axis] is None else ((source[axis] or 0) - 1) * step + size - cut + more
            for axis, size, step, cut, more in parts
        ]
    return _assemble(config, source, lengths, count_of(config, "filters"))


def _pooling(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    return _assemble(config, source, _windows(config, source, "pool_size"), channels(config, source))


def _global_pooling(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    kept = (1,) * len(axes_of(config, len(source))) if config.get("keepdims") else ()
    return _assemble(config, source, kept, channels(config, source))


def _dense(config: Config, shapes: InputShapes) -> Shape:
    return (*_known(shapes)[:-1], count_of(config, "units"))


def _unchanged(_: Config, shapes: InputShapes) -> Shape:
    return shapes[0] if shapes else None


def _elementwise(_: Config, shapes: InputShapes) -> Shape:
    return broadcast(shapes)


def _concatenate(config: Config, shapes: InputShapes) -> Shape:
    axis = config.get("axis", -1)
    return concatenate(shapes, axis if type(axis) is int else -1)


def _flatten(_: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    return (source[0], product(source[1:]))


def _reshape(config: Config, shapes: InputShapes) -> Shape:
    target = config.get("target_shape")
    if not isinstance(target, list) or not all(type(dim) is int for dim in target):
        return None
    source = _known(shapes)
    return (source[0], *reshape(source[1:], target))


def _upsampling(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    axes = axes_of(config, len(source))
    factors = per_axis(config, "size", len(axes), 2)
    lengths = [product((source[axis], factor)) for axis, factor in zip(axes, factors, strict=True)]
    return _assemble(config, source, lengths, channels(config, source))


def _borders(config: Config, key: str, count: int) -> list[int]:
    """What is added to (or cut from) both ends of each axis together: 1, [1, 1] or [[0, 1], [0, 1]]."""
    setting = config.get(key, 1)
    values = setting if isinstance(setting, list) and len(setting) == count else [setting] * count
    if count == 1 and isinstance(setting, list) and len(setting) == 2:
        values = [setting]
    pairs = [value if isinstance(value, list) else [value, value] for value in values]
    if not all(type(end) is int for pair in pairs for end in pair):
        raise MismatchError(f"{key} {setting!r}")
    return [sum(pair) for pair in pairs]


def _padding(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    axes = axes_of(config, len(source))
    added = zip(axes, _borders(config, "padding", len(axes)), strict=True)
    lengths = [None if source[axis] is None else (source[axis] or 0) + more for axis, more in added]
    return _assemble(config, source, lengths, channels(config, source))


def _cropping(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    axes = axes_of(config, len(source))
    cut = zip(axes, _borders(config, "cropping", len(axes)), strict=True)
    lengths = [None if source[axis] is None else (source[axis] or 0) - less for axis, less in cut]
    if any(length is not None and length < 1 for length in lengths):
        raise MismatchError(f"{shape_text(source)}, of which nothing is left")
    return _assemble(config, source, lengths, channels(config, source))


def _resizing(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    size = (count_of(config, "height"), count_of(config, "width"))
    return (*source[:-3], *size, source[-1]) if not is_first(config) else (*source[:-2], *size)


def _permute(config: Config, shapes: InputShapes) -> Shape:
    source, order = _known(shapes), config.get("dims")
    whole_ones = isinstance(order, list) and all(type(axis) is int for axis in order)
    if not isinstance(order, list) or not whole_ones or sorted(order) != list(range(1, len(source))):
        raise MismatchError(f"{shape_text(source)} in the order {order}")
    return (source[0], *(source[axis] for axis in order))


def _embedding(config: Config, shapes: InputShapes) -> Shape:
    return (*_known(shapes), count_of(config, "output_dim"))


def _repeat(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    return (source[0], count_of(config, "n"), *source[1:])


def _recurrent(config: Config, shapes: InputShapes) -> Shape:
    source = _known(shapes)
    return (*(source[:2] if config.get("return_sequences") else source[:1]), count_of(config, "units"))


_UNCHANGED = (
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dropout", "ELU", "GaussianDropout",
    "GaussianNoise", "GroupNormalization", "InputLayer", "LayerNormalization", "LeakyReLU", "Masking",
    "Normalization", "PReLU", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D", "ThresholdedReLU", "UnitNormalization",
)  # fmt: skip
_POOLS = [f"{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3)]

LAYER_RULES: dict[str, Callable[[Config, InputShapes], Shape]] = {
    **dict.fromkeys(_UNCHANGED, _unchanged),
    **dict.fromkeys(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"), _elementwise),
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D"), _convolution),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _transposed),
    **dict.fromkeys(_POOLS, _pooling),
    **dict.fromkeys([f"Global{name}" for name in _POOLS], _global_pooling),
    **dict.fromkeys(("UpSampling1D", "UpSampling2D", "UpSampling3D"), _upsampling),
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"), _padding),
    **dict.fromkeys(("Cropping1D", "Cropping2D", "Cropping3D"), _cropping),
    **dict.fromkeys(("Resizing", "CenterCrop"), _resizing),
    **dict.fromkeys(("GRU", "LSTM", "SimpleRNN"), _recurrent),
    "Concatenate": _concatenate,
    "Dense": _dense,
    "Embedding": _embedding,
    "Flatten": _flatten,
    "Permute": _permute,
    "RepeatVector": _repeat,
    "Reshape": _reshape,
}


def output_shape(kind: str, config: Config, shapes: InputShapes) -> Shape:
    """Shape of a layer's output; None for a class that is not known, or for inputs of unknown rank.

    Raises:
        MismatchError: the inputs do not fit the layer.
    """
    rule = LAYER_RULES.get(kind)
    try:
        return rule(config, shapes) if rule else None
    except _UnknownRankError:
        return None
