"""The runtimes that convert: each against TensorFlow, on models of several inputs, outputs and shapes."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import Node, ints, noise, op, placeholder, text, write_graph

from framegate.errors import BackendUnavailable, ModelError
from framegate.extras import how_to_install
from framegate.inference.abilities import open_runtime
from framegate.interfaces import Array, LoadedModel, ResolvedModel, Runtime
from framegate.measure import stages
from framegate.models import tf
from framegate.registry import Registry
from framegate.runtimes import builtin

PACKAGES = {
    "openvino": "openvino", "onnxruntime": "onnxruntime", "litert": "ai_edge_litert", "tensorflow-xla": "tensorflow",
}  # fmt: skip
CONVERTED = ["openvino", "onnxruntime", "litert"]
ANY_SIZE = placeholder("x", [-1, -1, -1, 2])
CONV = {"strides": ints(1, 1, 1, 1), "padding": text("SAME")}

pytestmark = pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[all]")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "converted"


def made(name: str) -> Runtime:
    if find_spec(PACKAGES[name]) is None:
        pytest.skip("needs pytest-framegate[all]")
    return open_runtime(Registry("runtime", [builtin()])[name], 2)


@pytest.fixture(params=sorted(PACKAGES))
def runtime(request: pytest.FixtureRequest) -> Runtime:
    return made(request.param)


@pytest.fixture(params=CONVERTED)
def converted(request: pytest.FixtureRequest) -> Runtime:
    return made(request.param)


@pytest.fixture(scope="module")
def tensorflow() -> Runtime:
    found: Runtime = builtin()["tensorflow"]()
    return found


def model(folder: Path, nodes: Sequence[Node], weights: dict[str, Array] | None = None, **keys: Any) -> ResolvedModel:
    """A graph model with the hash that its conversion is kept by."""
    found = write_graph(folder, nodes, weights or {}, **keys)
    content = found.path.read_bytes() + (found.path.parent / "shard").read_bytes()
    return replace(found, sha256=hashlib.sha256(content).hexdigest())


def taken(name: str, nodes: Sequence[Node]) -> dict[str, Any]:
    """A signature's entry for an input."""
    attr = next(node["attr"] for node in nodes if node["name"] == name)
    return {"name": f"{name}:0", "dtype": attr["dtype"]["type"], "tensorShape": attr["shape"]["shape"]}


def small_net(folder: Path) -> ResolvedModel:
    weights = {"w": noise(3, 3, 2, 3, seed=1)}
    return model(folder, [ANY_SIZE, op("Conv2D", "c", ["x", "w"], **CONV), op("Tanh", "y", ["c"])], weights)


def only(loaded: LoadedModel, x: Array) -> Array:
    (found,) = loaded.run({loaded.inputs[0].name: x}).values()
    return found


def test_sizes_one_after_another_and_back(tmp_path: Path, runtime: Runtime, tensorflow: Runtime) -> None:
    net = small_net(tmp_path)
    ours, theirs = runtime.load(net), tensorflow.load(net)
    assert (ours.inputs, ours.outputs) == (theirs.inputs, theirs.outputs)
    for height, width in ((8, 8), (5, 7), (9, 4), (1, 1), (6, 6), (8, 8), (5, 7)):
        x = noise(1, height, width, 2, seed=height)
        np.testing.assert_allclose(only(ours, x), only(theirs, x), atol=1e-5)


def test_several_inputs_and_outputs_in_the_models_order(tmp_path: Path, runtime: Runtime, tensorflow: Runtime) -> None:
    nodes = [
        placeholder("b", [-1, 3]),
        placeholder("a", [-1, 3]),
        op("Sub", "z", ["a", "b"]),
        op("Tanh", "y", ["b"]),
        op("Identity", "same", ["a"]),
    ]
    signature = {
        "inputs": {name: taken(name, nodes) for name in ("b", "a")},
        "outputs": {name: {"name": f"{name}:0"} for name in ("z", "same", "y")},
    }
    net = model(tmp_path, nodes, signature=signature)
    ours, theirs = runtime.load(net), tensorflow.load(net)
    feeds = {info.name: noise(2, 3, seed=index) for index, info in enumerate(ours.inputs)}
    found, expected = ours.run(feeds), theirs.run(feeds)
    assert list(found) == list(expected) == [info.name for info in ours.outputs]
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, atol=1e-6)


def test_an_input_that_no_output_needs(tmp_path: Path, runtime: Runtime) -> None:
    nodes = [placeholder("unused", [-1, 5]), ANY_SIZE, op("Tanh", "y", ["x"])]
    signature = {
        "inputs": {name: taken(name, nodes) for name in ("unused", "x")},
        "outputs": {"y": {"name": "y:0"}},
    }
    loaded = runtime.load(model(tmp_path, nodes, signature=signature))
    x = noise(1, 4, 4, 2)
    np.testing.assert_allclose(loaded.run({"x": x, "unused": noise(1, 5)})["y"], np.tanh(x), atol=1e-6)


@pytest.mark.parametrize("name", ["onnxruntime", "openvino"])
def test_an_input_of_unknown_rank_that_is_no_image(tmp_path: Path, name: str, tensorflow: Runtime) -> None:
    floats, wholes = {"type": "DT_FLOAT"}, {"type": "DT_INT32"}
    ratio = {"name": "r", "op": "Placeholder", "attr": {"dtype": floats, "shape": {"shape": {"unknownRank": True}}}}
    cast = {"name": "size", "op": "Cast", "input": ["wide"], "attr": {"SrcT": floats, "DstT": wholes}}
    resize = op("ResizeBilinear", "y", ["x", "size"], half_pixel_centers={"b": True})
    nodes = [placeholder("x", [1, 8, 8, 3]), ratio, op("Mul", "wide", ["sides", "r"]), cast, resize]
    files = model(tmp_path, nodes, {"sides": np.array([8, 8], np.float32)})
    feeds = {"x": noise(1, 8, 8, 3), "r": np.array(0.5, np.float32)}
    found, expected = (runtime.load(files).run(feeds)["y"] for runtime in (made(name), tensorflow))
    assert found.shape == (1, 4, 4, 3)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_integers_come_and_go(tmp_path: Path, runtime: Runtime) -> None:
    nodes = [
        placeholder("x", [-1, 4], "DT_INT32"),
        {"name": "y", "op": "AddV2", "input": ["x", "x"], "attr": {"T": {"type": "DT_INT32"}}},
    ]
    found = only(runtime.load(model(tmp_path, nodes)), np.arange(4, dtype=np.int32)[None])
    assert found.dtype == np.int32
    assert found.tolist() == [[0, 2, 4, 6]]


def test_a_list_of_no_items_is_one_line_in_litert(tmp_path: Path) -> None:
    nodes = [placeholder("x", [2, 2], "DT_BOOL"), op("Where", "y", ["x"], T={"type": "DT_BOOL"})]
    loaded = made("litert").load(write_graph(tmp_path, nodes, {}))
    with pytest.raises(ModelError, match=r"LiteRT cannot hand out its outputs .*; use the tensorflow runtime$"):
        loaded.run({"x": np.zeros((2, 2), np.bool_)})


def test_constants_that_openvino_leaves_out_of_the_outputs_are_one_line(tmp_path: Path) -> None:
    tensor = {"dtype": "DT_INT64", "tensorShape": {"dim": [{"size": "2"}]}, "int64Val": ["2", "2"]}
    long = {"type": "DT_INT64"}
    constant = {"name": "c", "op": "Const", "attr": {"dtype": long, "value": {"tensor": tensor}}}
    nodes = [constant, op("Identity", "y", ["c"], T=long), op("Identity", "z", ["c"], T=long)]
    with pytest.raises(BackendUnavailable, match="OpenVINO has left out 2 of 2 outputs"):
        made("openvino").load(write_graph(tmp_path, nodes, {}))


def test_arrays_of_every_layout(tmp_path: Path, runtime: Runtime) -> None:
    loaded = runtime.load(model(tmp_path, [ANY_SIZE, op("Tanh", "y", ["x"])]))
    x = noise(1, 4, 6, 2)
    frozen = x.copy()
    frozen.flags.writeable = False
    for array in (x[:, :, ::-1], x.transpose(0, 2, 1, 3), x[:, ::2], frozen):
        np.testing.assert_allclose(only(loaded, array), np.tanh(array), atol=1e-6)


def test_a_result_is_whole_until_the_next_run_whatever_becomes_of_the_input(tmp_path: Path, runtime: Runtime) -> None:
    loaded = runtime.load(model(tmp_path, [ANY_SIZE, op("Identity", "y", ["x"])]))
    x = noise(1, 4, 4, 2)
    expected = x.copy()
    found = only(loaded, x)
    x[:] = 0  # a camera writes the next frame where the last one was
    gc.collect()
    np.testing.assert_array_equal(found, expected)


def test_whole_calls_are_their_stages(tmp_path: Path, runtime: Runtime) -> None:
    net = small_net(tmp_path)
    assert [stage.name for stage in runtime.stages()] == ["parse", "weights", "build"]
    loaded = stages.run(runtime.stages(), net)
    assert [stage.name for stage in loaded.stages()] == ["inference", "readback"]
    x = noise(1, 4, 4, 2)
    staged = stages.run(loaded.stages(), {"x": x})["y"].copy()
    np.testing.assert_array_equal(staged, only(loaded, x))
    loaded.close()
    loaded.close()
    with pytest.raises(ModelError, match=r"^model m is closed; load it again$"):
        loaded.run({"x": x})


def test_a_model_is_converted_once(
    tmp_path: Path, converted: Runtime, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = small_net(tmp_path)
    expected = only(converted.load(net), noise(1, 4, 4, 2)).copy()
    (kept,) = own_cache.glob("*/*")
    monkeypatch.setattr(tf, "tensorflow", lambda: pytest.fail("TensorFlow was asked for again"))
    (net.path.parent / "shard").unlink()
    np.testing.assert_array_equal(only(converted.load(net), noise(1, 4, 4, 2)), expected)
    assert [*own_cache.glob("*/*")] == [kept]


def test_another_hash_is_another_conversion(tmp_path: Path, converted: Runtime, own_cache: Path) -> None:
    converted.load(small_net(tmp_path / "a"))
    converted.load(model(tmp_path / "b", [ANY_SIZE, op("Tanh", "y", ["x"])]))
    assert len([*own_cache.glob("*/*")]) == 2


def pair(op_name: str, shape: list[int], output: str) -> list[Node]:
    """A graph of one op that takes the input twice."""
    attributes = {"T": {"type": "DT_FLOAT"}, output: {"type": "DT_INT32"}}
    return [placeholder("x", shape), {"name": "y", "op": op_name, "input": ["x", "x"], "attr": attributes}]


def test_what_the_converter_refuses_is_said_in_one_line_and_remembered(
    tmp_path: Path, converted: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = model(tmp_path, pair("UpperBound", [2, 4], "out_type"))
    with pytest.raises(BackendUnavailable, match=r"cannot convert the model: .*UpperBound") as error:
        converted.load(net)
    assert error.value.install_hint == "use the tensorflow runtime"
    assert len(str(error.value)) < 320
    monkeypatch.setattr(tf, "tensorflow", lambda: pytest.fail("it was converted again"))
    with pytest.raises(BackendUnavailable) as again:
        converted.load(net)
    assert str(again.value) == str(error.value)


def test_what_tensorflow_raises_in_a_converter_is_the_converters_refusal(
    tmp_path: Path, converted: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*_: object) -> None:
        raise tf.tensorflow().errors.NotFoundError(None, None, "type attr not found: T")

    monkeypatch.setattr(type(converted), "convert", raises)
    with pytest.raises(
        BackendUnavailable, match=r" cannot convert the model: type attr not found: T; use the tensorflow runtime$"
    ):
        converted.load(small_net(tmp_path))


def test_what_xla_refuses_is_said_at_the_first_run(tmp_path: Path) -> None:
    loaded = made("tensorflow-xla").load(model(tmp_path, pair("ListDiff", [-1], "out_idx")))
    with pytest.raises(BackendUnavailable, match=r"^XLA cannot compile the model \(.*ListDiff"):
        only(loaded, noise(4))


def test_a_size_that_only_the_library_refuses(tmp_path: Path, runtime: Runtime) -> None:
    net = model(tmp_path, [ANY_SIZE, op("AddV2", "y", ["x", "b"])], {"b": noise(1, 4, 4, 2)})
    loaded = runtime.load(net)
    assert only(loaded, noise(1, 4, 4, 2)).shape == (1, 4, 4, 2)
    with pytest.raises((ModelError, BackendUnavailable)) as error:
        only(loaded, noise(1, 5, 5, 2))
    assert "\n" not in str(error.value)
    assert only(loaded, noise(1, 4, 4, 2)).shape == (1, 4, 4, 2)


def test_it_says_what_it_is(runtime: Runtime) -> None:
    assert runtime.describe().endswith(", 2 threads")


@pytest.mark.parametrize("name", CONVERTED)
def test_without_the_library(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    package = {"litert": "ai_edge_litert.interpreter"}.get(name, PACKAGES[name])
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(BackendUnavailable) as error:
        builtin()[name]()
    assert error.value.install_hint == how_to_install(name)
