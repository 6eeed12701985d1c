"""The settings of TF.js 4.22's layers that affect results, under Keras' names.

From the source of @tensorflow/tfjs-layers 4.22.0 (``dist/layers/*.js``). Left out is what only training reads: rates of
dropout, seeds, noise, ``trainable``; and ``stateful``, for here each run is the first one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal[
    "activation", "flag", "layer", "layers", "number", "numbers", "pads", "shape", "text", "training", "whole", "wholes"
]  # fmt: skip
"""What a setting is.

``numbers`` and ``wholes`` are one or a list, ``pads`` one whole number or lists of lists of them, ``shape`` is a list
whose sides may be open, ``training`` an initialiser, regulariser or constraint.
"""

Keys = Mapping[str, Kind]

COMMON: Keys = {
    "batch_input_shape": "shape",
    "batch_size": "whole",
    "dtype": "text",
    "input_shape": "shape",
    "name": "text",
}


def _trained(*weights: str) -> Keys:
    roles = ("constraint", "initializer", "regularizer")
    return {f"{weight}_{role}": "training" for weight in weights for role in roles}


_IMAGES: Keys = {"data_format": "text"}
_CONV: Keys = {
    "activation": "activation",
    "data_format": "text",
    "dilation_rate": "wholes",
    "filters": "whole",
    "kernel_size": "wholes",
    "padding": "text",
    "strides": "wholes",
    "use_bias": "flag",
    **_trained("bias", "kernel"),
}
_TRANSPOSED: Keys = {key: kind for key, kind in _CONV.items() if key != "dilation_rate"}
_DEPTHWISE: Keys = {
    **{key: kind for key, kind in _TRANSPOSED.items() if key != "filters"},
    "depth_multiplier": "whole",
    **_trained("depthwise"),
}
_SEPARABLE: Keys = {**_CONV, "depth_multiplier": "whole", **_trained("depthwise", "pointwise")}
_NORM: Keys = {"axis": "wholes", "center": "flag", "epsilon": "number", "scale": "flag", **_trained("beta", "gamma")}
_POOL_1D: Keys = {"padding": "text", "pool_size": "wholes", "strides": "wholes"}
_POOL: Keys = {**_POOL_1D, **_IMAGES}
_LINES: Keys = {"go_backwards": "flag", "return_sequences": "flag", "return_state": "flag", "unroll": "flag"}
_SIMPLE: Keys = {
    "activation": "activation",
    "units": "whole",
    "use_bias": "flag",
    **_trained("bias", "kernel", "recurrent"),
}
_GATED: Keys = {**_SIMPLE, "recurrent_activation": "activation"}
_LSTM: Keys = {**_GATED, "unit_forget_bias": "flag"}
_GRU: Keys = {**_GATED, "reset_after": "flag"}
_CONV_LSTM: Keys = {**{key: kind for key, kind in _LSTM.items() if key != "units"}, **_CONV}
_GROUPED: Keys = {**_CONV, "groups": "whole"}
_DROPOUT: Keys = {"rate": "number"}
_NOTHING: Keys = {}

_OWN: Mapping[str, Keys] = {
    "Activation": {"activation": "activation"},
    **dict.fromkeys(("Add", "Average", "Maximum", "Minimum", "Multiply"), _NOTHING),
    **dict.fromkeys(("AlphaDropout", "Dropout", "GaussianDropout", "SpatialDropout1D"), _DROPOUT),
    **dict.fromkeys(("AveragePooling1D", "MaxPooling1D"), _POOL_1D),
    **dict.fromkeys(("AveragePooling2D", "AveragePooling3D", "MaxPooling2D", "MaxPooling3D"), _POOL),
    "BatchNormalization": {
        **_NORM,
        "momentum": "number",
        "moving_mean_initializer": "training",
        "moving_variance_initializer": "training",
    },
    "Bidirectional": {"layer": "layer", "merge_mode": "text"},
    "CategoryEncoding": {"num_tokens": "whole", "output_mode": "text"},
    "CenterCrop": {"height": "whole", "width": "whole"},
    "Concatenate": {"axis": "whole"},
    # TF.js knows no groups, and refuses the weights of a grouped convolution; here it runs.
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), _GROUPED),
    **dict.fromkeys(("Conv2DTranspose", "Conv3DTranspose"), _TRANSPOSED),
    "ConvLSTM2D": {**_CONV_LSTM, **_LINES},
    "ConvLSTM2DCell": _CONV_LSTM,
    "Cropping2D": {"cropping": "pads", **_IMAGES},
    "Dense": {
        "activation": "activation",
        "input_dim": "whole",
        "units": "whole",
        "use_bias": "flag",
        **_trained("bias", "kernel"),
    },
    "DepthwiseConv2D": _DEPTHWISE,
    "Dot": {"axes": "wholes", "normalize": "flag"},
    "ELU": {"alpha": "number"},
    "Embedding": {
        "input_dim": "whole",
        "input_length": "wholes",
        "mask_zero": "flag",
        "output_dim": "whole",
        **_trained("embeddings"),
    },
    "Flatten": _IMAGES,
    "GRU": {**_GRU, **_LINES},
    "GRUCell": _GRU,
    "GaussianNoise": {"stddev": "number"},
    **dict.fromkeys(("GlobalAveragePooling1D", "GlobalMaxPooling1D"), _NOTHING),
    **dict.fromkeys(("GlobalAveragePooling2D", "GlobalMaxPooling2D"), _IMAGES),
    "InputLayer": _NOTHING,
    "LSTM": {**_LSTM, **_LINES},
    "LSTMCell": _LSTM,
    "LayerNormalization": _NORM,
    "LeakyReLU": {"alpha": "number"},
    "Masking": {"mask_value": "number"},
    "PReLU": {"shared_axes": "wholes", **_trained("alpha")},
    "Permute": {"dims": "wholes"},
    "RNN": {"cell": "layer", **_LINES},
    "RandomWidth": {"factor": "numbers", "interpolation": "text"},
    "ReLU": {"max_value": "number"},
    "RepeatVector": {"n": "whole"},
    "Rescaling": {"offset": "numbers", "scale": "numbers"},
    "Reshape": {"target_shape": "shape"},
    "Resizing": {"crop_to_aspect_ratio": "flag", "height": "whole", "interpolation": "text", "width": "whole"},
    "SeparableConv2D": _SEPARABLE,
    "SimpleRNN": {**_SIMPLE, **_LINES},
    "SimpleRNNCell": _SIMPLE,
    "Softmax": {"axis": "wholes"},
    "StackedRNNCells": {"cells": "layers"},
    "ThresholdedReLU": {"theta": "number"},
    "TimeDistributed": {"layer": "layer"},
    "UpSampling2D": {"interpolation": "text", "size": "wholes", **_IMAGES},
    "ZeroPadding2D": {"padding": "pads", **_IMAGES},
}

KEYS: Mapping[str, Keys] = {kind: {**COMMON, **own} for kind, own in _OWN.items()}
"""Layer class -> setting -> what it is."""
