"""Layers of images, with each setting that changes numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from layer_case import Case, each

ACTIVATIONS = (
    "elu", "exponential", "gelu", "gelu_new", "hard_sigmoid", "hardSigmoid", "leaky_relu", "linear", "log_softmax",
    "logSoftmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "softmax", "softplus", "softsign",
    "swish", "tanh",
)  # fmt: skip


def activations() -> Iterator[Case]:
    """Activations, as functions and as layers."""
    for name in ACTIVATIONS:
        yield Case(f"Activation_{name}", "Activation", {"activation": name}, ((3, 5),))
    for name in ("softmax", "relu", "hard_sigmoid", "gelu"):
        yield Case(f"Dense_{name}", "Dense", {"units": 4, "activation": name}, ((5,),))
    leaky = {"class_name": "LeakyReLU", "config": {"name": "leaky", "alpha": 0.2, "dtype": "float32"}}
    yield Case("Dense_layer_as_activation", "Dense", {"units": 4, "activation": leaky}, ((5,),))
    yield from each(
        "ReLU",
        (3, 5),
        plain={},
        max={"max_value": 1.0},
        max0={"max_value": 0.0},
        slope={"negative_slope": 0.3},
        threshold={"threshold": 0.5},
        all={"max_value": 1.0, "negative_slope": 0.3, "threshold": 0.5},
    )
    yield from each(
        "LeakyReLU", (3, 5), plain={}, alpha={"alpha": 0.1}, slope={"negative_slope": 0.1}, zero={"alpha": 0}
    )
    yield from each("ELU", (3, 5), plain={}, alpha={"alpha": 0.4})
    yield from each("ThresholdedReLU", (3, 5), plain={}, theta={"theta": 0.4})
    yield from each("Softmax", (3, 5), plain={}, axis1={"axis": 1}, axis2={"axis": 2}, axes={"axis": [1, 2]})
    yield from each("PReLU", (3, 4, 2), plain={}, shared={"shared_axes": [1, 2]}, one={"shared_axes": [1]})


def convolutions() -> Iterator[Case]:
    """Convolutions."""
    square: tuple[int | None, ...] = (7, 6, 2)
    base = {"filters": 3, "kernel_size": [3, 2]}
    first = {"data_format": "channels_first"}
    options: dict[str, dict[str, Any]] = {
        "plain": {},
        "number": {"kernel_size": 3},
        "same": {"padding": "same"},
        "strides": {"strides": [2, 2], "padding": "same"},
        "strides_valid": {"strides": [2, 2]},
        "uneven": {"strides": [2, 1], "padding": "same"},
        "dilation": {"dilation_rate": [2, 2], "padding": "same"},
        "dilation_uneven": {"dilation_rate": [2, 1]},
        "dilation_strides": {"dilation_rate": [2, 2], "strides": [2, 2]},
        "no_bias": {"use_bias": False},
        "relu": {"activation": "relu"},
        "first": first,
        "groups": {"groups": 2, "filters": 4},
    }
    for kind, own in (("Conv2D", base), ("SeparableConv2D", base), ("Conv2DTranspose", base)):
        yield from each(kind, square, **{name: {**own, **option} for name, option in options.items()})
    depthwise = {name: {"kernel_size": [3, 2], **option} for name, option in options.items() if name != "groups"}
    yield from each("DepthwiseConv2D", square, **depthwise, multiplier={"kernel_size": [3, 3], "depth_multiplier": 2})
    yield from each("SeparableConv2D", square, multiplier={**base, "depth_multiplier": 2})
    transposed: dict[str, dict[str, Any]] = {
        "out1": {"strides": [2, 2], "output_padding": [1, 1]},
        "out0": {"strides": [2, 2], "output_padding": [0, 0], "padding": "same"},
        "out1_same": {"strides": [2, 2], "output_padding": 1, "padding": "same"},
        "k2s3": {"kernel_size": [2, 2], "strides": [3, 3]},
        "k2s3_same": {"kernel_size": [2, 2], "strides": [3, 3], "padding": "same"},
    }
    yield from each("Conv2DTranspose", square, **{name: {**base, **option} for name, option in transposed.items()})
    line = {"filters": 3, "kernel_size": [3]}
    lines: dict[str, dict[str, Any]] = {
        "plain": {},
        "causal": {"padding": "causal"},
        "causal_dilation": {"padding": "causal", "dilation_rate": [2]},
        "causal_strides": {"padding": "causal", "strides": [2]},
        "same": {"padding": "same", "strides": [2]},
        "dilation": {"dilation_rate": [2], "padding": "same"},
        "first": {"data_format": "channels_first"},
    }
    yield from each("Conv1D", (8, 3), **{name: {**line, **option} for name, option in lines.items()})
    yield from each("Conv1DTranspose", (8, 3), plain=line)
    yield from each("SeparableConv1D", (8, 3), plain=line)
    yield from each("DepthwiseConv1D", (8, 3), plain={"kernel_size": 3})
    cube = {"filters": 2, "kernel_size": [2, 2, 2]}
    cubes: dict[str, dict[str, Any]] = {
        "plain": {},
        "same": {"padding": "same", "strides": [2, 2, 2]},
        "dilation": {"dilation_rate": [2, 2, 2]},
        "first": first,
    }
    for kind in ("Conv3D", "Conv3DTranspose"):
        yield from each(kind, (4, 4, 4, 2), **{name: {**cube, **option} for name, option in cubes.items()})


def pools() -> Iterator[Case]:
    """Pooling."""
    for rank, shape in ((1, (7, 3)), (2, (7, 6, 2)), (3, (4, 4, 5, 2))):
        for name in ("Max", "Average"):
            yield from each(
                f"{name}Pooling{rank}D",
                shape,
                plain={},
                size={"pool_size": [2] * rank, "strides": None},
                number={"pool_size": 3, "strides": 2},
                overlap={"pool_size": [3] * rank, "strides": [1] * rank, "padding": "same"},
                same={"pool_size": [2] * rank, "strides": [2] * rank, "padding": "same"},
                first={"pool_size": [2] * rank, "data_format": "channels_first"},
            )
            yield from each(
                f"Global{name}Pooling{rank}D",
                shape,
                plain={},
                keepdims={"keepdims": True},
                first={"data_format": "channels_first"},
            )


def images() -> Iterator[Case]:
    """Layers that resize, pad and crop."""
    image = (4, 3, 2)
    first = {"data_format": "channels_first"}
    yield from each(
        "UpSampling2D",
        image,
        plain={},
        uneven={"size": [2, 3]},
        bilinear={"size": [2, 2], "interpolation": "bilinear"},
        bilinear3={"size": [3, 2], "interpolation": "bilinear"},
        nearest={"size": [2, 2], "interpolation": "nearest"},
        bicubic={"size": [2, 2], "interpolation": "bicubic"},
        first={"size": [2, 2], **first},
        first_bilinear={"size": [2, 2], "interpolation": "bilinear", **first},
    )
    yield from each("UpSampling1D", (4, 3), plain={"size": 2})
    yield from each("UpSampling3D", (2, 2, 2, 2), plain={"size": [2, 2, 2]})
    yield from each(
        "ZeroPadding2D",
        image,
        plain={},
        number={"padding": 2},
        pair={"padding": [1, 2]},
        uneven={"padding": [[1, 0], [2, 1]]},
        first={"padding": [[1, 0], [2, 1]], **first},
    )
    yield from each("ZeroPadding1D", (4, 3), plain={"padding": [1, 2]})
    yield from each("ZeroPadding3D", (2, 2, 2, 2), plain={"padding": [1, 1, 1]})
    yield from each(
        "Cropping2D",
        (6, 7, 4),
        plain={"cropping": [[1, 1], [1, 1]]},
        number={"cropping": 1},
        pair={"cropping": [1, 2]},
        uneven={"cropping": [[1, 0], [2, 1]]},
        first={"cropping": [[1, 0], [2, 1]], **first},
    )
    yield from each("Cropping1D", (6, 3), plain={"cropping": [1, 2]})
    yield from each(
        "Rescaling", image, plain={"scale": 0.5}, offset={"scale": 0.5, "offset": -1.0}, list={"scale": [0.5, 2.0]}
    )
    yield from each("Rescaling", image, offsets={"scale": 2.0, "offset": [0.5, 1.0]})
    yield from each(
        "Resizing",
        image,
        plain={"height": 6, "width": 5},
        nearest={"height": 6, "width": 5, "interpolation": "nearest"},
        smaller={"height": 2, "width": 2, "interpolation": "bilinear"},
        smaller_nearest={"height": 3, "width": 2, "interpolation": "nearest"},
        bicubic={"height": 6, "width": 5, "interpolation": "bicubic"},
        crop={"height": 3, "width": 3, "interpolation": "bilinear", "crop_to_aspect_ratio": True},
    )
    yield from each(
        "CenterCrop",
        (6, 7, 2),
        even={"height": 4, "width": 3},
        odd={"height": 3, "width": 4},
        one={"height": 5, "width": 6},
        larger={"height": 8, "width": 9},
        mixed={"height": 8, "width": 3},
        all={"height": 6, "width": 7},
    )
    # TF.js changes the shape of what CenterCrop takes to what it makes, so that behind an input it is refused.
    for height, width in ((4, 3), (3, 4), (5, 6), (6, 6), (1, 1), (2, 7), (8, 9), (8, 3), (4, 9), (6, 7)):
        config, before = {"height": height, "width": width}, ("ZeroPadding2D", {"padding": [[0, 0], [0, 0]]})
        yield Case(f"CenterCrop_behind_{height}x{width}", "CenterCrop", config, ((6, 7, 2),), behind=(before,))
    for kind in ("RandomWidth", "RandomHeight"):
        yield from each(kind, image, plain={"factor": [0.0, 0.0]}, random={"factor": 0.3, "interpolation": "bilinear"})
    for mode in ("one_hot", "multi_hot", "count"):
        yield Case(f"CategoryEncoding_{mode}", "CategoryEncoding", {"num_tokens": 4, "output_mode": mode}, ((3,),), 4)
    # Behind an input TF.js takes as many values as there are tokens.
    for mode in ("multi_hot", "count", "multiHot"):
        wide = {"num_tokens": 4, "output_mode": mode}
        yield Case(f"CategoryEncoding_wide_{mode}", "CategoryEncoding", wide, ((4,),), 3)
    yield Case("CategoryEncoding_one", "CategoryEncoding", {"num_tokens": 4, "output_mode": "one_hot"}, ((1,),), 4)
    yield Case("CategoryEncoding_default", "CategoryEncoding", {"num_tokens": 4}, ((3,),), 4)
