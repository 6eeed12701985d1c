"""Ops that TensorFlow lacks, computes otherwise, or crashes on; what is expected is computed with numpy."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import (
    Node,
    branch,
    constant,
    flag,
    function,
    fused,
    ints,
    noise,
    op,
    placeholder,
    text,
    write,
    write_graph,
)

from framegate.errors import ModelError, ModelFormatError, UnsupportedOp
from framegate.interfaces import Array
from framegate.models import memory
from framegate.runtimes.tensorflow import TensorFlowRuntime
from framegate.tfgraph.frozen_graph import _is_nearly_magic

FLOAT = {"type": "DT_FLOAT"}
INT = {"type": "DT_INT32"}
IMAGE = noise(1, 6, 6, 4)
FIRST = np.ascontiguousarray(IMAGE.transpose(0, 3, 1, 2))
NCHW, SAME, VALID = text("NCHW"), text("SAME"), text("VALID")


def run(folder: Path, nodes: list[Node], weights: dict[str, Array], *feeds: Array, **keys: Any) -> list[Array]:
    loaded = TensorFlowRuntime().load(write_graph(folder, nodes, weights, **keys))
    names = [info.name for info in loaded.inputs]
    return list(loaded.run(dict(zip(names, feeds, strict=True))).values())


def both_layouts(folder: Path, kind: str, weights: dict[str, Array], **attr: Any) -> tuple[Array, Array]:
    """What an op gives channels last, and what it gives channels first, brought to channels last."""
    strides, ksize = attr.pop("strides", None), attr.pop("ksize", None)
    last = dict(attr) | {key: ints(1, *v, 1) for key, v in (("strides", strides), ("ksize", ksize)) if v}
    first = dict(attr) | {key: ints(1, 1, *v) for key, v in (("strides", strides), ("ksize", ksize)) if v}
    names = ["x", *weights]
    (a,) = run(folder / "last", [placeholder("x", [-1, 6, 6, 4]), op(kind, "y", names, **last)], weights, IMAGE)
    nodes = [placeholder("x", [-1, 4, 6, 6]), op(kind, "y", names, data_format=NCHW, **first)]
    (b,) = run(folder / "first", nodes, weights, FIRST)
    return a, b.transpose(0, 2, 3, 1)


@pytest.mark.parametrize(
    ("kind", "weights", "attr"),
    [
        ("Conv2D", {"w": noise(3, 3, 4, 5)}, {"strides": (2, 1), "padding": SAME}),
        ("DepthwiseConv2dNative", {"w": noise(3, 3, 4, 2)}, {"strides": (1, 1), "padding": VALID}),
        ("DepthwiseConv2d", {"w": noise(3, 3, 4, 2)}, {"strides": (2, 2), "padding": SAME}),
        ("_FusedConv2D", {"w": noise(3, 3, 4, 5), "b": noise(5)},
         {"strides": (1, 2), "padding": SAME, "fused_ops": fused("BiasAdd", "Relu")}),
        ("MaxPool", {}, {"ksize": (2, 3), "strides": (2, 1), "padding": VALID}),
        ("AvgPool", {}, {"ksize": (3, 2), "strides": (1, 2), "padding": SAME}),
        ("FusedBatchNormV3", {n: noise(4, seed=i) ** 2 + 0.1 for i, n in enumerate("sbmv")},
         {"U": FLOAT, "is_training": {"b": True}, "epsilon": {"f": 0.01}}),
        ("BiasAdd", {"b": noise(4)}, {}),
    ],
)  # fmt: skip
def test_channels_first(tmp_path: Path, kind: str, weights: dict[str, Array], attr: dict[str, Any]) -> None:
    last, first = both_layouts(tmp_path, kind, weights, **attr)
    np.testing.assert_allclose(first, last, rtol=1e-5, atol=1e-6)


def test_a_transposed_convolution_channels_first(tmp_path: Path) -> None:
    filters = {"w": noise(2, 2, 5, 4)}
    shapes = {"last": (1, 12, 12, 5), "first": (1, 5, 12, 12)}
    found = {}
    for layout, fed, more in (("last", IMAGE, {}), ("first", FIRST, {"data_format": NCHW})):
        strides = ints(1, 2, 2, 1) if layout == "last" else ints(1, 1, 2, 2)
        node = op("Conv2DBackpropInput", "y", ["s", "w", "x"], strides=strides, padding=SAME, **more)
        weights = {"s": np.array(shapes[layout], np.int32), **filters}
        found[layout] = run(tmp_path / layout, [placeholder("x", fed.shape), node], weights, fed)[0]
    np.testing.assert_allclose(found["first"].transpose(0, 2, 3, 1), found["last"], rtol=1e-5, atol=1e-6)


def test_batch_norm_normalises_by_what_is_given(tmp_path: Path) -> None:
    weights = {"scale": noise(4), "offset": noise(4, seed=1), "mean": noise(4, seed=2), "var": noise(4, seed=3) ** 2}
    node = op("FusedBatchNorm", "y", ["x", *weights], is_training={"b": True}, epsilon={"f": 0.5})
    (found,) = run(tmp_path, [placeholder("x", IMAGE.shape), node], weights, IMAGE)
    scale, offset, mean, var = weights.values()
    np.testing.assert_allclose(found, (IMAGE - mean) / np.sqrt(var + 0.5) * scale + offset, rtol=1e-4, atol=1e-5)


def test_ops_that_only_tfjs_has(tmp_path: Path) -> None:
    row, filters = noise(1, 8, 2), noise(3, 2, 4)
    conv = op("Conv1D", "conv", ["x", "w"], stride={"i": "2"}, padding=VALID)
    ones = {"name": "ones", "op": "Ones", "input": ["shape"], "attr": {"T": FLOAT}}
    zeros = {"name": "zeros", "op": "Zeros", "input": ["shape"], "attr": {"T": INT}}
    fake = op("FakeQuantWithMinMaxVars", "fake", ["x", "low", "low"], num_bits={"i": "2"})
    weights = {"w": filters, "shape": np.array([2, 3], np.int32), "low": np.zeros((), np.float32)}
    found = run(tmp_path, [placeholder("x", row.shape), conv, ones, zeros, fake], weights, row)
    windows = np.stack([row[0, at : at + 3] for at in (0, 2, 4)])
    np.testing.assert_allclose(found[0][0], np.einsum("nkc,kcf->nf", windows, filters), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(found[1], np.ones((2, 3), np.float32))
    np.testing.assert_array_equal(found[2], np.zeros((2, 3), np.int32))
    np.testing.assert_array_equal(found[3], row)


def test_ops_that_tfjs_computes_otherwise(tmp_path: Path) -> None:
    """What is expected is TF.js' own answer (4.22.0, cpu backend)."""
    numbers, divisors = np.array([-7, -5, 5, 7], np.int32), np.array([3, -3, -3, 3], np.int32)
    weights = {
        "divisors": divisors, "depth": np.array(3, np.int32), "on": np.ones((), np.float32),
        "off": np.zeros((), np.float32), "rows": np.array([True, False]), "one": np.array(1, np.int32),
        "none": np.array(0, np.int32), "square": noise(2, 2), "other": noise(2, 2, seed=1), "grid": noise(3, 3),
    }  # fmt: skip
    nodes = [
        placeholder("x", [4], "DT_INT32"),
        op("Mod", "mod", ["x", "divisors"], T=INT),
        op("Div", "div", ["x", "divisors"], T=INT),
        op("OneHot", "hot", ["x", "depth", "on", "off"], TI=INT, axis={"i": "0"}),
        op("Select", "select", ["rows", "square", "other"]),
        op("MatrixBandPart", "band", ["grid", "one", "none"], Tindex=INT),
        op("Div", "floats", ["square", "other"]),
    ]
    found = run(tmp_path, nodes, weights, numbers)
    np.testing.assert_array_equal(found[0], [2, -2, -1, 1])
    np.testing.assert_array_equal(found[1], [-3, 1, -2, 2])
    assert found[2].shape == (4, 3)
    np.testing.assert_array_equal(found[3], np.where(weights["rows"], weights["square"], weights["other"]))
    np.testing.assert_array_equal(found[4], np.triu(np.tril(weights["grid"], 1), -1))
    np.testing.assert_allclose(found[5], weights["square"] / weights["other"], rtol=1e-6)


def test_ops_in_functions_that_tfjs_computes_otherwise(tmp_path: Path) -> None:
    mod = {"name": "mod", "op": "Mod", "input": ["x", "x"], "attr": {"T": FLOAT}}
    then, otherwise = function("then"), function("otherwise", mod)
    then["nodeDef"] = [{"name": "c", "op": "Const", "attr": constant("c", np.zeros((), np.float32))["attr"]}]
    then["nodeDef"].append({"name": "mod", "op": "Mod", "input": ["x", "c:output:0"], "attr": {"T": FLOAT}})
    then["ret"] = {"y": "mod:z:0"}
    topology = {
        "node": [flag(), placeholder("x", [2]), branch("y", "then", "otherwise", "x")],
        "library": {"function": [then, otherwise]},
    }
    loaded = TensorFlowRuntime().load(write(tmp_path, topology, {"c": np.array(0.5, np.float32)}))
    np.testing.assert_allclose(loaded.run({"x": np.array([-0.75, 0.75], np.float32)})["y"], [0.25, 0.25])


def test_types_in_functions_and_constants_that_tfjs_keeps_wider(tmp_path: Path) -> None:
    byte = {"type": "DT_UINT8"}
    value = {"dtype": "DT_UINT8", "tensorShape": {}, "intVal": [200]}
    double = {"name": "y", "op": "AddV2", "input": ["x", "x"], "attr": {"T": byte}}
    argument = {"name": "x", "type": "DT_UINT8"}
    twice = {
        "signature": {"name": "twice", "inputArg": [argument], "outputArg": [argument | {"name": "y"}]},
        "nodeDef": [double],
        "ret": {"y": "y:z:0"},
    }
    types = {"Tin": {"list": {"type": ["DT_UINT8"]}}, "Tout": {"list": {"type": ["DT_UINT8"]}}}
    call = branch("y", "twice", "twice", "sum")
    call["attr"] |= types
    nodes = [
        flag(),
        placeholder("x", [2], "DT_UINT8"),
        {"name": "k", "op": "Const", "attr": {"dtype": byte, "value": {"tensor": value}}},
        op("AddV2", "sum", ["x", "k"], T=byte),
        call,
    ]
    loaded = TensorFlowRuntime().load(write(tmp_path, {"node": nodes, "library": {"function": [twice]}}, {}))
    assert loaded.inputs[0].dtype == "uint8"
    np.testing.assert_array_equal(loaded.run({"x": np.array([1, 255], np.uint8)})["y"], [402, 910])


def test_a_depthwise_convolution_with_paddings_of_its_own(tmp_path: Path) -> None:
    """With a bias and an activation behind it TensorFlow 2.19 ended the process."""
    weights = {"w": noise(3, 3, 4, 2), "b": noise(8)}
    pads, names = ints(0, 0, 2, 1, 0, 3, 0, 0), fused("BiasAdd", "Relu6")
    how = {"strides": ints(1, 2, 2, 1), "padding": text("EXPLICIT"), "explicit_paddings": pads, "fused_ops": names}
    nodes = [placeholder("x", IMAGE.shape), op("FusedDepthwiseConv2dNative", "y", ["x", *weights], **how)]
    (found,) = run(tmp_path, nodes, weights, IMAGE)
    padded = np.pad(IMAGE, [(0, 0), (2, 1), (0, 3), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))[:, ::2, ::2]
    convolved = np.einsum("nhwcij,ijcm->nhwcm", windows, weights["w"]).reshape(1, 4, 4, 8)
    np.testing.assert_allclose(found, np.clip(convolved + weights["b"], 0, 6), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(), (1, 1, 1, 1), (1, 6, 6, 1), (1, 6, 6, 4), (4,)])
def test_a_norm_of_a_picture_with_any_scale(tmp_path: Path, shape: tuple[int, ...]) -> None:
    """TensorFlow 2.19 took all of them for a scale for each channel."""
    weights = {
        "axes": np.array([1, 2], np.int32), "e": np.array(1e-3, np.float32), "g": noise(*shape) + 2, "b": noise(*shape)
    }  # fmt: skip
    keep = {"keep_dims": {"b": True}, "Tidx": INT}
    nodes = [
        placeholder("x", IMAGE.shape),
        op("Mean", "mean", ["x", "axes"], **keep),
        op("SquaredDifference", "apart", ["x", "mean"]),
        op("Mean", "variance", ["apart", "axes"], **keep),
        op("AddV2", "sum", ["variance", "e"]),
        op("Rsqrt", "root", ["sum"]),
        op("Mul", "scale", ["root", "g"]),
        op("Mul", "scaled", ["x", "scale"]),
        op("Mul", "scaled_mean", ["mean", "scale"]),
        op("Sub", "offset", ["b", "scaled_mean"]),
        op("AddV2", "y", ["scaled", "offset"]),
    ]
    (found,) = run(tmp_path, nodes, weights, IMAGE)
    mean, variance = IMAGE.mean((1, 2), keepdims=True), IMAGE.var((1, 2), keepdims=True)
    expected = (IMAGE - mean) / np.sqrt(variance + 1e-3) * weights["g"] + weights["b"]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_pad_beside_a_convolution_with_bias(tmp_path: Path) -> None:
    """Without the rewrite TensorFlow 2.19 takes the pad for the convolution's own and crashes."""
    weights = {"w": noise(1, 1, 4, 8), "b": noise(8), "p": np.array([[0, 0], [0, 0], [0, 0], [0, 4]], np.int32)}
    nodes = [
        placeholder("x", IMAGE.shape),
        op("_FusedConv2D", "c", ["x", "w", "b"], strides=ints(1, 1, 1, 1), padding=VALID, fused_ops=fused("BiasAdd")),
        op("Pad", "pad", ["x", "p"], Tpaddings=INT),
        op("AddV2", "sum", ["c", "pad"]),
        op("Relu", "y", ["sum"]),
    ]
    (found,) = run(tmp_path, nodes, weights, IMAGE)
    expected = IMAGE @ weights["w"][0, 0] + weights["b"] + np.pad(IMAGE, weights["p"])
    np.testing.assert_allclose(found, np.maximum(expected, 0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("sixth", [np.float16(1 / 6), np.float32(1 / 6)])
def test_a_rounded_sixth_stays_what_it_is(tmp_path: Path, sixth: Any) -> None:
    weights = {
        "w": noise(1, 1, 4, 4),
        "b": noise(4),
        "three": np.array(3, np.float32),
        "sixth": np.array(sixth, np.float32),
    }
    nodes = [
        placeholder("x", IMAGE.shape),
        op("Conv2D", "c", ["x", "w"], strides=ints(1, 1, 1, 1), padding=SAME),
        op("BiasAdd", "biased", ["c", "b"]),
        op("AddV2", "add", ["biased", "three"]),
        op("Relu6", "relu", ["add"]),
        op("Mul", "scaled", ["relu", "sixth"]),
        op("Mul", "y", ["biased", "scaled"]),
    ]
    (found,) = run(tmp_path, nodes, weights, IMAGE)
    x = (IMAGE @ weights["w"][0, 0] + weights["b"]).astype(np.float64)
    np.testing.assert_allclose(found, x * np.clip(x + 3, 0, 6) * float(sixth), rtol=3e-5, atol=1e-6)


def test_an_input_that_is_an_output_and_one_that_nobody_takes(tmp_path: Path) -> None:
    nodes = [placeholder("x", [2]), placeholder("unused", [2])]
    signature = {"outputs": {"same": {"name": "x:0"}}}
    found = run(tmp_path, nodes, {}, np.array([1, 2], np.float32), np.zeros(2, np.float32), signature=signature)
    np.testing.assert_array_equal(found[0], [1, 2])


def test_an_input_of_unknown_rank_takes_any(tmp_path: Path) -> None:
    x = {"name": "x", "op": "Placeholder", "attr": {"dtype": FLOAT, "shape": {"shape": {"unknownRank": True}}}}
    loaded = TensorFlowRuntime().load(write_graph(tmp_path, [x, op("Neg", "y", ["x"])], {}))
    for shape in ((), (3,), (1, 2, 2, 1)):
        assert loaded.run({"x": np.ones(shape, np.float32)})["y"].shape == shape


def test_decision_forests_are_refused_by_name(tmp_path: Path) -> None:
    model = write_graph(tmp_path, [op("SimpleMLInferenceOpWithHandle", "trees", [])], {})
    with pytest.raises(UnsupportedOp) as error:
        TensorFlowRuntime().load(model)
    assert str(error.value).endswith("; a decision forest needs the library of tfjs-tfdf, and is not an image model")


def big(shape: list[int]) -> Node:
    found = constant("c", np.zeros((), np.float32))
    found["attr"]["value"]["tensor"] |= {"tensorShape": {"dim": [{"size": str(n)} for n in shape]}, "floatVal": [1.0]}
    return found


@pytest.mark.parametrize(
    ("shape", "kind", "message"),
    [
        ([1 << 20, 1 << 20], ModelError, "constant 'c' is of 4,398.0 GB and"),
        ([1 << 40, 1 << 40], ModelError, "constant 'c' is of 4,835,703,278,458,51"),
        ([-3, 2], ModelFormatError, "constant 'c' has impossible shape [-3, 2]; convert the model again"),
    ],
)
def test_constants_too_large_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: list[int], kind: type[Exception], message: str
) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: 1 << 34)
    model = write(tmp_path, {"node": [placeholder("x", [2]), big(shape), op("Mul", "y", ["x", "c"])]}, {})
    with pytest.raises(kind) as error:
        TensorFlowRuntime().load(model)
    assert str(error.value).startswith(f"{model.path}: {message}")


def test_an_op_without_an_input_it_needs(tmp_path: Path) -> None:
    model = write_graph(tmp_path, [placeholder("x", [2]), op("Mul", "y", ["x"])], {})
    with pytest.raises(ModelFormatError) as error:
        TensorFlowRuntime().load(model)
    assert str(error.value) == (
        f"{model.path}: node 'y' (Mul) lacks inputs, it has 1 and needs 2; convert the model again"
    )


@pytest.mark.parametrize(
    ("value", "kept"), [(float(np.float16(math.sqrt(0.5))), True), (math.sqrt(0.5), False), (0.9, False)]
)
def test_gelus_numbers_are_kept_too(value: float, kept: bool) -> None:  # noqa: FBT001
    assert _is_nearly_magic(np.array([value], np.float32)) == kept


@pytest.mark.parametrize("name", ["_ö ut", "_y", "y>", "y>/z"])
@pytest.mark.parametrize("size", [1, 1 << 13])
def test_names_that_only_tfjs_takes(tmp_path: Path, size: int, name: str) -> None:
    x = placeholder("in put/[0]", [-1, size])
    nodes = [x, op("Mul", name, ["in put/[0]", "gäin:0"])]
    loaded = TensorFlowRuntime().load(write_graph(tmp_path, nodes, {"gäin": np.full(size, 2, np.float32)}))
    assert [info.name for info in (*loaded.inputs, *loaded.outputs)] == ["in put/[0]", name]
    np.testing.assert_array_equal(loaded.run({"in put/[0]": np.ones((1, size), np.float32)})[name], 2)
