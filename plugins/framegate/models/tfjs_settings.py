"""The settings of layers as TF.js 4.22 reads them, in the words of Keras: what it ignores, and its own defaults (pure).

Facts from the source of @tensorflow/tfjs-layers 4.22.0 (``dist/layers/*.js``); its answers, made by
`scripts/tfjs-layers.cjs`, are compared in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framegate.errors import UnsupportedOp

_RECURRENT = ("ConvLSTM2D", "ConvLSTM2DCell", "GRU", "GRUCell", "LSTM", "LSTMCell", "SimpleRNN", "SimpleRNNCell")
_POOLS = ("AveragePooling", "MaxPooling")

IGNORED: Mapping[str, frozenset[str]] = {
    "Bidirectional": frozenset({"backward_layer"}),
    "Conv2DTranspose": frozenset({"dilation_rate", "output_padding"}),
    "Conv3DTranspose": frozenset({"dilation_rate", "output_padding"}),
    "DepthwiseConv2D": frozenset({"dilation_rate"}),
    "LeakyReLU": frozenset({"negative_slope"}),
    "ReLU": frozenset({"negative_slope", "threshold"}),
    **{f"{kind}1D": frozenset({"data_format"}) for kind in _POOLS},
    **{f"Global{kind}1D": frozenset({"data_format", "keepdims"}) for kind in _POOLS},
    **{f"Global{kind}2D": frozenset({"keepdims"}) for kind in _POOLS},
    **{kind: frozenset({"stateful", "time_major", "zero_output_for_mask"}) for kind in ("RNN", "StackedRNNCells")},
    **{kind: frozenset({"stateful", "time_major", "zero_output_for_mask"}) for kind in _RECURRENT},
}
"""Layer class -> settings that Keras would follow and TF.js does not read.

``stateful`` is read by TF.js, which keeps the state from one run to the next: here each run is the first one.
"""

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    **{kind: {"recurrent_activation": "hard_sigmoid"} for kind in ("ConvLSTM2D", "ConvLSTM2DCell", "LSTM", "LSTMCell")},
    **{kind: {"recurrent_activation": "hard_sigmoid", "reset_after": False} for kind in ("GRU", "GRUCell")},
}


def read_settings(kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """A layer's settings without those that TF.js ignores, and with its defaults where Keras has others."""
    ignored = IGNORED.get(kind, frozenset())
    found = {key: value for key, value in config.items() if key not in ignored}
    found |= {key: value for key, value in _DEFAULTS.get(kind, {}).items() if found.get(key) is None}
    axis = found.get("axis")
    if kind == "Concatenate" and type(axis) is int and axis < 0:
        found["axis"] = -1  # to TF.js every negative axis is the last
    return found


def check_settings(where: str, kind: str, config: Mapping[str, Any]) -> None:
    """Refuse what TF.js computes and TensorFlow cannot.

    Args:
        where: file and layer, for errors.
        kind: the layer's class.
        config: its settings.

    Raises:
        UnsupportedOp: it cannot be computed here.
    """
    if kind in ("DepthwiseConv2D", "SeparableConv2D") and _uneven(config.get("strides")):
        raise UnsupportedOp(
            f"{where}: a {kind} with strides {config['strides']} has no kernel in TensorFlow, which takes the same"
            " stride in both directions; train it with equal strides"
        )


def _uneven(strides: Any) -> bool:
    return isinstance(strides, list) and len(strides) == 2 and strides[0] != strides[1]
