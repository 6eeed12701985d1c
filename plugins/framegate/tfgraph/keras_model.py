"""Build a layers model with tf_keras (Keras 2), which TF.js' layers follow."""

from __future__ import annotations

import importlib
import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from framegate.errors import ModelFormatError, UnsupportedOp, WeightsError
from framegate.models import layers, tf
from framegate.models.keras3 import as_keras_2
from framegate.models.layer_order import check_order
from framegate.models.weights import Weights
from framegate.tfgraph.closed_layers import restricted
from framegate.tfgraph.frozen_graph import Frozen, Placement, info_of
from framegate.tfgraph.own_layers import own_classes
from framegate.tfgraph.parts import Parts
from framegate.tfgraph.read_variables import with_large_outside
from framegate.tfgraph.tfjs_layers import tfjs_layers

_UNKNOWN = re.compile(r"Unknown (?:layer|object|activation function):? '?(\w+)")


def build_keras(parts: Parts) -> Any:
    """The tf_keras model with its weights.

    Raises:
        UnsupportedOp: a layer is neither one of TF.js' nor the user's own, or a setting is not plain; it is named.
        UsageError: a factory of the user's own layers does not return a class of layers.
        ModelFormatError: the config is malformed.
        WeightsError: a weight is missing or of another shape.
    """
    keras, path = tf.tf_keras(), parts.json.path
    written = layers.model_config(parts.json)
    config = restricted(path, as_keras_2(written), frozenset(parts.layers))
    check_order(path, config)
    classes = tfjs_layers(keras) | own_classes(keras, parts.layers)
    try:
        with _autograph():
            model = keras.models.model_from_json(json.dumps(config), custom_objects=classes)
    except _refusals() as error:
        raise _cannot_build(path, error) from error
    if not isinstance(model, keras.Model):
        raise ModelFormatError(f"{path}: the config is of a {config['class_name']}, not a model; convert it again")
    if model.inputs is None:
        raise ModelFormatError(f"{path}: the model has no layers, or none that declares its input; convert it again")
    _set_weights(path, model, _Names(parts.weights, str(written["config"].get("name") or "")))
    return model


def freeze_keras(tensorflow: Any, parts: Parts, placement: Placement = "inside") -> Frozen:
    """Build a layers model into a frozen TensorFlow function.

    Args:
        tensorflow: the module.
        parts: config and weights.
        placement: the place of large weights; ``"inside"`` for all where a layer calls functions of its own.

    Raises:
        ModelError: as `build_keras`.
    """
    model = build_keras(parts)
    specs = [tensorflow.TensorSpec(tensor.shape, tensor.dtype) for tensor in model.inputs]

    def run(*tensors: Any) -> Any:
        return tensorflow.nest.flatten(model(tensors[0] if len(tensors) == 1 else list(tensors), training=False))

    convert = importlib.import_module("tensorflow.python.framework.convert_to_constants")
    try:
        with _autograph():
            function = tensorflow.function(run, input_signature=specs, autograph=False).get_concrete_function()
        with tf.quiet():
            parted = with_large_outside(tensorflow, function, placement)
            call, weights = parted or (convert.convert_variables_to_constants_v2(function), ())
    except _refusals() as error:
        raise _cannot_build(parts.json.path, error) from error
    inputs = tuple(map(info_of, model.input_names, model.inputs))
    return Frozen(call, inputs, tuple(map(info_of, model.output_names, call.outputs)), weights)


@contextmanager
def _autograph() -> Iterator[None]:
    """Let AutoGraph rewrite the code of layers.

    Python 3.13 warns of how AutoGraph annotates syntax. Where warnings are errors, it would leave the layers as they
    are, those of the user too, which may need it.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*Support for arbitrary keyword arguments is deprecated", DeprecationWarning)
        yield


def _refusals() -> tuple[type[Exception], ...]:
    """Exceptions that Keras raises at a config that it cannot build."""
    op_error: type[Exception] = tf.tensorflow().errors.OpError
    # AutoGraph's own, for exceptions that it cannot raise anew with its own words.
    staging_error: type[Exception] = importlib.import_module("tensorflow.python.autograph.impl.api").StagingError
    return (
        op_error, staging_error, ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError,
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


def _set_weights(path: Path, model: Any, weights: _Names) -> None:
    for layer in model.layers:
        cells = getattr(getattr(layer, "cell", None), "cells", ())
        numbers = {id(variable): f"RNNCell_{at}" for at, cell in enumerate(cells) for variable in cell.weights}
        for variable in layer.weights:
            name = variable.name.split(":", 1)[0]
            array = weights.array(name, numbers.get(id(variable)))
            if array is None:
                raise WeightsError(f"{path}: weight {name!r} is not in weightsManifest; convert the model again")
            if tuple(variable.shape) != array.shape:
                raise WeightsError(
                    f"{path}: weight {name!r} has shape {list(array.shape)}, its layer needs {list(variable.shape)};"
                    " convert the model again"
                )
            variable.assign(array)


class _Names:
    """Weights by all names that they may have.

    TF.js takes ``layer/kernel`` and, as TensorFlow 2.2 wrote it, ``layer/cell/kernel``, whatever the cell's name is.
    Keras 3 may put the model's name first, and has one word for all kernels.
    """

    def __init__(self, weights: Weights, model: str) -> None:
        self._weights, self._model = weights, model
        # A name without its layer is nobody's: any other layer's weight would be taken for one that is missing.
        self._short = {_without_cell(name): name for name in reversed(weights) if name.count("/") > 1}

    def array(self, name: str, cell: str | None) -> NDArray[Any] | None:
        """The weight with Keras' name; in a stack of cells, also by TF.js' name of its cell."""
        first, *_, last = name.split("/")
        numbered = [f"{first}/{cell}/{last}"] if cell else []
        spellings = [*numbered, name, _without_cell(name), name.replace("/depthwise_kernel", "/kernel")]
        exact = [full for spelling in spellings for full in (spelling, f"{self._model}/{spelling}")]
        short = [self._short[spelling] for spelling in spellings if spelling in self._short] if cell is None else []
        return next((self._weights[full] for full in (*exact, *short) if full in self._weights), None)


def _without_cell(name: str) -> str:
    """The name without the part before its last, which is not its first."""
    first, *inside, last = name.split("/")
    return "/".join([first, *inside[:-1], last])
