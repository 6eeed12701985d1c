"""What TF.js 4.22 refuses of a model that Python may well run: a page would fail, and its users must know (pure).

The rules are those of tfjs-core (io_utils.ts, ``decodeWeights``) and of tfjs-layers (the constructors of the layers and
``call`` where that refuses whatever it is given); the words are close to TF.js' own. Those for graphs are in
`graph_refusals`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from framegate.analysis.graph_refusals import Takes, graph_refusals
from framegate.analysis.kernels import activations, camel, layer_classes
from framegate.analysis.layer_waits import tfjs_waits
from framegate.analysis.shape_refusals import shape_refusals
from framegate.analysis.tensors import Shape
from framegate.models.layer_entry import layer_name
from framegate.models.manifest import WeightEntry
from framegate.models.topology import Json, ModelJson

_TENSOR = re.compile(r"[A-Za-z0-9][-A-Za-z0-9._/]*")
_WEIGHTS = frozenset({"bool", "complex64", "float32", "int32", "string"})
_FEEDS = frozenset({"bool", "complex64", "float32", "int32", "string"})
_INITIALIZERS = frozenset({
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "LeCunNormal", "LeCunUniform",
    "Ones", "Orthogonal", "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "Zeros",
})  # fmt: skip
_HELPERS: Mapping[str, frozenset[str]] = {
    "initializer": _INITIALIZERS,
    "regularizer": frozenset({"L1L2"}),
    "constraint": frozenset({"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"}),
}
_WRAPPED = ("layer", "cell", "backward_layer")
_RESIZES = {"bilinear": "resizeBilinear", "nearest": "resizeNearestNeighbor"}
_SEPARABLE = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")
_GROUPED = frozenset({"Conv1D", "Conv2D", "Conv3D"})
_DILATED = _GROUPED | {"SeparableConv2D"}


def tfjs_refusals(
    model: ModelJson,
    takes: Mapping[str, Sequence[Shape]],
    unused: Sequence[WeightEntry] = (),
    inputs: Takes | None = None,
) -> tuple[str, ...]:
    """What TF.js says of each thing that it refuses, one sentence for each; empty where it takes the model.

    Args:
        model: the parsed model.json; no weight is read.
        takes: layer -> the shapes that it is called on, where they are known.
        unused: weights that no layer takes; those of a graph may be there for nothing.
        inputs: node of a graph -> what is known of the tensors that it takes.
    """
    if model.format == "graph":
        topology = graph_refusals(model, inputs or {})
    else:
        topology = chain(_layers_refusals(model, takes), _untaken(unused))
    return tuple(dict.fromkeys([*_weight_refusals(model), *topology]))


def _untaken(unused: Sequence[WeightEntry]) -> Iterator[str]:
    """A sentence for the first of them, where TF.js stops."""
    for entry in unused[:1]:
        yield f"Provided weight data has no target variable: {entry.name[:80]}"


def _weight_refusals(model: ModelJson) -> Iterator[str]:
    for entry in (entry for group in model.groups for entry in group.entries):
        if entry.dtype not in _WEIGHTS:
            yield f"Unsupported dtype in weight '{entry.name}': {entry.dtype}"


def _layers_refusals(model: ModelJson, takes: Mapping[str, Sequence[Shape]]) -> Iterator[str]:
    outermost = model.topology.get("model_config", model.topology)
    if waits := tfjs_waits(outermost):
        yield waits
    waiting = [outermost]
    while waiting:
        current = waiting.pop()
        kind = current.get("class_name") if isinstance(current, dict) else None
        config = current.get("config") if isinstance(current, dict) else None
        if not isinstance(kind, str):
            continue
        if current is not outermost and isinstance(config, dict):
            yield from _named(str(config.get("name") or current.get("name") or ""))
        if kind not in layer_classes():
            yield f"Unknown layer: {kind}"
        elif isinstance(config, dict):
            yield from _config(kind, config)
            yield from shape_refusals(kind, _name(config), config, takes.get(layer_name(current), ()))
        if isinstance(config, dict):
            waiting += reversed(_inside(config))


def _inside(config: Json) -> list[Any]:
    lists = [config.get(key) for key in ("layers", "cells")]
    return [
        *(config[key] for key in _WRAPPED if key in config),
        *(layer for layers in lists if isinstance(layers, list) for layer in layers),
    ]


def _config(kind: str, config: Json) -> Iterator[str]:
    for key, value in config.items():
        if key.endswith("activation") and value is not None:
            yield from _activation(value)
        role = key.rpartition("_")[2]
        if role in _HELPERS and value is not None:
            yield from _helper(role, value)
    rule = _RULES.get(kind)
    if rule is not None:
        yield from rule(config)
    if config.get("padding") == "causal":
        yield f"The support for CAUSAL padding mode in conv1dWithBias is not implemented yet (layer '{_name(config)}')"
    if kind in _GROUPED and config.get("groups", 1) != 1:
        yield f"Shape mismatch: layer '{_name(config)}' has {config['groups']} groups, which TF.js does not know"
    if kind in _DILATED and all(_is_above_one(config.get(key)) for key in ("dilation_rate", "strides")):
        yield f"Either strides or dilations must be 1 (layer '{_name(config)}')"


def _is_above_one(sides: Any) -> bool:
    return any(type(side) is int and side > 1 for side in (sides if isinstance(sides, list) else [sides]))


def _named(name: str) -> Iterator[str]:
    """tfjs-layers/src/common.ts, ``isValidTensorName``; the outermost model is not a tensor."""
    if name and not _TENSOR.fullmatch(name):
        yield f"Not a valid tensor name: '{name[:80]}'"


def _activation(value: Any) -> Iterator[str]:
    """TF.js turns all texts of a config into camel case, and accepts a layer in place of a function."""
    named = value.get("class_name") if isinstance(value, dict) else value
    spelt = camel(named) if isinstance(named, str) else str(named)
    if spelt not in activations() and not (isinstance(value, dict) and named in layer_classes()):
        yield f"Unknown activation: {spelt}"


def _helper(role: str, value: Any) -> Iterator[str]:
    """An initialiser, regulariser or constraint: an object of a class, or the name of one in small letters."""
    named = value.get("class_name") if isinstance(value, dict) else value
    if not isinstance(named, str):
        return
    # TF.js looks names up in camel case ("glorotUniform"), classes as they are written.
    known = {name[0].lower() + name[1:] for name in _HELPERS[role]} | {"l1l2"} if isinstance(value, str) else set()
    if named not in _HELPERS[role] and camel(named) not in known:
        yield f"Unknown {role}: {named}"


def _input_layer(config: Json) -> Iterator[str]:
    if config.get("batch_input_shape") is None and config.get("input_shape") is None:
        yield "An InputLayer should be passed either a `batchInputShape` or an `inputShape`."
    dtype = config.get("dtype")
    if isinstance(dtype, str) and dtype not in _FEEDS:
        yield f"The dtype of the feed (float32) can not be cast to the dtype of the key '{_name(config)}' ({dtype})."


def _resizing(config: Json) -> Iterator[str]:
    interpolation = config.get("interpolation") or "bilinear"
    if interpolation in _RESIZES:
        # The layer passes on the list of its inputs, which has one item, as if it were a picture.
        yield f"Error in {_RESIZES[interpolation]}: x must be rank 3 or 4, but got rank 1."
    else:
        yield f"Invalid interpolation parameter: {interpolation} is not implemented"


def _separable(config: Json) -> Iterator[str]:
    if any(config.get(key) is not None for key in _SEPARABLE):
        yield "Fields kernelInitializer, kernelRegularizer and kernelConstraint are invalid for SeparableConv2D."


def _elu(config: Json) -> Iterator[str]:
    if config.get("alpha") not in (None, 1):
        yield f"Non-default alpha value ({config['alpha']}) is not supported by the ELU layer yet."


def _model(config: Json) -> Iterator[str]:
    ends = config.get("output_layers")
    if isinstance(ends, dict):
        yield "Invalid attempt to iterate non-iterable instance (output_layers is an object)"
    elif isinstance(ends, list) and _repeats(ends):
        yield "Argument 'tensors[0]' passed to 'concat' must be a Tensor, but got 'null' (an output is listed twice)"


def _repeats(ends: list[Any]) -> bool:
    tensors = [str(end) for end in ends if isinstance(end, list)]  # Keras 3 writes the one end without a list around it
    return len(set(tensors)) < len(tensors)


def _gru(config: Json) -> Iterator[str]:
    if config.get("reset_after"):
        yield "GRUCell does not support reset_after parameter set to true."


def _up_sampling(config: Json) -> Iterator[str]:
    named = config.get("interpolation")
    if named not in (None, *_RESIZES):
        yield f"{named} is not a valid InterpolationFormat. Valid values are nearest,bilinear or null/undefined."


_RULES = {
    "ELU": _elu,
    "Functional": _model,
    "GRU": _gru,
    "GRUCell": _gru,
    "InputLayer": _input_layer,
    "Model": _model,
    "RandomWidth": _resizing,
    "Resizing": _resizing,
    "SeparableConv2D": _separable,
    "UpSampling2D": _up_sampling,
}


def _name(config: Json) -> str:
    return str(config.get("name", ""))[:80]
