"""Rewrite the ops that only TF.js runs into ops that TensorFlow runs (pure: nodes as in model.json).

TensorFlow's own optimiser fuses them again. A rule turns one node into a chain of nodes whose last one has the name
of the first, so that whatever reads it need not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from framegate.errors import ModelFormatError, UnsupportedOp
from framegate.models.nodes import Node, NodeJson
from framegate.tfgraph import tfjs_ops

Rewrite = Callable[[NodeJson], list[NodeJson]]

_FLOAT = {"type": "DT_FLOAT"}
_CONV_ATTRS = ("T", "data_format", "dilations", "explicit_paddings", "padding", "strides")
_FIRST = frozenset({"BiasAdd", "FusedBatchNorm"})
_LEAKY_ALPHA = {"f": 0.2}  # TensorFlow's default


class _UnknownOpError(Exception):
    """A fused op that no rule knows."""


class _TooFewInputsError(Exception):
    """A node with fewer inputs than its op takes."""


class _Chain:
    """Grows a chain of nodes from one node; the last one takes that node's name."""

    def __init__(self, node: NodeJson) -> None:
        self.node = node
        self._inputs: list[str] = [name for name in node.get("input") or () if not name.startswith("^")]
        self._control = [name for name in node.get("input") or () if name.startswith("^")]
        self._nodes: list[NodeJson] = []

    def take(self) -> str:
        """The node's next input that no link of the chain has taken."""
        if not self._inputs:
            raise _TooFewInputsError
        return self._inputs.pop(0)

    def attrs(self, *names: str) -> dict[str, Any]:
        """Those of the node's attributes that it has, and T in any case."""
        have = self.node.get("attr") or {}
        return {"T": have.get("T", _FLOAT)} | {name: have[name] for name in names if name in have}

    def add(self, op: str, inputs: Sequence[str], attrs: dict[str, Any]) -> str:
        """Add a link and return its name."""
        name = f"{self.node['name']}/{len(self._nodes)}_{op}"
        self._nodes.append({"name": name, "op": op, "input": [*inputs, *self._control], "attr": attrs})
        return name

    def end(self) -> list[NodeJson]:
        """The chain, its last link under the node's own name."""
        self._nodes[-1]["name"] = self.node["name"]
        return self._nodes


class _Base(NamedTuple):
    """The first op of a fused op: its name, and which of the fused op's attributes it has."""

    op: str
    attrs: tuple[str, ...]


_BASES = {
    "FusedDepthwiseConv2dNative": _Base("DepthwiseConv2dNative", _CONV_ATTRS),
    "_FusedConv2D": _Base("Conv2D", (*_CONV_ATTRS, "use_cudnn_on_gpu")),
    "_FusedMatMul": _Base("MatMul", ("T", "transpose_a", "transpose_b")),
}


def _fused(node: NodeJson) -> list[NodeJson]:
    chain, base = _Chain(node), _BASES[node["op"]]
    x = chain.add(base.op, [chain.take(), chain.take()], chain.attrs(*base.attrs))
    for at, name in enumerate(Node(node).strings("fused_ops")):
        if name not in _LINKS:
            raise _UnknownOpError(name)
        # TF.js takes the first for what is added, the second for the activation, and looks at no other.
        if name in _FIRST if at == 0 else at == 1:
            x = _LINKS[name](chain, x)
    return chain.end()


def _prelu_node(node: NodeJson) -> list[NodeJson]:
    chain = _Chain(node)
    _prelu(chain, chain.take())
    return chain.end()


def _bias_add(chain: _Chain, x: str) -> str:
    return chain.add("BiasAdd", [x, chain.take()], chain.attrs("data_format"))


def _batch_norm(chain: _Chain, x: str) -> str:
    attrs = chain.attrs("data_format", "epsilon") | {"U": _FLOAT, "is_training": {"b": False}}
    return chain.add("FusedBatchNormV3", [x, *(chain.take() for _ in range(4))], attrs)


def _leaky_relu(chain: _Chain, x: str) -> str:
    alpha = (chain.node.get("attr") or {}).get("leakyrelu_alpha", _LEAKY_ALPHA)
    return chain.add("LeakyRelu", [x], chain.attrs() | {"alpha": alpha})


def _prelu(chain: _Chain, x: str) -> str:
    """Parametric ReLU: x where positive, else alpha * x."""
    alpha, t = chain.take(), chain.attrs()
    negative = chain.add("Relu", [chain.add("Neg", [x], t)], t)
    return chain.add("Sub", [chain.add("Relu", [x], t), chain.add("Mul", [alpha, negative], t)], t)


def _plain(op: str) -> Callable[[_Chain, str], str]:
    def link(chain: _Chain, x: str) -> str:
        return chain.add(op, [x], chain.attrs())

    return link


_LINKS: dict[str, Callable[[_Chain, str], str]] = {
    "BiasAdd": _bias_add,
    "FusedBatchNorm": _batch_norm,
    "LeakyRelu": _leaky_relu,
    "Prelu": _prelu,
    **{op: _plain(op) for op in ("Elu", "Relu", "Relu6", "Sigmoid", "Tanh")},
}

REWRITES: dict[str, Rewrite] = {**tfjs_ops.REPLACEMENTS, **dict.fromkeys(_BASES, _fused), "Prelu": _prelu_node}


def rewrite(path: Path, nodes: Iterable[NodeJson]) -> list[NodeJson]:
    """The nodes with every op of `REWRITES` replaced; the others are passed on as they are.

    Args:
        path: the model.json, for errors.
        nodes: nodes as in ``modelTopology.node``.

    Raises:
        UnsupportedOp: an activation that no rule knows is fused into an op.
        ModelFormatError: an op has fewer inputs than it takes.
    """
    return [link for node in nodes for link in _apply(path, node, REWRITES)]


def rewrite_library(path: Path, library: Any) -> Any:
    """The functions of a graph with those ops replaced whose outputs keep their names; what is malformed is passed on.

    Args:
        path: the model.json, for errors.
        library: functions as in ``modelTopology.library``.
    """
    functions = library.get("function") if isinstance(library, dict) else None
    if not isinstance(functions, list):
        return library
    return {**library, "function": [_rewritten(path, function) for function in functions]}


def _rewritten(path: Path, function: Any) -> Any:
    nodes = function.get("nodeDef") if isinstance(function, dict) else None
    if not isinstance(nodes, list):
        return function
    return {**function, "nodeDef": [link for node in nodes for link in _apply_inside(path, node)]}


def _apply_inside(path: Path, node: Any) -> list[Any]:
    is_node = isinstance(node, dict) and isinstance(node.get("op"), str)
    return _apply(path, node, tfjs_ops.INSIDE) if is_node else [node]


def _apply(path: Path, node: NodeJson, rules: Mapping[str, Rewrite]) -> list[NodeJson]:
    rule = rules.get(node["op"])
    if rule is None:
        return [node]
    try:
        return rule(node)
    except _UnknownOpError as unknown:
        raise UnsupportedOp(
            f"{path}: node {node['name']!r} fuses unknown op {str(unknown)!r} into {node['op']};"
            f" known are {', '.join(sorted(_LINKS))}"
        ) from None
    except _TooFewInputsError:
        raise ModelFormatError(
            f"{path}: node {node['name']!r} ({node['op']}) lacks inputs, it has {len(node.get('input') or ())};"
            " convert the model again"
        ) from None
