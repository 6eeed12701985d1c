from __future__ import annotations

from pathlib import Path

import pytest
from graph_files import Node, fused, ints, op, text

from framegate.errors import ModelFormatError, UnsupportedOp
from framegate.tfgraph.rewrites import rewrite

HERE = Path("model.json")


def shape_of(nodes: list[Node]) -> list[tuple[str, str, list[str]]]:
    return [(node["name"], node["op"], node["input"]) for node in nodes]


def test_other_nodes_are_passed_on_as_they_are() -> None:
    node = op("Conv2D", "c", ["x", "w"])
    assert rewrite(HERE, [node])[0] is node


def test_a_fused_convolution_becomes_a_chain_that_ends_in_its_name() -> None:
    node = op(
        "_FusedConv2D", "c", ["x", "w", "b", "^after"],
        fused_ops=fused("BiasAdd", "Relu"), strides=ints(1, 2, 2, 1), padding=text("SAME"), num_args={"i": "1"},
        data_format=text("NHWC"),
    )  # fmt: skip
    chain = rewrite(HERE, [node])
    assert shape_of(chain) == [
        ("c/0_Conv2D", "Conv2D", ["x", "w", "^after"]),
        ("c/1_BiasAdd", "BiasAdd", ["c/0_Conv2D", "b", "^after"]),
        ("c", "Relu", ["c/1_BiasAdd", "^after"]),
    ]
    assert sorted(chain[0]["attr"]) == ["T", "data_format", "padding", "strides"]
    assert sorted(chain[1]["attr"]) == ["T", "data_format"]
    assert sorted(chain[2]["attr"]) == ["T"]


def test_prelu_takes_its_slope_after_the_bias() -> None:
    chain = rewrite(
        HERE, [op("FusedDepthwiseConv2dNative", "d", ["x", "w", "b", "a"], fused_ops=fused("BiasAdd", "Prelu"))]
    )
    assert shape_of(chain) == [
        ("d/0_DepthwiseConv2dNative", "DepthwiseConv2dNative", ["x", "w"]),
        ("d/1_BiasAdd", "BiasAdd", ["d/0_DepthwiseConv2dNative", "b"]),
        ("d/2_Neg", "Neg", ["d/1_BiasAdd"]),
        ("d/3_Relu", "Relu", ["d/2_Neg"]),
        ("d/4_Relu", "Relu", ["d/1_BiasAdd"]),
        ("d/5_Mul", "Mul", ["a", "d/3_Relu"]),
        ("d", "Sub", ["d/4_Relu", "d/5_Mul"]),
    ]


def test_nothing_fused_is_the_plain_op() -> None:
    assert shape_of(rewrite(HERE, [op("_FusedMatMul", "m", ["x", "w"])])) == [("m", "MatMul", ["x", "w"])]


def test_an_unknown_fused_op_is_named() -> None:
    with pytest.raises(UnsupportedOp) as error:
        rewrite(HERE, [op("_FusedMatMul", "m", ["x", "w"], fused_ops=fused("Gelu"))])
    assert str(error.value) == (
        "model.json: node 'm' fuses unknown op 'Gelu' into _FusedMatMul; known are BiasAdd, Elu, FusedBatchNorm,"
        " LeakyRelu, Prelu, Relu, Relu6, Sigmoid, Tanh"
    )


@pytest.mark.parametrize("kind", ["FusedDepthwiseConv2dNative", "Prelu", "_FusedConv2D", "_FusedMatMul"])
def test_too_few_inputs_are_named(kind: str) -> None:
    with pytest.raises(ModelFormatError) as error:
        rewrite(HERE, [op(kind, "n", ["x"])])
    assert str(error.value) == f"model.json: node 'n' ({kind}) lacks inputs, it has 1; convert the model again"
