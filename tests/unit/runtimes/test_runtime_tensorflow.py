"""The TensorFlow runtimes, against numbers worked out with numpy."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import Node, fused, ints, noise, op, placeholder, text, write, write_graph

from framegate.errors import ModelError, ModelFormatError, UnsupportedOp, WeightsError
from framegate.interfaces import Array, LoadedModel, Runtime, TensorInfo
from framegate.measure import stages
from framegate.registry import Registry
from framegate.runtimes import builtin

pytestmark = pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[tensorflow]")

X = noise(1, 4, 4, 2)
BIAS, ALPHA = noise(3, seed=2), noise(3, seed=3)
IMAGE = placeholder("x", [-1, 4, 4, 2])
POINTWISE = {"strides": ints(1, 1, 1, 1), "padding": text("VALID")}


@pytest.fixture(scope="module", params=["tensorflow", "keras"])
def runtime(request: pytest.FixtureRequest) -> Runtime:
    made: Runtime = Registry("runtime", [builtin()])[request.param]()
    return made


@pytest.fixture(scope="module")
def tensorflow() -> Runtime:
    made: Runtime = builtin()["tensorflow"]()
    return made


def only(loaded: LoadedModel, x: Array = X) -> Array:
    (found,) = loaded.run({loaded.inputs[0].name: x}).values()
    return found


ACTIVATIONS: dict[str, Any] = {
    "Elu": lambda v: np.where(v > 0, v, np.expm1(v)),
    "LeakyRelu": lambda v: np.where(v > 0, v, 0.25 * v),
    "Prelu": lambda v: np.where(v > 0, v, ALPHA * v),
    "Relu": lambda v: np.maximum(v, 0),
    "Relu6": lambda v: np.clip(v, 0, 6),
    "Sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    "Tanh": np.tanh,
}


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_fused_convolutions(tmp_path: Path, runtime: Runtime, name: str) -> None:
    weights = {"w": noise(1, 1, 2, 3, seed=1) * 9, "b": BIAS, "a": ALPHA}
    inputs = ["x", "w", "b", "a"] if name == "Prelu" else ["x", "w", "b"]
    node = op(
        "_FusedConv2D", "y", inputs,
        fused_ops=fused("BiasAdd", name), leakyrelu_alpha={"f": 0.25}, num_args={"i": "1"}, **POINTWISE,
    )  # fmt: skip
    found = only(runtime.load(write_graph(tmp_path, [IMAGE, node], weights)))
    np.testing.assert_allclose(found, ACTIVATIONS[name](X @ weights["w"][0, 0] + BIAS), rtol=1e-5, atol=1e-5)


def test_fused_depthwise_convolution(tmp_path: Path, tensorflow: Runtime) -> None:
    weights = {"w": noise(1, 1, 2, 1, seed=1), "b": BIAS[:2]}
    node = op("FusedDepthwiseConv2dNative", "y", ["x", "w", "b"], fused_ops=fused("BiasAdd", "Relu"), **POINTWISE)
    found = only(tensorflow.load(write_graph(tmp_path, [IMAGE, node], weights)))
    np.testing.assert_allclose(found, np.maximum(X * weights["w"][0, 0, :, 0] + BIAS[:2], 0), atol=1e-6)


def test_fused_batch_norm(tmp_path: Path, tensorflow: Runtime) -> None:
    w, scale, offset, mean = noise(1, 1, 2, 3, seed=1), noise(3, seed=4), noise(3, seed=5), noise(3, seed=6)
    variance = np.abs(noise(3, seed=7)) + 1
    node = op(
        "_FusedConv2D", "y", ["x", "w", "s", "o", "m", "v"], fused_ops=fused("FusedBatchNorm"), epsilon={"f": 0.5},
        **POINTWISE,
    )  # fmt: skip
    weights = {"w": w, "s": scale, "o": offset, "m": mean, "v": variance}
    found = only(tensorflow.load(write_graph(tmp_path, [IMAGE, node], weights)))
    expected = (X @ w[0, 0] - mean) / np.sqrt(variance + 0.5) * scale + offset
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_fused_matmul_and_prelu(tmp_path: Path, tensorflow: Runtime) -> None:
    x, w = noise(5, 2), noise(3, 2, seed=1)
    nodes = [
        placeholder("x", [-1, 2]),
        op("_FusedMatMul", "h", ["x", "w", "b"], fused_ops=fused("BiasAdd"), transpose_b={"b": True}),
        {"name": "y", "op": "Prelu", "input": ["h", "a"]},
    ]
    found = only(tensorflow.load(write_graph(tmp_path, nodes, {"w": w, "b": BIAS, "a": ALPHA})), x)
    np.testing.assert_allclose(found, ACTIVATIONS["Prelu"](x @ w.T + BIAS), rtol=1e-5, atol=1e-6)


def test_inputs_and_outputs_by_the_signatures_names(tmp_path: Path, runtime: Runtime) -> None:
    signature = {
        "inputs": {"picture:0": {"name": "x:0", "dtype": "DT_FLOAT", "tensorShape": IMAGE["attr"]["shape"]["shape"]}},
        "outputs": {"double": {"name": "y:0"}, "half:0": {"name": "z:0"}},
    }
    nodes = [IMAGE, op("AddV2", "y", ["x", "x"]), op("Tanh", "z", ["x"])]
    loaded = runtime.load(write_graph(tmp_path, nodes, {}, signature=signature))
    assert loaded.inputs == (TensorInfo("picture", (None, 4, 4, 2), "float32"),)
    assert loaded.outputs == tuple(TensorInfo(name, (None, 4, 4, 2), "float32") for name in ("double", "half"))
    found = loaded.run({"picture": X})
    np.testing.assert_array_equal(found["double"], X + X)
    np.testing.assert_allclose(found["half"], np.tanh(X), atol=1e-6)


def test_constants_that_the_converter_narrowed_and_attributes_it_left(tmp_path: Path, tensorflow: Runtime) -> None:
    wide: Node = {
        "name": "n", "op": "Const",
        "attr": {"dtype": {"type": "DT_INT64"}, "value": {"tensor": {"dtype": "DT_INT64", "tensorShape": {}}}},
    }  # fmt: skip
    cast: Node = {
        "name": "c", "op": "Cast", "input": ["n"],
        "attr": {"SrcT": {"type": "DT_INT64"}, "DstT": {"type": "DT_FLOAT"}, "no_such_attribute": {"b": True}},
    }  # fmt: skip
    topology = {"node": [wide, cast, IMAGE, op("Mul", "y", ["x", "c"])]}
    found = only(tensorflow.load(write(tmp_path, topology, {"n": np.array(3, np.int32)})))
    np.testing.assert_array_equal(found, X * 3)


@pytest.mark.parametrize("kind", [9999, "DT_RESOURCE", "DT_VARIANT"])
def test_a_constant_of_another_type_than_its_weight(tmp_path: Path, tensorflow: Runtime, kind: int | str) -> None:
    wrong = {"name": "c", "op": "Const", "attr": {"dtype": {"type": kind}}}
    model = write(tmp_path, {"node": [IMAGE, wrong, op("Mul", "y", ["x", "c"])]}, {"c": BIAS})
    with pytest.raises(ModelFormatError) as error:
        tensorflow.load(model)
    assert str(error.value).startswith(f"{model.path}: constant 'c' does not fit its weight (")


def test_an_unknown_op_is_named_with_its_node(tmp_path: Path, runtime: Runtime) -> None:
    model = write_graph(tmp_path, [IMAGE, op("MagicConv", "deep/magic", ["x"])], {})
    with pytest.raises(UnsupportedOp) as error:
        runtime.load(model)
    assert str(error.value) == (
        f"{model.path}: node 'deep/magic' is of op 'MagicConv', which TF.js' converter does not"
        " know; convert the model without it"
    )


@pytest.mark.parametrize(
    ("nodes", "keys", "kind", "message"),
    [
        (
            [IMAGE, {"name": "c", "op": "Const", "attr": {"dtype": {"type": "DT_FLOAT"}}}, op("Mul", "y", ["x", "c"])],
            {},
            ModelFormatError,
            "constant 'c' has no weight in weightsManifest; convert the model again",
        ),
        (
            [IMAGE, op("Tanh", "y", ["nowhere"])],
            {},
            ModelFormatError,
            "node 'y' takes 'nowhere', which the graph lacks;",
        ),
        ([IMAGE, op("Conv2D", "y", ["x", "x"])], {}, ModelError, "TensorFlow cannot build the graph ("),
        ([IMAGE], {}, ModelFormatError, "the graph has no output; convert the model again"),
        (
            [IMAGE, {"name": "y", "op": "Tanh", "attr": 3}],
            {},
            ModelFormatError,
            "attributes of node 'y' are not objects;",
        ),
        ([IMAGE, op("Tanh", "y", ["x"], T={"type": []})], {}, ModelFormatError, "not a TensorFlow graph ("),
        (
            [IMAGE, op("Tanh", "y", ["x"], T={"type": "\ud800"})],
            {},
            ModelFormatError,
            "not a TensorFlow graph ('utf-8' codec can't encode character '\\ud800'",
        ),
        (
            [IMAGE, op("Tanh", "y", ["x"])],
            {"signature": {"outputs": {"z": {"name": "gone:0"}}}},
            ModelFormatError,
            "the signature names 'gone:0', which the graph lacks",
        ),
    ],
)
def test_graphs_that_are_broken(
    tmp_path: Path, tensorflow: Runtime, nodes: list[Node], keys: dict[str, Any], kind: type[Exception], message: str
) -> None:
    model = write_graph(tmp_path, nodes, {}, **keys)
    with pytest.raises(kind) as error:
        tensorflow.load(model)
    assert str(error.value).startswith(f"{model.path}: {message}")
    assert "\n" not in str(error.value)


def dense(kind: str = "Dense", **config: Any) -> dict[str, Any]:
    found = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 2], "dtype": "float32"}},
        {"class_name": kind, "config": {"name": "d", "units": 3, "activation": "relu"} | config},
    ]
    return sequence(*found)


def sequence(*layers: Node) -> dict[str, Any]:
    return {"model_config": {"class_name": "Sequential", "config": {"name": "s", "layers": [*layers]}}}


def test_a_layers_model(tmp_path: Path, runtime: Runtime) -> None:
    w, x = noise(2, 3, seed=1), noise(5, 2)
    loaded = runtime.load(write(tmp_path, dense(), {"d/bias": BIAS, "d/kernel": w}))
    assert loaded.inputs == (TensorInfo("x", (None, 2), "float32"),)
    assert loaded.outputs == (TensorInfo("d", (None, 3), "float32"),)
    np.testing.assert_allclose(only(loaded, x), np.maximum(x @ w + BIAS, 0), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("topology", "weights", "kind", "message"),
    [
        (
            dense("Magic"),
            {},
            UnsupportedOp,
            "layer 'd' is of class 'Magic', which TF.js does not know; convert the model as a graph model",
        ),
        (dense("Lambda"), {}, UnsupportedOp, "layer 'd' is of class 'Lambda', which TF.js does not know;"),
        (dense(activation="zing"), {}, UnsupportedOp, "layer 'd' has activation 'zing', known are elu,"),
        (dense(units="many"), {}, ModelFormatError, "layer 'd' has units 'many', not a whole number; convert the"),
        (dense(units=-1), {}, ModelFormatError, "Keras cannot build the model ("),
        (
            sequence(
                {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 2, 2, 1]}},
                {"class_name": "UpSampling2D", "config": {"name": "u", "size": [10**12, 2]}},
            ),
            {},
            ModelFormatError,
            "Keras cannot build the model (",
        ),
        (dense(), {"d/kernel": noise(2, 3)}, WeightsError, "weight 'd/bias' is not in weightsManifest; convert the"),
        (
            dense(),
            {"d/kernel": noise(3, 2), "d/bias": BIAS},
            WeightsError,
            "weight 'd/kernel' has shape [3, 2], its layer needs [2, 3]; convert the model again",
        ),
    ],
)
def test_layers_models_that_are_broken(
    tmp_path: Path,
    runtime: Runtime,
    topology: dict[str, Any],
    weights: dict[str, Array],
    kind: type[Exception],
    message: str,
) -> None:
    model = write(tmp_path, topology, weights)
    with pytest.raises(kind) as error:
        runtime.load(model)
    assert str(error.value).startswith(f"{model.path}: {message}")


def test_whole_calls_are_their_stages(tmp_path: Path, runtime: Runtime) -> None:
    model = write_graph(tmp_path, [IMAGE, op("Tanh", "y", ["x"])], {})
    assert [stage.name for stage in runtime.stages()] == ["parse", "weights", "build"]
    loaded = stages.run(runtime.stages(), model)
    assert [stage.name for stage in loaded.stages()] == ["inference", "readback"]
    np.testing.assert_array_equal(stages.run(loaded.stages(), {"x": X})["y"], only(loaded))


def test_wrong_feeds_and_closed_models_are_one_line(tmp_path: Path, runtime: Runtime) -> None:
    loaded = runtime.load(write_graph(tmp_path, [IMAGE, op("Tanh", "y", ["x"])], {}))
    with pytest.raises(ModelError, match=r"^model m takes x: float32 \[\?x4x4x2\]; it was fed float64 \[1x4x4x2\]$"):
        loaded.run({"x": X.astype(np.float64)})
    loaded.close()
    loaded.close()
    with pytest.raises(ModelError, match=r"^model m is closed; load it again$"):
        loaded.run({"x": X})


def test_a_size_that_only_the_library_refuses(tmp_path: Path, runtime: Runtime) -> None:
    image = placeholder("x", [-1, -1, -1, 2])
    model = write_graph(tmp_path, [image, op("AddV2", "y", ["x", "b"])], {"b": noise(1, 4, 4, 2)})
    loaded = runtime.load(model)
    assert only(loaded).shape == (1, 4, 4, 2)
    with pytest.raises(ModelError) as error:
        only(loaded, noise(1, 5, 5, 2))
    assert str(error.value).startswith("model m cannot run inputs of shape 1x5x5x2 (")
    assert str(error.value).endswith("); try another --frame-size")
    assert len(str(error.value)) < 320


@pytest.mark.parametrize(
    "shapes", [[[], []], [[64, 3], [64, 3]], [[-1, 2], [-1, 2]], [[40, 2], []], [[1, 5, 2], [3, 1, 2]]]
)
def test_whatever_has_no_batch_dimension_is_run_whole(
    tmp_path: Path, runtime: Runtime, shapes: list[list[int]]
) -> None:
    both = [placeholder(name, shape) for name, shape in zip("ab", shapes, strict=True)]
    model = write_graph(tmp_path, [*both, op("AddV2", "z", ["a", "b"])], {})
    a, b = (noise(*(70 if side < 0 else side for side in shape), seed=at) for at, shape in enumerate(shapes))
    loaded = runtime.load(model)
    np.testing.assert_array_equal(loaded.run({"a": a, "b": b})["z"], a + b)


def test_reading_back_copies_nothing(tmp_path: Path, tensorflow: Runtime) -> None:
    found = only(tensorflow.load(write_graph(tmp_path, [IMAGE, op("Tanh", "y", ["x"])], {})))
    assert not found.flags.owndata


def test_it_says_what_it_is(runtime: Runtime) -> None:
    assert runtime.describe().endswith(("CPU core", "CPU cores")) or "GPU:" in runtime.describe()
    assert runtime.describe().startswith(("TensorFlow 2.", "tf_keras 2."))
