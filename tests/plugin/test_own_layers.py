"""Layers of one's own, brought by a conftest as the documentation shows it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Run = Callable[..., pytest.RunResult]

CONFTEST = """
def pixel_shuffle(keras):
    import tensorflow as tf

    class PixelShuffle(keras.layers.Layer):
        def __init__(self, scale=2, **settings):
            super().__init__(**settings)
            self.scale = scale

        def call(self, inputs):
            return tf.nn.depth_to_space(inputs, self.scale)

    return PixelShuffle


def pytest_framegate_layers(config):
    return {"NAME": pixel_shuffle}
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A picture of 16x16, twice as large."""
    layers = [
        ("Conv2D", {"name": "up", "filters": 12, "kernel_size": 1, "batch_input_shape": [None, 16, 16, 3]}),
        ("PixelShuffle", {"name": "shuffle", "scale": 2}),
    ]
    entries = [{"class_name": kind, "config": config} for kind, config in layers]
    config = {"class_name": "Sequential", "config": {"name": "up", "layers": entries}}
    weights = {"up/kernel": np.tile(np.eye(3, dtype=np.float32), 4)[None, None], "up/bias": np.zeros(12, np.float32)}
    (tmp_path / "shard.bin").write_bytes(b"".join(array.tobytes() for array in weights.values()))
    specs = [{"name": name, "shape": list(array.shape), "dtype": "float32"} for name, array in weights.items()]
    document = {
        "format": "layers-model",
        "modelTopology": {"model_config": config},
        "weightsManifest": [{"paths": ["shard.bin"], "weights": specs}],
    }
    path = tmp_path / "model.json"
    path.write_text(json.dumps(document))
    return path


def test_a_model_with_a_layer_of_ones_own_is_measured(run: Run, pytester: pytest.Pytester, model: Path) -> None:
    pytester.makeconftest(CONFTEST.replace("NAME", "PixelShuffle"))
    options = (f"--frame-model={model}", "--frame-runtime=tensorflow,onnxruntime")
    result = run(*options, suite="test_inference.py", subprocess=True)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*TF.js 4.22.0 refuses this: Unknown layer: PixelShuffle*"])


def test_a_name_of_tfjs_ends_the_run(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST.replace("NAME", "Conv2D"))
    result = run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*layer 'Conv2D' is one of TF.js' own*"])
