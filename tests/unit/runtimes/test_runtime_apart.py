"""Large weights pass the converters by: the same numbers, and a few times the bytes of the weights in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import Node, ints, noise, op, placeholder, text, write_graph
from layer_values import write_model

from framegate.inference import converted
from framegate.inference.abilities import open_runtime
from framegate.inference.converted import ConvertedRuntime
from framegate.interfaces import Array, ResolvedModel, Runtime
from framegate.models import tf
from framegate.registry import Registry
from framegate.runtimes import builtin
from framegate.tfgraph.export import exported
from framegate.tfgraph.freeze import freeze
from framegate.tfgraph.parts import add_weights, parse
from framegate.tfgraph.scales import without_scales

pytestmark = pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[all]")
PACKAGES = {"openvino": "openvino", "onnxruntime": "onnxruntime", "litert": "ai_edge_litert"}
X_SIDES = (8, 8, 128)
X = placeholder("x", [1, *X_SIDES])
CONV = {"strides": ints(1, 1, 1, 1), "padding": text("SAME")}
CHANNELS = np.linspace(0.5, 2, 1024, dtype=np.float32)
LARGE = noise(3, 3, 128, 1024, seed=1) / 32
# Enough to have those above kept apart, whatever becomes of it.
POINTWISE = noise(1, 1, 1024, 128, seed=2) / 32

NETS: dict[str, tuple[list[Node], dict[str, Array]]] = {
    "convolution": ([op("Conv2D", "y", ["x", "w"], **CONV)], {"w": LARGE}),
    "scaled": (
        [op("Conv2D", "c", ["x", "w"], **CONV), op("Mul", "m", ["c", "s"]), op("AddV2", "y", ["m", "s"])],
        {"w": LARGE, "s": CHANNELS},
    ),
    "scaled from the left": (
        [op("Conv2D", "c", ["x", "w"], **CONV), op("Mul", "y", ["s", "c"])],
        {"w": LARGE, "s": CHANNELS.reshape(1, 1, 1, -1)},
    ),
    "scaled beside another use": (
        [op("Conv2D", "c", ["x", "w"], **CONV), op("Mul", "m", ["c", "s"]), op("Sub", "y", ["m", "c"])],
        {"w": LARGE, "s": CHANNELS},
    ),
    "scaled by one number": (
        [op("Conv2D", "c", ["x", "w"], **CONV), op("Mul", "y", ["c", "s"])],
        {"w": LARGE, "s": np.array([3], np.float32)},
    ),
    "one filter twice": (
        [
            op("Conv2D", "c", ["x", "w"], **CONV), op("Mul", "m", ["c", "s"]), op("Conv2D", "d", ["x", "w"], **CONV),
            op("AddV2", "y", ["m", "d"]),
        ],
        {"w": LARGE, "s": CHANNELS},
    ),
    "transposed convolution": (
        [op("Conv2DBackpropInput", "c", ["size", "w", "x"], **CONV), op("Mul", "y", ["c", "s"])],
        {"w": LARGE.transpose(0, 1, 3, 2).copy(), "s": CHANNELS, "size": np.array([1, 8, 8, 1024], np.int32)},
    ),
    "matrix": (
        [op("Mean", "v", ["x", "axes"]), op("MatMul", "y", ["v", "w"])],
        {"w": noise(128, 10_000, seed=3), "axes": np.array([1, 2], np.int32)},
    ),
    "sum": ([op("AddV2", "y", ["x", "w"])], {"w": noise(128, 8, 8, 128, seed=4)}),
    "two convolutions": (
        [op("Conv2D", "c", ["x", "w"], **CONV), op("Relu", "r", ["c"]), op("Conv2D", "y", ["r", "v"], **CONV)],
        {"w": LARGE, "v": POINTWISE},
    ),
}  # fmt: skip


@pytest.fixture(params=PACKAGES, scope="module")
def runtime(request: pytest.FixtureRequest) -> Runtime:
    if find_spec(PACKAGES[request.param]) is None:
        pytest.skip("needs pytest-framegate[all]")
    return open_runtime(Registry("runtime", [builtin()])[request.param], 2)


@pytest.fixture(scope="module")
def tensorflow() -> Runtime:
    return builtin()["tensorflow"]()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def placements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where the weights were in each conversion that was tried."""
    tried: list[str] = []

    def noted(tf: Any, parts: Any, placement: Any = "inside") -> Any:
        tried.append(placement)
        frozen = freeze(tf, parts, placement)
        assert placement == "inside" or frozen.weights
        return frozen

    monkeypatch.setattr(converted, "freeze", noted)
    return tried


def result(runtime: Runtime, net: ResolvedModel, x: Array) -> Array:
    loaded = runtime.load(net)
    try:
        return loaded.run({"x": x})["y"].copy()
    finally:
        loaded.close()


@pytest.mark.parametrize("name", NETS)
def test_the_numbers_are_the_same(
    tmp_path: Path, runtime: Runtime, tensorflow: Runtime, placements: list[str], name: str
) -> None:
    nodes, weights = NETS[name]
    net = write_graph(tmp_path, [X, *nodes], weights)
    x = noise(1, 8, 8, 128)
    np.testing.assert_allclose(result(runtime, net, x), result(tensorflow, net, x), atol=2e-4, rtol=2e-4)
    assert placements == ["apart"]


def test_what_a_converter_must_know_is_a_constant_after_all(
    tmp_path: Path, tensorflow: Runtime, runtime: Runtime, placements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(runtime, ConvertedRuntime)
    convert = type(runtime).convert

    def picky(self: Any, tf: Any, frozen: Any, folder: Path) -> None:
        (folder / "half").write_bytes(b"written before it was refused")
        if frozen.weights:
            raise ValueError("weights must be known")
        convert(self, tf, frozen, folder)

    monkeypatch.setattr(type(runtime), "convert", picky)
    nodes, weights = NETS["convolution"]
    net = write_graph(tmp_path, [X, *nodes], weights)
    x = noise(1, 8, 8, 128)
    np.testing.assert_allclose(result(runtime, net, x), result(tensorflow, net, x), atol=2e-4, rtol=2e-4)
    assert placements == ["apart", "inside"]


def layers_net(folder: Path, build: Callable[[Any, Any], Any]) -> ResolvedModel:
    """A layers model from input ``x`` to a last layer ``y``, with numbers of our own."""
    keras = tf.tf_keras()
    x = keras.Input(X_SIDES, batch_size=1, name="x")
    net = keras.Model(x, build(keras.layers, x))
    weights = [
        {"name": weight.name.removesuffix(":0"), "shape": weight.shape.as_list(), "salt": salt}
        for salt, weight in enumerate(net.weights)
    ]
    folder.mkdir(exist_ok=True)
    return ResolvedModel("net", write_model(folder, json.loads(net.to_json()), weights), "layers", folder.name)


def normalised(layers: Any, x: Any) -> Any:
    x = layers.Conv2D(1024, 3, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(epsilon=0.01)(x))
    return layers.Conv2DTranspose(64, 3, strides=2, name="y")(x)


def shared(layers: Any, x: Any) -> Any:
    twice = layers.Conv2D(128, 3, padding="same")
    normal = layers.BatchNormalization(scale=False)
    x = normal(twice(normal(twice(x))))
    return layers.Dense(5000, name="y")(layers.Flatten()(layers.MaxPooling2D(4)(x)))


def recurrent(layers: Any, x: Any) -> Any:
    return layers.LSTM(512, name="y")(layers.Reshape((8, 1024))(x))


def embedded(layers: Any, x: Any) -> Any:
    return layers.Embedding(20_000, 64, name="y")(x)


LAYERS: dict[str, Callable[[Any, Any], Any]] = {"normalised": normalised, "shared": shared}


@pytest.mark.parametrize("name", LAYERS)
def test_the_numbers_of_layers_are_the_same(
    tmp_path: Path, runtime: Runtime, tensorflow: Runtime, placements: list[str], name: str
) -> None:
    net = layers_net(tmp_path / name, LAYERS[name])
    x = noise(1, *X_SIDES)
    want = result(tensorflow, net, x)
    np.testing.assert_allclose(result(runtime, net, x), want, atol=1e-5 * float(np.abs(want).max()))
    assert placements == ["apart"]


@pytest.mark.parametrize("name", LAYERS)
def test_large_weights_of_layers_are_tensors_that_the_function_holds(tmp_path: Path, name: str) -> None:
    parts = add_weights(parse(layers_net(tmp_path / name, LAYERS[name])))
    x = noise(1, *X_SIDES)
    inside, outside = (freeze(tf.tensorflow(), parts, placement).call for placement in ("inside", "held"))
    assert [tensor.shape.num_elements() > 4096 for tensor in outside.captured_inputs].count(True)
    assert not inside.captured_inputs
    want, shown = (np.asarray(call(tf.tensorflow().constant(x))[0]) for call in (inside, outside))
    np.testing.assert_allclose(shown, want, atol=1e-5 * float(np.abs(want).max()))


@pytest.mark.parametrize("build", [recurrent, embedded])
def test_layers_that_do_more_with_a_weight_than_read_it_have_it_inside(
    tmp_path: Path, build: Callable[[Any, Any], Any]
) -> None:
    net = layers_net(tmp_path / "net", build)
    assert freeze(tf.tensorflow(), add_weights(parse(net)), "apart").weights == ()


def test_a_normalisation_is_multiplied_into_the_filters_before_it(tmp_path: Path) -> None:
    parts = add_weights(parse(layers_net(tmp_path / "net", normalised)))
    whole = exported(tf.tensorflow(), freeze(tf.tensorflow(), parts, "apart"))
    ops = {node.op for node in without_scales(whole).graph.node}
    assert "FusedBatchNormV3" in {node.op for node in whole.graph.node}
    assert {"FusedBatchNormV3", "Mul"} & ops == set()


def deep_layers(folder: Path, layers: int) -> ResolvedModel:
    """The same as `deep_net` in layers."""

    def build(layers_of: Any, x: Any) -> Any:
        x = layers_of.Conv2D(512, 1)(x)
        for _ in range(layers):
            x = layers_of.Conv2D(512, 3, padding="same")(x)
        return layers_of.ReLU(name="y")(x)

    return layers_net(folder, build)


def deep_net(folder: Path, layers: int) -> ResolvedModel:
    """A chain of convolutions with 9.4 MB of weights each."""
    nodes: list[Node] = [placeholder("x", [1, 4, 4, 512])]
    for index in range(layers):
        before = f"c{index - 1}" if index else "x"
        nodes.append(op("Conv2D", f"c{index}", [before, f"w{index}"], **CONV))
    weights = {f"w{index}": noise(3, 3, 512, 512, seed=index) / 64 for index in range(layers)}
    return write_graph(folder, nodes, weights)


# Asks in one process what each load takes at most: the peak begins anew before each.
PEAKS = """
import json, sys
from pathlib import Path
from framegate.interfaces import ResolvedModel
from framegate.gate.worker.memory import forget_peak, peak_bytes, resident_bytes
from framegate.models import tf
from framegate.runtimes import builtin

model = ResolvedModel("m", Path(sys.argv[1]), sys.argv[2], "0")
tf.tensorflow()
tf.tf_keras()
peaks = {}
for name in sys.argv[3:]:
    runtime = builtin()[name]()
    for when in ("first", "again"):
        before = resident_bytes()
        assert forget_peak()
        loaded = runtime.load(model)
        peaks[f"{name} {when}"] = peak_bytes() - before
        loaded.close()
        del loaded
print(json.dumps(peaks))
"""


def peaks(net: ResolvedModel, names: Sequence[str]) -> dict[str, int]:
    command = [sys.executable, "-c", PEAKS, str(net.path), net.format, *names]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells the peak of a part of a run")
@pytest.mark.parametrize("deep", [deep_net, deep_layers])
def test_a_first_load_takes_less_than_five_times_the_weights(
    tmp_path: Path, deep: Callable[[Path, int], ResolvedModel]
) -> None:
    names = [name for name, package in PACKAGES.items() if find_spec(package)]
    net = deep(tmp_path / "net", 8)
    weights = 8 * 9 * 512 * 512 * 4
    found = peaks(net, [*names, "tensorflow", "keras"])
    assert {case: size for case, size in found.items() if size >= 5 * weights} == {}
    again = {case: size for case, size in found.items() if case.endswith("again") and case.split()[0] in names}
    assert {case: size for case, size in again.items() if size >= 3 * weights} == {}
