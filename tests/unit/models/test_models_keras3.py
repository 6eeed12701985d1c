from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import framegate
from framegate.models import tf
from framegate.models.keras3 import as_keras_2


def two_inputs(keras: Any) -> Any:
    layers = keras.layers
    a, b = layers.Input((8, 8, 3), name="a"), layers.Input((8, 8, 3), name="b")
    x, y = layers.Conv2D(4, 3, padding="same")(a), layers.Conv2D(4, 3, padding="same")(b)
    both = layers.Activation("tanh", name="both")(layers.Concatenate()([x, y]))
    return keras.Model([a, b], [both, layers.ReLU(name="sum")(layers.Add()([x, y]))])


def sequential(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([
        layers.Input((8, 8, 3)),
        layers.Conv2D(4, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(2, activation="softmax"),
    ])  # fmt: skip


def any_size(keras: Any) -> Any:
    layers = keras.layers
    image = layers.Input((None, None, 1))
    x = layers.LeakyReLU(negative_slope=0.3)(layers.Conv2DTranspose(4, 3, strides=2, padding="same")(image))
    x = layers.SeparableConv2D(2, 3, depth_multiplier=2)(x)
    # A bilinear one is computed as in TF.js, which has other numbers than Keras.
    x = layers.DepthwiseConv2D(3)(layers.UpSampling2D(2, interpolation="nearest")(x))
    return keras.Model(image, layers.PReLU(shared_axes=[1, 2])(x))


def save(folder: Path, keras: Any, model: Any) -> None:
    weights = [weight for layer in model.layers for weight in layer.weights]
    entries = [{"name": weight.path, "shape": list(weight.shape), "dtype": "float32"} for weight in weights]
    (folder / "shard").write_bytes(b"".join(weight.numpy().astype(np.float32).tobytes() for weight in weights))
    topology = {"keras_version": keras.__version__, "model_config": json.loads(model.to_json())}
    document = {
        "format": "layers-model",
        "modelTopology": topology,
        "weightsManifest": [{"paths": ["shard"], "weights": entries}],
    }
    (folder / "model.json").write_text(json.dumps(document))


@pytest.mark.parametrize("network", [two_inputs, sequential, any_size])
def test_what_keras_3_wrote_gives_keras_3s_numbers(tmp_path: Path, network: Any) -> None:
    keras = tf.tensorflow().keras
    if not keras.__version__.startswith("3"):
        pytest.skip(f"TensorFlow brings Keras {keras.__version__} here, which writes no Keras 3 models")
    keras.utils.set_random_seed(0)
    made = network(keras)
    save(tmp_path, keras, made)
    random = np.random.default_rng(0)
    arrays = [random.random((1, 8, 8, tensor.shape[-1])).astype(np.float32) for tensor in made.inputs]
    expected = made(arrays if len(arrays) > 1 else arrays[0])
    with framegate.load_model(tmp_path) as model:
        feeds = {info.name: array for info, array in zip(model.inputs, arrays, strict=True)}
        found = list(model.run(feeds).values())
    for ours, theirs in zip(found, expected if isinstance(expected, list) else [expected], strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-5, atol=1e-6)


def test_a_keras_2_config_stays_what_it_is() -> None:
    config = {"class_name": "Sequential", "config": {"layers": [{"class_name": "ReLU", "config": {"module": 1}}]}}
    assert as_keras_2(config) is config
