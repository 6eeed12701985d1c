"""Keras gets layers of TF.js or the user and plain settings only, because it would import what a config names.

A config is copied part by part, so that what is not named here does not pass. The copy computes the same: initialisers,
regularisers and constraints have no part in a trained model's results, and TF.js ignores ``training=True`` in a call.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from framegate.analysis.kernels import layer_classes
from framegate.errors import ModelFormatError, UnsupportedOp
from framegate.models.layer_entry import MODELS, layer_name
from framegate.models.tfjs_settings import check_settings, read_settings

_DEEPEST = 32
"""Levels of models and wrapped layers inside of each other."""

ACTIVATIONS = frozenset({
    "elu", "exponential", "gelu", "hard_sigmoid", "leaky_relu", "linear", "log_softmax", "mish", "relu", "relu6",
    "selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "swish", "tanh",
})  # fmt: skip

_SPELLINGS = {"hardSigmoid": "hard_sigmoid", "logSoftmax": "log_softmax"}
_FUNCTIONS = frozenset({"ELU", "LeakyReLU", "ReLU", "Softmax", "ThresholdedReLU"})
_DTYPES = frozenset({
    "bfloat16", "bool", "complex64", "float16", "float32", "float64", "int16", "int32", "int64", "int8",
    "mixed_bfloat16", "mixed_float16", "string", "uint16", "uint8",
})  # fmt: skip
# What tensorflow/python/framework/ops.py takes for a name scope, without the backslash, which its nodes cannot have.
_SCOPE = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_./>-]*")
_TRAINING = ("_constraint", "_initializer", "_regularizer")
_ENDS = ("input_layers", "output_layers")
_WRAPPED = frozenset({"backward_layer", "cell", "layer"})
_ZEROS: Mapping[str, Any] = {"class_name": "Zeros", "config": {}}
_INSTEAD = (
    "; convert the model as a graph model (tensorflowjs_converter --output_format=tfjs_graph_model), or bring the layer"
    " if it is yours (pytest_framegate_layers, load_model's layers)"
)


def restricted(path: Path, layer: Any, own: Collection[str] = ()) -> dict[str, Any]:
    """A copy of a layer's or model's config that names TF.js' classes and the user's own, with plain settings only.

    Args:
        path: the model.json, for errors.
        layer: ``{"class_name": …, "config": …}`` in the words of Keras 2.
        own: names of the classes that the user brings.

    Raises:
        UnsupportedOp: a class is not in the list, or a setting is an object.
        ModelFormatError: it is not a layer's config.
    """
    return _Copier(path, frozenset(own)).layer(layer, 0)


class _Copier(NamedTuple):
    path: Path
    own: frozenset[str]

    def layer(self, layer: Any, depth: int) -> dict[str, Any]:
        """A layer or model, ``depth`` models and wrapped layers deep."""
        kind, config = self._parts(layer)
        if depth > _DEEPEST:
            raise ModelFormatError(f"{self.path}: models lie inside of each other more than {_DEEPEST} levels deep")
        if kind not in layer_classes() | self.own:
            raise UnsupportedOp(
                f"{self.path}: layer {layer_name(layer)!r} is of class {kind!r}, which TF.js does not know{_INSTEAD}"
            )
        if depth and kind != "InputLayer":
            self._check_name(str(config.get("name") or layer_name(layer)))
        copy: dict[str, Any] = {"class_name": kind, "name": str(layer.get("name") or config.get("name") or "")}
        copy["config"] = self._model(config, depth) if kind in MODELS else self._config(kind, layer, config, depth)
        if "inbound_nodes" in layer:
            copy["inbound_nodes"] = self._calls(layer)
        return copy

    def _check_name(self, name: str) -> None:
        """The outermost model's name is free to TF.js, and those of inputs are free to Keras."""
        if name and not _SCOPE.fullmatch(name):
            raise UnsupportedOp(
                f"{self.path}: layer {name[:80]!r} has a name that neither TensorFlow nor TF.js takes; name it with"
                " letters, digits, dots, slashes, underscores and hyphens, and convert the model again"
            )

    def _parts(self, layer: Any) -> tuple[str, dict[str, Any]]:
        kind = layer.get("class_name") if isinstance(layer, dict) else None
        config = layer.get("config") if isinstance(layer, dict) else None
        if not isinstance(kind, str) or not isinstance(config, dict):
            raise ModelFormatError(
                f"{self.path}: {str(layer)[:80]} is not a layer with a class_name and a config; convert again"
            )
        return kind, config

    def _model(self, config: Mapping[str, Any], depth: int) -> dict[str, Any]:
        layers = config.get("layers")
        if not isinstance(layers, list):
            raise ModelFormatError(
                f"{self.path}: a model inside of modelTopology holds no list of layers; convert the model again"
            )
        name = str(config.get("name") or "model")
        copy: dict[str, Any] = {"name": name if _SCOPE.fullmatch(name) else "model"}
        copy["layers"] = [self.layer(layer, depth + 1) for layer in layers]
        return copy | {key: self._plain(copy["name"], key, config[key]) for key in _ENDS if key in config}

    def _config(self, kind: str, layer: Any, config: Mapping[str, Any], depth: int) -> dict[str, Any]:
        known = config if kind in self.own else read_settings(kind, config)
        copy = {key: self._setting(layer, key, value, depth) for key, value in known.items()}
        if kind not in self.own:
            check_settings(f"{self.path}: layer {layer_name(layer)!r}", kind, copy)
        return copy

    def _setting(self, layer: Any, key: str, value: Any, depth: int) -> Any:
        if key in _WRAPPED and value is not None:
            return self.layer(value, depth + 1)
        if key == "cells" and isinstance(value, list):
            return [self.layer(cell, depth + 1) for cell in value]
        if key.endswith(_TRAINING):
            return None if value is None or not key.endswith("_initializer") else _ZEROS
        name = layer_name(layer)
        if key.endswith("activation"):
            return self._activation(name, key, value, depth)
        return self._known(name, key, value, _DTYPES) if key == "dtype" else self._plain(name, key, value)

    def _activation(self, name: str, key: str, value: Any, depth: int) -> Any:
        """A function's name, in Keras' or TF.js' spelling, or a layer that has no weights."""
        if isinstance(value, dict) and value.get("class_name") in _FUNCTIONS:
            return self.layer(value, depth + 1)
        spelt = _SPELLINGS.get(value, value) if isinstance(value, str) else value
        return self._known(name, key, spelt, ACTIVATIONS)

    def _known(self, name: str, key: str, value: Any, names: frozenset[str]) -> Any:
        """A name of a closed list, which some versions of Keras write as an object of that class."""
        named = value.get("class_name") if isinstance(value, dict) and not value.get("config") else value
        if named is not None and not (isinstance(named, str) and named in names):
            raise UnsupportedOp(
                f"{self.path}: layer {name!r} has {key} {str(named)[:60]!r}, known are {', '.join(sorted(names))}"
            )
        return named

    def _plain(self, name: str, key: str, value: Any) -> Any:
        """A setting of numbers, texts and lists of them."""
        waiting = [value]
        while waiting:
            item = waiting.pop()
            if isinstance(item, list):
                waiting.extend(item)
            elif isinstance(item, dict):
                raise UnsupportedOp(
                    f"{self.path}: layer {name!r} has an object in its setting {key!r} ({str(item)[:60]}), where TF.js"
                    " takes numbers and texts; convert the model without it"
                )
        return value

    def _calls(self, layer: Any) -> Any:
        """The calls of a layer, each with its plain arguments, without ``training``."""
        calls = layer["inbound_nodes"]
        name = layer_name(layer)
        if not isinstance(calls, list):
            return self._plain(name, "inbound_nodes", calls)
        return [self._call(name, call) for call in calls]

    def _call(self, name: str, call: Any) -> Any:
        if not isinstance(call, list):
            return self._plain(name, "inbound_nodes", call)
        if len(call) == 4 and isinstance(call[0], str) and isinstance(call[3], dict):
            arguments = {key: self._plain(name, key, value) for key, value in call[3].items() if key != "training"}
            return [*call[:3], arguments]
        return [self._call(name, item) for item in call]
