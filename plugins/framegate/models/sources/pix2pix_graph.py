"""The pix2pix network as a TF.js graph model, as the TF.js converter makes it, straight from the weights."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from framegate.interfaces import Array
from framegate.models.nodes import NodeJson

_EPSILON = 1e-3  # Keras' own, which a batch normalisation adds to the variance
_LEAK = 0.3
"""Keras' own for LeakyReLU, which the tutorial leaves as it is."""


class GraphWriter:
    """Nodes, constants and the signature of the network of some weights.

    Batch norms are folded: into the weights of the convolution before, which then has a bias and its activation in one
    op (``_FusedConv2D``), or into a factor and an offset after a transposed convolution.

    Args:
        size: side of the input, in pixels.
        weights: the network's, by their Keras names.
    """

    def __init__(self, size: int, weights: Mapping[str, Array]) -> None:
        self._weights = {name.removesuffix(":0"): array for name, array in weights.items()}
        self._size = size
        self.constants: dict[str, Array] = {}
        self._nodes: list[NodeJson] = []
        self._channels = self._weights["down_0_conv/kernel"].shape[2]
        self._network(int(math.log2(size)))

    def document(self) -> dict[str, Any]:
        """``model.json`` without the weights' manifest."""
        image = _shape(-1, self._size, self._size, self._channels)
        placeholder = {"name": "image", "op": "Placeholder", "attr": {"dtype": _FLOAT, "shape": {"shape": image}}}
        constants = [_constant(name, array) for name, array in self.constants.items()]
        ports = {
            "inputs": {"image:0": _port("image:0", image)},
            "outputs": {"Identity:0": _port("Identity:0", _shape(-1, self._size, self._size, 3))},
        }
        nodes = [placeholder, *constants, *self._nodes]
        topology = {"node": nodes, "library": {}, "versions": {"producer": 1882}}
        return {"format": "graph-model", "signature": ports, "modelTopology": topology}

    def _network(self, depth: int) -> None:
        x, skips = "image", []
        for level in range(depth):
            x = self._down(x, level)
            skips.append(x)
        side = 1
        for level in range(depth - 2, -1, -1):
            side *= 2
            x = self._up(x, level, side)
            axis = self._keep(f"skip_{level}/concat/axis", np.array(3, np.int32))
            x = self._op("ConcatV2", f"skip_{level}/concat", x, skips[level], axis, N={"i": "2"}, Tidx=_INT)
        x = self._transposed(x, "last_conv", self._size)
        bias = self._keep("last_conv/BiasAdd", self._weights["last_conv/bias"])
        x = self._op("BiasAdd", "last_conv/BiasAdd_1", x, bias, data_format=_text("NHWC"))
        x = self._op("Tanh", "image_out/Tanh", x)
        self._nodes.append({"name": "Identity", "op": "Identity", "input": [x], "attr": {"T": _FLOAT}})

    def _down(self, x: str, level: int) -> str:
        weights, name = self._weights[f"down_{level}_conv/kernel"], f"down_{level}_conv/Conv2D"
        if level == 0:
            x = self._op("Conv2D", name, x, self._keep(f"{name}_weights", weights), **_STRIDED)
            return self._op("LeakyRelu", f"down_{level}_relu/LeakyRelu", x, alpha={"f": _LEAK})
        scale, offset = self._norm(f"down_{level}_norm")
        kernel = self._keep(f"{name}_weights", (weights * scale).astype(np.float32))
        bias = self._keep(f"{name}_bn_offset", offset.astype(np.float32))
        return self._op("_FusedConv2D", f"down_{level}_relu/LeakyRelu", x, kernel, bias, **_STRIDED, **_BIAS_AND_LEAK)

    def _up(self, x: str, level: int, side: int) -> str:
        x, name = self._transposed(x, f"up_{level}_conv", side), f"up_{level}_norm/FusedBatchNormV3"
        scale, offset = (part.astype(np.float32) for part in self._norm(f"up_{level}_norm"))
        x = self._op("Mul", f"{name}/Mul", x, self._keep(f"{name}/Scaled", scale))
        # The older op, which adds without being ordered, as the converter writes it.
        x = self._op("Add", name, x, self._keep(f"{name}/Offset", offset))
        return self._op("Relu", f"up_{level}_relu/Relu", x)

    def _transposed(self, x: str, name: str, side: int) -> str:
        kernel = self._weights[f"{name}/kernel"]
        shape = self._op("Shape", f"{name}/Shape", x, out_type=_INT)
        ends = [self._keep(f"{name}/strided_slice/{at}", np.array([at > 0], np.int32)) for at in range(3)]
        masks = {f"{mask}_mask": {"i": "0"} for mask in ("begin", "ellipsis", "end", "new_axis")}
        masks |= {"shrink_axis_mask": {"i": "1"}, "Index": _INT, "T": _INT}
        batch = self._op("StridedSlice", f"{name}/strided_slice", shape, *ends, **masks)
        rest = [
            self._keep(f"{name}/stack/{at}", np.array(size, np.int32)) for at, size in ((1, side), (3, kernel.shape[2]))
        ]
        stack = self._op(
            "Pack", f"{name}/stack", batch, rest[0], rest[0], rest[1], N={"i": "4"}, T=_INT, axis={"i": "0"}
        )
        kept = self._keep(f"{name}/conv2d_transpose/ReadVariableOp", kernel)
        return self._op("Conv2DBackpropInput", f"{name}/conv2d_transpose", stack, kept, x, **_STRIDED)

    def _norm(self, name: str) -> tuple[Array, Array]:
        """Factor and offset of a batch normalisation in inference, float64."""
        gamma, beta, mean, variance = (
            self._weights[f"{name}/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = 1.0 / np.sqrt((variance + np.float32(_EPSILON)).astype(np.float64)) * gamma
        return scale, -mean * scale + beta

    def _keep(self, name: str, array: Array) -> str:
        self.constants[f"pix2pix/{name}"] = np.ascontiguousarray(array) if array.ndim else array
        return f"pix2pix/{name}"

    def _op(self, kind: str, name: str, *inputs: str, **attributes: Any) -> str:
        node = {"name": f"pix2pix/{name}", "op": kind, "input": [*inputs], "attr": {"T": _FLOAT} | attributes}
        self._nodes.append(node)
        return f"pix2pix/{name}"


def _text(value: str) -> dict[str, str]:
    return {"s": base64.b64encode(value.encode()).decode()}


def _ints(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(value) for value in values]}}


def _shape(*sizes: int) -> dict[str, Any]:
    return {"dim": [{"size": str(size)} for size in sizes]}


def _constant(name: str, array: Array) -> NodeJson:
    dtype = "DT_INT32" if array.dtype == np.int32 else "DT_FLOAT"
    value = {"tensor": {"dtype": dtype, "tensorShape": _shape(*array.shape) if array.ndim else {}}}
    return {"name": name, "op": "Const", "attr": {"dtype": {"type": dtype}, "value": value}}


def _port(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "dtype": "DT_FLOAT", "tensorShape": shape}


_FLOAT, _INT = {"type": "DT_FLOAT"}, {"type": "DT_INT32"}
_STRIDED: dict[str, Any] = {
    "data_format": _text("NHWC"),
    "dilations": _ints(1, 1, 1, 1),
    "explicit_paddings": {"list": {}},
    "padding": _text("SAME"),
    "strides": _ints(1, 2, 2, 1),
    "use_cudnn_on_gpu": {"b": True},
}
_BIAS_AND_LEAK: dict[str, Any] = {
    "TArgs": {"list": {"type": ["DT_FLOAT"]}},
    "epsilon": {"f": 0.0},
    "filter_format": _text("HWIO"),
    "fused_ops": {"list": {"s": [_text("BiasAdd")["s"], _text("LeakyRelu")["s"]]}},
    "leakyrelu_alpha": {"f": _LEAK},
    "num_args": {"i": "1"},
    "num_host_args": {"i": "0"},
}
