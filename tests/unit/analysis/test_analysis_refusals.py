"""What TF.js refuses of a model; each sentence was compared with TF.js 4.22.0 in Node on a model of this kind."""

from pathlib import Path
from typing import Any

import pytest

from framegate.analysis.refusals import tfjs_refusals
from framegate.analysis.shard_states import order_notes
from framegate.analysis.tensors import Shape
from framegate.models.manifest import WeightEntry, WeightGroup
from framegate.models.old_forms import standard_layers
from framegate.models.topology import ModelJson

Json = dict[str, Any]
ENDS = {"input_layers": [["x", 0, 0]], "output_layers": [["x", 0, 0]]}


def layer(kind: str, **config: Any) -> Json:
    return {"class_name": kind, "name": "d", "config": {"name": "d"} | config}


def refusals(*layers: Json, takes: dict[str, list[Shape]] | None = None, **config: Any) -> tuple[str, ...]:
    inside = {"name": "m", "layers": list(layers)} | ENDS | config
    topology = {"model_config": {"class_name": "Functional", "config": inside}}
    document = {"modelTopology": standard_layers(topology), "weightsManifest": []}
    return tfjs_refusals(ModelJson(Path("model.json"), "layers", document, ()), takes or {})


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (layer("InputLayer", batch_shape=[None, 4]), "An InputLayer should be passed either a `batchInputShape`"),
        (layer("InputLayer", batch_input_shape=[1], dtype="uint8"), "The dtype of the feed (float32) can not be cast"),
        (layer("Subtract"), "Unknown layer: Subtract"),
        (layer("Dense", activation="leaky_relu"), "Unknown activation: leakyRelu"),
        (layer("LSTM", recurrent_activation="exponential"), "Unknown activation: exponential"),
        (layer("Dense", kernel_regularizer={"class_name": "L2", "config": {}}), "Unknown regularizer: L2"),
        (layer("Dense", bias_initializer={"class_name": "LecunNormal"}), "Unknown initializer: LecunNormal"),
        (layer("Dense", kernel_constraint="radial"), "Unknown constraint: radial"),
        (layer("Conv1D", padding="causal"), "The support for CAUSAL padding mode in conv1dWithBias is not implemented"),
        (layer("Conv2D", groups=2), "Shape mismatch: layer 'd' has 2 groups"),
        (layer("Resizing", interpolation="bicubic"), "Invalid interpolation parameter: bicubic is not implemented"),
        (layer("Resizing", interpolation="nearest"), "Error in resizeNearestNeighbor: x must be rank 3 or 4"),
        (layer("SeparableConv2D", kernel_initializer="zeros"), "Fields kernelInitializer, kernelRegularizer and kern"),
        (layer("ELU", alpha=0.5), "Non-default alpha value (0.5) is not supported by the ELU layer yet."),
        (layer("Softmax", axis=1), "Softmax along a non-last dimension is not yet supported (layer 'd', dim 1)"),
        (layer("Softmax"), "Softmax along a non-last dimension is not yet supported (layer 'd', dim 1)"),
        (layer("UpSampling2D", interpolation="bicubic"), "bicubic is not a valid InterpolationFormat."),
        (layer("Conv2D", strides=2, dilation_rate=[1, 2]), "Either strides or dilations must be 1 (layer 'd')"),
        (layer("GRU", reset_after=True), "GRUCell does not support reset_after parameter set to true."),
        (layer("Dense", activation="gelu_new"), "Unknown activation: geluNew"),
        (layer("TimeDistributed", layer=layer("Lambda")), "Unknown layer: Lambda"),
        (layer("Sequential", layers=[layer("Normalization")]), "Unknown layer: Normalization"),
        ({"class_name": "Sequential", "config": [layer("RandomFlip")]}, "Unknown layer: RandomFlip"),
        (layer("StackedRNNCells", cells=[layer("MyCell")]), "Unknown layer: MyCell"),
    ],
)
def test_what_tfjs_refuses(refused: Json, words: str) -> None:
    (sentence,) = refusals(refused, takes={"d": [(1, 9, 9, 3)]})
    assert sentence.startswith(words)


@pytest.mark.parametrize(
    "taken",
    [
        layer("InputLayer", batch_input_shape=[None, 4, 4, 3], dtype="int32", sparse=False),
        layer("Dense", activation="hard_sigmoid", kernel_initializer="glorot_uniform", kernel_constraint=None),
        layer("Dense", activation="gelu", kernel_initializer={"class_name": "GlorotUniform", "config": {}}),
        layer("Dense", activation=layer("LeakyReLU")),
        layer("Dense", kernel_regularizer={"class_name": "L1L2", "config": {}}, kernel_constraint="max_norm"),
        layer("Conv2D", groups=1, padding="same"),
        layer("SeparableConv2D", depthwise_initializer="zeros", kernel_initializer=None),
        layer("ELU", alpha=1.0),
        layer("Softmax", axis=-1),
        layer("Softmax", axis=3),
        layer("Softmax", axis=[1, 2]),
        layer("GRU", reset_after=False),
        layer("Bidirectional", layer=layer("LSTM", activation="tanh")),
    ],
)
def test_what_tfjs_takes(taken: Json) -> None:
    assert refusals(taken, takes={"d": [(1, 9, 9, 3)]}) == ()


@pytest.mark.parametrize("odd", [3, None, {"class_name": 4}, {"class_name": "Dense", "config": "x"}])
def test_what_is_no_layer_says_nothing_here(odd: Any) -> None:
    assert refusals(odd) == ()


@pytest.mark.parametrize(
    ("kind", "config", "shape", "words"),
    [
        ("CenterCrop", {"height": 10, "width": 9}, (1, 9, 9, 3), "Error in resizeBilinear: x must be rank 3 or 4"),
        ("CenterCrop", {"height": 4, "width": 10}, (9, 9, 3), "Error in resizeBilinear: x must be rank 3 or 4"),
        ("CenterCrop", {"height": 9, "width": 4}, (1, 9, 9, 3), None),
        ("CenterCrop", {"height": 10, "width": 10}, (1, None, None, 3), None),
        ("CenterCrop", {"height": 10, "width": 10}, None, None),
        ("Flatten", {}, (1, 8), "Input 0 is incompatible with layer d: expected min_ndim=3, found ndim=2."),
        ("Flatten", {}, (1, 8, 2), None),
        ("BatchNormalization", {}, (1, 2, 2, 2, 2), "batchNormalization is not implemented for array of rank 5 yet"),
        ("BatchNormalization", {}, (1, 2, 2, 2), None),
        ("Dot", {"axes": 1}, (1, 2, 2, 2), "Dot layer does not support tensors of 4D or higher rank yet."),
        ("Dot", {"axes": 1}, (1, 2, 2), None),
        ("Softmax", {"axis": 2}, (1, 2, 2), None),
        ("Softmax", {"axis": 2}, None, None),
        ("Softmax", {}, (1, 2), None),
        ("Softmax", {"axis": -2}, None, "Softmax along a non-last dimension is not yet supported (layer 'd', dim -2)"),
    ],
)
def test_shapes_that_tfjs_refuses(kind: str, config: Json, shape: Shape, words: str | None) -> None:
    found = refusals(layer(kind, **config), takes={"d": [shape]})
    assert [sentence[: len(words or "")] for sentence in found] == ([] if words is None else [words])


def test_ends_that_tfjs_cannot_read() -> None:
    (sentence,) = refusals(output_layers={"a": ["x", 0, 0]})
    assert sentence.startswith("Invalid attempt to iterate non-iterable instance")
    (sentence,) = refusals(output_layers=[["x", 0, 0], ["x", 0, 0]])
    assert sentence.startswith("Argument 'tensors[0]' passed to 'concat'")
    assert refusals(output_layers=["x", 0, 0]) == ()


def test_a_wait_without_an_end_is_a_refusal() -> None:
    (sentence,) = refusals(layer("Dense") | {"name": "d", "inbound_nodes": [[["gone", 0, 0, {}]]]})
    assert sentence == "It waits for ever: layer 'd' takes the result of 'gone', which is not a layer of the model"


@pytest.mark.parametrize(("name", "words"), [("a b", "a b"), ("_a", "_a"), ("a>b", "a>b"), ("a.b-c/d_1", None)])
def test_names_that_tfjs_refuses(name: str, words: str | None) -> None:
    found = refusals(layer("ReLU", name=name), layer("ReLU", name="r"), name="any name")
    assert found == (() if words is None else (f"Not a valid tensor name: '{words}'",))


def test_the_same_refusal_is_said_once() -> None:
    assert refusals(layer("Lambda"), layer("Lambda")) == ("Unknown layer: Lambda",)


def test_weights_and_ops(tmp_path: Path) -> None:
    entries = tuple(WeightEntry(name, (1,), name) for name in ("float32", "float16", "uint8", "string"))
    topology = {"node": [{"name": "a", "op": "PartitionedCall"}, {"name": "b", "op": "Relu"}, 4]}
    document = {"modelTopology": topology, "weightsManifest": []}
    model = ModelJson(tmp_path, "graph", document, (WeightGroup((), entries),))
    assert tfjs_refusals(model, {}) == (
        "Unsupported dtype in weight 'float16': float16",
        "Unsupported dtype in weight 'uint8': uint8",
        "Unknown op 'PartitionedCall'",
    )


def test_ops_that_no_run_of_tfjs_computes(tmp_path: Path) -> None:
    tanh = {"list": {"s": ["BiasAdd", "Tanh"]}}
    nodes = [{"op": "EnsureShape"}, {"op": "_FusedConv2D", "attr": {"fused_ops": tanh}}, {"op": "BitwiseAnd"}]
    document: Json = {"modelTopology": {"node": nodes}, "weightsManifest": []}
    assert tfjs_refusals(ModelJson(tmp_path, "graph", document, ()), {}) == (
        "Cannot read properties of undefined (reading 'split') (op 'EnsureShape')",
        "Argument 'x' passed to 'bitwiseAnd' must be a Tensor or TensorLike, but got 'null'",
        "Activation tanh has not been implemented",
        "_FusedConv2D with BiasAdd and Tanh must have num_args 1",
    )


def function(name: str, *nodes: Json) -> Json:
    return {"signature": {"name": name}, "nodeDef": list(nodes)}


def calls(*names: str) -> Json:
    return {"op": "StatelessWhile", "attr": {f"body{at}": {"func": {"name": name}} for at, name in enumerate(names)}}


def test_ops_in_functions_and_in_the_initializer(tmp_path: Path) -> None:
    functions = [
        function("idle", {"op": "Idle"}),
        function("body", {"op": "Deep"}, calls("body", "cond"), {"op": "Add"}),
        function("cond", {"op": "Test"}),
    ]
    topology = {"node": [{"op": "Flat"}, calls("body", "gone")], "library": {"function": functions}}
    initializer: Json = {"node": [{"op": "HashTableV2"}, {"op": "Start"}, calls("fill")]}
    initializer["library"] = {"function": [function("fill", {"op": "Filler"}), 3, {"signature": []}]}
    document = {"modelTopology": topology, "modelInitializer": initializer, "weightsManifest": []}
    assert tfjs_refusals(ModelJson(tmp_path, "graph", document, ()), {}) == (
        "Unknown op 'Flat'",
        "Unknown op 'Deep' (in function 'body')",
        "Unknown op 'Test' (in function 'cond')",
        "Unknown op 'Start' (in modelInitializer)",
        "Unknown op 'Filler' (in function 'fill' of modelInitializer)",
    )


@pytest.mark.parametrize(
    ("paths", "first"),
    [
        (
            ["group1-shard1of11.bin", "group1-shard10of11.bin", "group1-shard2of11.bin"],
            "shard10of11.bin before",
        ),
        (["group1-shard1of11.bin", "group1-shard2of11.bin", "group1-shard10of11.bin"], ""),
        (["a.bin", "group1-shard1of1.bin"], ""),
        (["group1-shard1of1"], ""),
    ],
)
def test_shards_in_the_order_of_text(tmp_path: Path, paths: list[str], first: str) -> None:
    notes = order_notes(ModelJson(tmp_path, "graph", {}, (WeightGroup(tuple(paths), ()),)))
    assert [first in note for note in notes] == ([True] if first else [])
