"""Build a layers model with tf_keras (Keras 2), which TF.js' layers follow."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framegate.errors import ModelFormatError, UnsupportedOp, WeightsError
from framegate.models import layers, tf
from framegate.models.keras3 import as_keras_2
from framegate.models.layer_order import check_order
from framegate.models.weights import Weights
from framegate.runtimes.closed_layers import restricted
from framegate.runtimes.frozen_graph import Frozen, info_of
from framegate.runtimes.parts import Parts

_UNKNOWN = re.compile(r"Unknown (?:layer|object|activation function):? '?(\w+)")


def build_keras(parts: Parts) -> Any:
    """The tf_keras model with its weights.

    Raises:
        UnsupportedOp: TF.js does not know a layer, or a setting is not plain; the error names it.
        ModelFormatError: the config is malformed.
        WeightsError: a weight is missing or of another shape.
    """
    keras, path = tf.tf_keras(), parts.json.path
    config = restricted(path, as_keras_2(layers.model_config(parts.json)))
    check_order(path, config)
    try:
        model = keras.models.model_from_json(json.dumps(config))
    except _refusals() as error:
        raise _cannot_build(path, error) from error
    if not isinstance(model, keras.Model):
        raise ModelFormatError(f"{path}: the config is of a {config['class_name']}, not a model; convert it again")
    _set_weights(path, model, parts.weights)
    return model


def freeze_keras(tensorflow: Any, parts: Parts) -> Frozen:
    """Build a layers model into a frozen TensorFlow function.

    Raises:
        ModelError: as `build_keras`.
    """
    model = build_keras(parts)
    specs = [tensorflow.TensorSpec(tensor.shape, tensor.dtype) for tensor in model.inputs]

    def run(*tensors: Any) -> Any:
        return tensorflow.nest.flatten(model(tensors[0] if len(tensors) == 1 else list(tensors), training=False))

    try:
        function = tensorflow.function(run, input_signature=specs, autograph=False).get_concrete_function()
    except _refusals() as error:
        raise _cannot_build(parts.json.path, error) from error
    convert = importlib.import_module("tensorflow.python.framework.convert_to_constants")
    with tf.quiet():
        frozen = convert.convert_variables_to_constants_v2(function)
    inputs = tuple(map(info_of, model.input_names, model.inputs))
    return Frozen(frozen, inputs, tuple(map(info_of, model.output_names, frozen.outputs)))


def _refusals() -> tuple[type[Exception], ...]:
    """What Keras raises at a config that it cannot build."""
    found: type[Exception] = tf.tensorflow().errors.OpError
    return (
        found, ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError,
        NotImplementedError,
        RecursionError, TypeError, ValueError,
    )  # fmt: skip


def _unknown(path: Path, name: str) -> str:
    return (
        f"{path}: layer or function {name!r} is unknown to Keras; convert the model as a graph model"
        " (tensorflowjs_converter --output_format=tfjs_graph_model)"
    )


def _cannot_build(path: Path, error: Exception) -> UnsupportedOp | ModelFormatError:
    text = str(error)
    unknown = _UNKNOWN.search(text)
    if unknown:
        return UnsupportedOp(_unknown(path, unknown[1]))
    return ModelFormatError(f"{path}: Keras cannot build the model ({text[:200]}); convert the model again")


def _set_weights(path: Path, model: Any, weights: Weights) -> None:
    for variable in (variable for layer in model.layers for variable in layer.weights):
        name = variable.name.split(":", 1)[0]
        array = next((weights[spelling] for spelling in _spellings(model.name, name) if spelling in weights), None)
        if array is None:
            raise WeightsError(f"{path}: weight {name!r} is not in weightsManifest; convert the model again")
        if tuple(variable.shape) != array.shape:
            raise WeightsError(
                f"{path}: weight {name!r} has shape {list(array.shape)}, its layer needs {list(variable.shape)};"
                " convert the model again"
            )
        variable.assign(array)


def _spellings(model: str, name: str) -> Iterator[str]:
    """What a weight is called: Keras 3 may put the model's name first, and has one word for all kernels."""
    for found in (name, _without_cell(name), name.replace("/depthwise_kernel", "/kernel")):
        yield found
        yield f"{model}/{found}"


def _without_cell(name: str) -> str:
    """TensorFlow 2.2 put an RNN cell's name between the layer's and the weight's."""
    parts = name.split("/")
    return "/".join([*parts[:-2], parts[-1]])
