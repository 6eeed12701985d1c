"""The analyser against Keras itself: shapes and parameters of the same layers, worked out by who defined them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from analysis_files import SPEC, write_topology

from framegate.analysis.inspection import Inspection, inspect
from framegate.models import tf
from framegate.models.sources import pix2pix_net
from framegate.models.topology import read_model_json

Make = Callable[[Any], Any]

LAYERS: dict[str, Make] = {
    "conv-same": lambda k: k.Conv2D(5, 3, strides=2, padding="same"),
    "conv-valid-dilated": lambda k: k.Conv2D(5, (3, 2), dilation_rate=2, use_bias=False),
    "depthwise": lambda k: k.DepthwiseConv2D(3, strides=2, depth_multiplier=2),
    "separable": lambda k: k.SeparableConv2D(6, 3, padding="same"),
    "transposed-same": lambda k: k.Conv2DTranspose(4, 3, strides=2, padding="same"),
    "transposed-valid": lambda k: k.Conv2DTranspose(4, 2, strides=3),
    "max-pool": lambda k: k.MaxPooling2D(3, strides=2),
    "max-pool-own-stride": lambda k: k.MaxPooling2D(2, padding="same"),
    "average-pool": lambda k: k.AveragePooling2D((2, 3)),
    "global-average": lambda k: k.GlobalAveragePooling2D(),
    "global-max": lambda k: k.GlobalMaxPooling2D(),
    "dense": lambda k: k.Dense(7),
    "flatten": lambda k: k.Flatten(),
    "reshape": lambda k: k.Reshape((-1, 8)),
    "permute": lambda k: k.Permute((3, 1, 2)),
    "upsampling": lambda k: k.UpSampling2D((2, 3)),
    "padding": lambda k: k.ZeroPadding2D(((1, 2), (3, 0))),
    "padding-one": lambda k: k.ZeroPadding2D(2),
    "cropping": lambda k: k.Cropping2D((1, 2)),
    "normalisation": lambda k: k.BatchNormalization(),
    "layer-normalisation": lambda k: k.LayerNormalization(),
    "prelu": lambda k: k.PReLU(shared_axes=[1, 2]),
    "resizing": lambda k: k.Resizing(5, 6),
    "activation": lambda k: k.Activation("relu"),
}


def inspected(model: Any, folder: Path) -> Inspection:
    """Inspect what the converter would write of a Keras model, but for the weights' values."""
    weights = {weight.name.split(":")[0]: tuple(weight.shape) for weight in model.weights}
    topology = {"keras_version": "2.19.0", "model_config": json.loads(model.to_json())}
    path = write_topology(folder, topology, weights, format="layers-model")
    return inspect(SPEC, read_model_json(path))


@pytest.mark.parametrize("name", LAYERS)
def test_shapes_and_parameters_are_those_of_keras(name: str, tmp_path: Path) -> None:
    keras = tf.tf_keras()
    source = keras.layers.Input((11, 14, 4), batch_size=1)
    model = keras.Model(source, LAYERS[name](keras.layers)(source))
    found = inspected(model, tmp_path)
    assert found.rows[-1].shape == tuple(model.output_shape)
    assert found.totals.parameters == model.count_params()
    assert found.totals.macs_exact


@pytest.mark.parametrize(
    ("size", "filters", "parameters"), [(256, 64, "54.4 M"), (256, 8, "0.9 M"), (128, 32, "10.5 M")]
)
def test_pix2pix_has_the_parameters_that_keras_counts(size: int, filters: int, parameters: str, tmp_path: Path) -> None:
    model = pix2pix_net.generator(size, filters, channels=3, seed=0)
    found = inspected(model, tmp_path)
    assert found.totals.parameters == model.count_params()
    assert not found.unused
    for layer in model.layers:
        (row,) = [row for row in found.rows if row.name == layer.name]
        assert row.parameters == layer.count_params()
        batched = layer.output_shape[0] if isinstance(layer.output_shape, list) else layer.output_shape
        assert row.shape == (1, *batched[1:])
    assert f"{found.totals.parameters / 1e6:.1f} M" == parameters


def test_a_model_in_a_model_counts_as_keras_counts(tmp_path: Path) -> None:
    keras = tf.tf_keras()
    inner_source = keras.layers.Input((8, 8, 3))
    inner = keras.Model(inner_source, keras.layers.Conv2D(4, 3, name="c")(inner_source), name="inner")
    stack = keras.Sequential([keras.layers.Conv2D(2, 3, name="d"), keras.layers.Flatten()], name="stack")
    source = keras.layers.Input((8, 8, 3))
    once, twice = inner(source), inner(keras.layers.ReLU()(source))
    model = keras.Model(source, keras.layers.Dense(3)(stack(keras.layers.Add()([once, twice]))))
    found = inspected(model, tmp_path)
    assert found.totals.parameters == model.count_params()
    assert not found.unused
    assert found.outputs[0].shape == (1, 3)
    assert found.totals.macs == 2 * 6 * 6 * 4 * 27 + 4 * 4 * 2 * 36 + 32 * 3


def test_topologies_of_keras_3(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras", minversion="3")
    layers = keras.layers
    source = layers.Input((16, 16, 3))
    both = keras.Model(source, [layers.ReLU()(source), layers.Conv2D(5, 3)(source)], name="both")
    stack = keras.Sequential([layers.Input((16, 16, 3)), layers.Conv2D(3, 3, padding="same")], name="stack")
    plain, convolved = both(stack(stack(source)))
    pooled = [layers.GlobalAveragePooling2D()(part) for part in (plain, convolved)]
    model = keras.Model(source, layers.Dense(2, activation="hard_sigmoid")(layers.Concatenate()(pooled)))
    weights = {weight.path: tuple(weight.shape) for weight in model.weights}
    config = {"keras_version": keras.__version__, "model_config": json.loads(model.to_json())}
    found = inspect(SPEC, read_model_json(write_topology(tmp_path, config, weights, format="layers-model")))
    assert found.totals.parameters == model.count_params()
    assert not found.unused
    assert found.outputs[0].shape == (1, 2)
    assert found.totals.macs == 2 * 16 * 16 * 3 * 27 + 14 * 14 * 5 * 27 + 8 * 2
    assert not found.support.unknown
