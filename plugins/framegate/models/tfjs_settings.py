"""The settings of layers as TF.js 4.22 reads them, in the words of Keras: what it ignores, and its own defaults (pure).

Facts from the source of @tensorflow/tfjs-layers 4.22.0 (``dist/layers/*.js``, ``utils/serialization_utils.js``); its
answers, made by `scripts/tfjs-layers.cjs`, are compared in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from framegate.errors import ModelFormatError, UnsupportedOp
from framegate.models.tfjs_keys import COMMON, KEYS, Kind

_LSTM: Mapping[str, Any] = {"recurrent_activation": "hard_sigmoid"}
_GRU: Mapping[str, Any] = {**_LSTM, "reset_after": False}
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("ConvLSTM2D", "ConvLSTM2DCell", "LSTM", "LSTMCell"), _LSTM),
    **dict.fromkeys(("GRU", "GRUCell"), _GRU),
}
_TANH = frozenset({"SimpleRNN", "SimpleRNNCell"})
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def read_settings(kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """A layer's settings that TF.js reads, under Keras' names, with TF.js' defaults where Keras has others.

    A setting of null counts as left out. Without an activation a layer is linear; only ``merge_mode`` may be null.
    """
    known = KEYS.get(kind, COMMON)
    spelt = {_words(key): value for key, value in config.items()}
    settings = {key: _read(kind, key, known[key], value) for key, value in spelt.items() if key in known}
    settings = {key: value for key, value in settings.items() if value is not None or key == "merge_mode"}
    settings |= {key: value for key, value in _DEFAULTS.get(kind, {}).items() if key not in settings}
    if kind == "Concatenate" and _is_whole(settings.get("axis")) and settings["axis"] < 0:
        settings["axis"] = -1  # to TF.js every negative axis is the last
    return settings


def check_settings(where: str, kind: str, config: Mapping[str, Any]) -> None:
    """Refuse what is not of its kind, and what TF.js computes and TensorFlow cannot.

    Args:
        where: file and layer, for errors.
        kind: the layer's class.
        config: its settings, as `read_settings` returns them.

    Raises:
        ModelFormatError: a setting is of another kind than TF.js takes.
        UnsupportedOp: it cannot be computed here.
    """
    for key, value in config.items():
        words, is_right = _CHECKS.get(KEYS[kind][key], _ANYTHING)
        if value is not None and not is_right(value):
            raise ModelFormatError(f"{where} has {key} {str(value)[:60]!r}, not {words}; convert the model again")
    if kind in ("DepthwiseConv2D", "SeparableConv2D") and _uneven(config.get("strides")):
        raise UnsupportedOp(
            f"{where}: a {kind} with strides {config['strides']} has no kernel in TensorFlow, which takes the same"
            " stride in both directions; train it with equal strides"
        )


def _words(name: str) -> str:
    """TF.js takes ``kernelSize`` as well as ``kernel_size``, and "channelsLast"."""
    return _BETWEEN_WORDS.sub("_", name).lower() if name.isidentifier() else name


def _read(kind: str, key: str, what: Kind, value: Any) -> Any:
    if what == "activation":
        return "linear" if value is None and kind not in _TANH else value
    if what == "text":
        return _words(value) if isinstance(value, str) and key not in ("dtype", "name") else value
    if what == "flag":
        return bool(value) if isinstance(value, int | float) else value
    if key == "rate" and _is_number(value):
        return 0  # nothing is dropped where nothing is trained, whatever the rate
    return _whole(value) if what in ("pads", "shape", "whole", "wholes") else value


def _whole(value: Any) -> Any:
    """Numbers of JavaScript have no type of their own for whole ones: 3.0 is 3."""
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return type(value) is int


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and all(side is None or _is_whole(side) for side in value)


def _one_or_all(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: all(map(is_right, value)) if isinstance(value, list) else is_right(value)


_ANYTHING: tuple[str, Callable[[Any], bool]] = ("", lambda _: True)
_CHECKS: Mapping[Kind, tuple[str, Callable[[Any], bool]]] = {
    "flag": ("true or false", lambda value: isinstance(value, bool)),
    "number": ("a number", _is_number),
    "numbers": ("numbers", _one_or_all(_is_number)),
    "pads": ("whole numbers", _one_or_all(_one_or_all(_is_whole))),
    "shape": ("a shape", _is_shape),
    "text": ("a text", lambda value: isinstance(value, str)),
    "whole": ("a whole number", _is_whole),
    "wholes": ("whole numbers", _one_or_all(_is_whole)),
}


def _uneven(strides: Any) -> bool:
    return isinstance(strides, list) and len(strides) == 2 and strides[0] != strides[1]
