"""The shapes that TF.js' layers write into their inputs' (pure).

To TF.js a shape is one list, which layers that keep it hand on. ``CenterCrop`` and ``CategoryEncoding`` write the shape
of their result into the list that they are given (``computeOutputShape`` of @tensorflow/tfjs-layers 4.22.0): behind an
input, and layers that keep its shape, the model takes the shape that they make, and refuses the one that was declared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from framegate.models.layer_calls import calls_in_order, result_of
from framegate.models.layer_entry import MODELS, Layer, is_layer, layer_name

Written = dict[int, int]
"""Axis, counted from the end -> the side that is written there; the same object is the same list of TF.js."""

_KEEPERS = frozenset({
    "Activation", "AlphaDropout", "BatchNormalization", "Dropout", "ELU", "GaussianDropout", "GaussianNoise",
    "LayerNormalization", "LeakyReLU", "Masking", "PReLU", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D",
    "ThresholdedReLU",
})  # fmt: skip
_DECLARED = ("batch_input_shape", "batchInputShape", "input_shape", "inputShape")
_ENDS = ("input_layers", "output_layers")


def write_shapes(model: Any) -> None:
    """Change the declared shapes of inputs in a model's config, in place, to what TF.js makes of them."""
    if is_layer(model) and model["class_name"] in MODELS:
        shapes = _Shapes()
        shapes.of(model)
        for config, written in shapes.declared:
            _declare(config, written)


class _Shapes:
    """The shapes written, model by model; a nested model is walked through once, however often it is called."""

    def __init__(self) -> None:
        self.declared: list[tuple[Mapping[str, Any], Written]] = []
        """The settings of each layer that declares an input, and what is written into that."""
        self._known: dict[int, tuple[list[Written], list[Written]]] = {}

    def of(self, model: Layer) -> tuple[list[Written], list[Written]]:
        """What is written into a model's inputs and into its outputs, in its order."""
        if id(model) not in self._known:
            layers = model["config"].get("layers")
            entries = layers if isinstance(layers, list) and all(map(is_layer, layers)) else []
            walk = self._sequence if model["class_name"] == "Sequential" else self._functional
            self._known[id(model)] = walk(model["config"], entries)
        return self._known[id(model)]

    def _sequence(self, _: Mapping[str, Any], layers: list[Layer]) -> tuple[list[Written], list[Written]]:
        takes: list[Written] = [{}]
        shapes = takes
        for at, layer in enumerate(layers):
            if at == 0 and layer["class_name"] in MODELS:
                takes, shapes = self.of(layer)
            elif layer["class_name"] != "InputLayer":
                shapes = self._called(layer, shapes)
        self.declared += [(layer["config"], takes[0]) for layer in layers[:1] if takes]
        return takes, shapes

    def _functional(self, config: Mapping[str, Any], layers: list[Layer]) -> tuple[list[Written], list[Written]]:
        results: dict[tuple[str, int], list[Written]] = {}
        for call in calls_in_order(layers)[0]:
            shapes = self._called(call.layer, [result_of(results, result, {}) for result in call.takes])
            results[layer_name(call.layer), call.at] = shapes
            if call.layer["class_name"] == "InputLayer":
                self.declared.append((call.layer["config"], shapes[0]))
        takes, gives = ([result_of(results, end, {}) for end in _ends(config.get(key))] for key in _ENDS)
        return takes, gives

    def _called(self, layer: Layer, shapes: list[Written]) -> list[Written]:
        """What becomes of the shapes that a layer is called with, and those of its results."""
        kind = layer["class_name"]
        if kind in MODELS:
            return self._nested(layer, shapes)
        writes = _WRITERS.get(kind)
        if not shapes or (writes is None and kind not in _KEEPERS):
            return [{}]
        if writes is not None:
            shapes[0].update(writes(layer["config"]))
        return shapes[:1]

    def _nested(self, model: Layer, shapes: list[Written]) -> list[Written]:
        takes, gives = self.of(model)
        for outer, inner in zip(shapes, takes, strict=False):
            outer.update(inner)
        outside = {id(inner): outer for outer, inner in zip(shapes, takes, strict=False)}
        return [outside.get(id(shape), dict(shape)) for shape in gives]


def _declare(config: Mapping[str, Any], written: Written) -> None:
    for shape in (config[key] for key in _DECLARED if isinstance(config.get(key), list)):
        for axis, side in written.items():
            if -axis <= len(shape):
                shape[axis] = side


def _ends(references: Any) -> list[tuple[str, int, int]]:
    if not isinstance(references, list):
        return []
    ends = [references] if references and isinstance(references[0], str) else references
    return [(end[0], end[1], end[2]) for end in ends if _is_end(end)]


def _is_end(end: Any) -> bool:
    return (
        isinstance(end, list) and len(end) == 3 and isinstance(end[0], str) and all(type(at) is int for at in end[1:])
    )


def _cropped(config: Mapping[str, Any]) -> Written:
    return _whole({-3: config.get("height"), -2: config.get("width")})


def _encoded(config: Mapping[str, Any]) -> Written:
    """One-hot encoding fails in TF.js after whatever it has written into."""
    return {} if config.get("output_mode") == "one_hot" else _whole({-1: config.get("num_tokens")})


def _whole(sides: Mapping[int, Any]) -> Written:
    return {axis: side for axis, side in sides.items() if type(side) is int}


_WRITERS: Mapping[str, Callable[[Mapping[str, Any]], Written]] = {"CategoryEncoding": _encoded, "CenterCrop": _cropped}
