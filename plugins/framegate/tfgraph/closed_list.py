"""TensorFlow is handed only what TF.js' converter knows: a model from the internet is measured, not trusted.

The graph is checked as TensorFlow would get it, after all rewriting, and copied part by part: what is not named here
does not pass.
"""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from framegate.analysis.kernels import converter_ops
from framegate.errors import ModelFormatError, UnsupportedOp
from framegate.models import wiring
from framegate.tfgraph.node_names import valid_name, valid_tensor
from framegate.tfgraph.tfjs_ops import REFUSED

CALLS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("If", "StatelessIf"), frozenset({"else_branch", "then_branch"})),
    **dict.fromkeys(("While", "StatelessWhile"), frozenset({"body", "cond"})),
}
"""The ops that call functions of the model's library, and the attributes that name the functions."""

DEEPEST = 32
"""Levels of functions that call each other; TensorFlow descends into them by recursion."""

MOST_NODES = 250_000
"""Nodes of a graph with a copy of each function for each of its calls, which is what TensorFlow's optimiser makes."""

_HIDDEN = frozenset({"_lower_using_switch_merge", "_num_original_outputs"})
"""Attributes of TensorFlow's own loops and branches, which the definitions of the ops leave out."""

_SHARED = frozenset({"container", "shared_name", "use_node_name_sharing"})
"""Attributes of hash tables; tables of one name are one table, in the whole process."""

_CONSTANTS = frozenset({
    "DT_BFLOAT16", "DT_BOOL", "DT_COMPLEX128", "DT_COMPLEX64", "DT_DOUBLE", "DT_FLOAT", "DT_HALF", "DT_INT16",
    "DT_INT32", "DT_INT64", "DT_INT8", "DT_STRING", "DT_UINT16", "DT_UINT32", "DT_UINT64", "DT_UINT8",
})  # fmt: skip
"""Types of constants; a resource or a variant would be decoded into an object of TensorFlow's."""


@cache
def allowed_ops() -> frozenset[str]:
    """The ops that TensorFlow may be handed: those of TF.js' converter, less those that need another library."""
    return converter_ops() - frozenset(REFUSED)


def restricted(path: Path, version: str, definition: Any) -> Any:
    """A copy of a GraphDef that holds what the allowed ops need, and nothing else.

    Args:
        path: the model.json, for errors.
        version: TensorFlow's version, for errors.
        definition: the GraphDef as parsed; its nodes are all needed.

    Raises:
        UnsupportedOp: a node is of an op that TF.js' converter does not know, or calls what it must not call.
        ModelFormatError: functions call themselves, or the graph with all calls is too large.
    """
    copy = type(definition)()
    copy.versions.CopyFrom(definition.versions)
    _copy_nodes(path, version, definition.node, copy.node)
    library = _library(path, definition.library.function)
    for name in _reached(path, definition.node, library):
        _copy_function(path, version, library[name], copy.library.function.add())
    _rename_functions(copy)
    return copy


def _rename_functions(definition: Any) -> None:
    """Give functions unique names: TensorFlow keeps those of all models of a process in one place."""
    own = uuid.uuid4().hex
    for function in definition.library.function:
        function.signature.name += f"_{own}"
    for nodes in (definition.node, *(function.node_def for function in definition.library.function)):
        for node in nodes:
            for name in CALLS.get(node.op, ()):
                node.attr[name].func.name += f"_{own}"


def _copy_nodes(path: Path, version: str, nodes: Iterable[Any], copies: Any) -> None:
    registry = importlib.import_module("tensorflow.python.framework.op_def_registry")
    for node in nodes:
        _check_op(path, node)
        op = registry.get(node.op)
        if op is None:
            raise UnsupportedOp(
                f"{path}: node {node.name!r} is of op {node.op!r}, which TensorFlow {version} does not know;"
                " convert the model without it"
            )
        _check_inputs(path, node, op)
        known = {attribute.name for attribute in op.attr} - _SHARED | _HIDDEN
        copy = copies.add(name=valid_name(node.name), op=node.op, input=map(valid_tensor, node.input))
        for name in known & set(node.attr):
            _check_attribute(path, node, name)
            copy.attr[name].CopyFrom(node.attr[name])
            if copy.attr[name].HasField("func"):
                copy.attr[name].func.ClearField("attr")
        _silence(copy)


def _silence(node: Any) -> None:
    """``Print`` passes on its first input; the rest, which a model chooses, would go to the terminal."""
    if node.op == "Print":
        data = [name for name in node.input if not name.startswith("^")]
        control = [name for name in node.input if name.startswith("^")]
        node.op = "Identity"
        node.input[:] = [*data[:1], *control]
        for name in set(node.attr) - {"T"}:
            del node.attr[name]


def _check_op(path: Path, node: Any) -> None:
    if node.op in allowed_ops():
        return
    why = REFUSED.get(node.op)
    raise UnsupportedOp(
        f"{path}: node {node.name!r} is of op {node.op!r}"
        + (f"; {why}" if why else ", which TF.js' converter does not know; convert the model without it")
    )


def _check_inputs(path: Path, node: Any, op: Any) -> None:
    have = sum(not name.startswith("^") for name in node.input)
    need = sum(not (arg.number_attr or arg.type_list_attr) for arg in op.input_arg)
    if have < need:
        raise ModelFormatError(
            f"{path}: node {node.name!r} ({node.op}) lacks inputs, it has {have} and needs {need};"
            " convert the model again"
        )


def _check_attribute(path: Path, node: Any, name: str) -> None:
    value = node.attr[name]
    kind = value.WhichOneof("value")
    calls = kind == "func" or (kind == "list" and len(value.list.func) > 0)
    if kind == "placeholder" or (calls and (kind == "list" or name not in CALLS.get(node.op, ()))):
        raise UnsupportedOp(
            f"{path}: node {node.name!r} ({node.op}) names a function in its attribute {name!r}; only branches and"
            " loops call functions in TF.js, convert the model again"
        )
    tensor = value.tensor
    if kind == "tensor" and _type_name(tensor) not in _CONSTANTS:
        raise UnsupportedOp(
            f"{path}: constant {node.name!r} is of type {_type_name(tensor)}, which TF.js does not have; convert the"
            " model again"
        )


def _type_name(tensor: Any) -> str:
    """The name of a tensor's type; a type that is left out is the constant's own."""
    if not tensor.dtype:
        return "DT_FLOAT"
    named = tensor.DESCRIPTOR.fields_by_name["dtype"].enum_type.values_by_number.get(tensor.dtype)
    return str(named.name) if named else f"number {tensor.dtype}"


def _library(path: Path, functions: Iterable[Any]) -> dict[str, Any]:
    library: dict[str, Any] = {}
    registry = importlib.import_module("tensorflow.python.framework.op_def_registry")
    for function in functions:
        name = function.signature.name
        if name in library or registry.get(name) is not None:
            raise ModelFormatError(
                f"{path}: library function {name!r} has the name of another function or op; convert the model again"
            )
        library[name] = function
    return library


def _called(nodes: Iterable[Any]) -> Iterator[str]:
    """The functions that nodes call, once for each call."""
    for node in nodes:
        for name in CALLS.get(node.op, ()):
            if node.attr[name].HasField("func"):
                yield node.attr[name].func.name


def _reached(path: Path, nodes: Iterable[Any], library: Mapping[str, Any]) -> list[str]:
    """The functions that the graph calls, directly or not, each after those that it calls itself."""
    calls: dict[str, list[str]] = {"": list(_called(nodes))}
    waiting = list(calls[""])
    while waiting:
        name = waiting.pop()
        if name in calls:
            continue
        if name not in library:
            raise ModelFormatError(f"{path}: the graph calls function {name!r}, which its library lacks; convert again")
        calls[name] = list(_called(library[name].node_def))
        waiting += calls[name]
    try:
        order = list(TopologicalSorter(calls).static_order())
    except CycleError as error:
        ring = " calls ".join(repr(name) for name in reversed(error.args[1][:6]))
        raise ModelFormatError(f"{path}: a function calls itself ({ring}); convert the model again") from None
    _check_size(path, order, calls, {"": nodes} | {name: library[name].node_def for name in order if name})
    return [name for name in order if name]


def _check_size(path: Path, order: Iterable[str], calls: Mapping[str, list[str]], bodies: Mapping[str, Any]) -> None:
    levels: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for name in order:
        levels[name] = max((levels[other] + 1 for other in calls[name]), default=0)
        sizes[name] = len(bodies[name]) + sum(sizes[other] for other in calls[name])
    if levels[""] > DEEPEST:
        raise ModelFormatError(
            f"{path}: functions call each other {levels['']} levels deep, {DEEPEST} at most are run; convert the model"
            " again"
        )
    if sizes[""] > MOST_NODES:
        raise ModelFormatError(
            f"{path}: the graph has {sizes['']} nodes with all functions that it calls, {MOST_NODES} at most are run;"
            " convert the model again"
        )


def _copy_function(path: Path, version: str, function: Any, copy: Any) -> None:
    """The function's arguments, nodes and results, without its attributes and notes."""
    nodes = [{"name": node.name, "op": node.op, "input": list(node.input)} for node in function.node_def]
    wiring.order(path, nodes)
    signature = function.signature
    copy.signature.name = signature.name
    copy.signature.is_stateful = signature.is_stateful
    copy.signature.control_output.extend(signature.control_output)
    for args, copies in (
        (signature.input_arg, copy.signature.input_arg),
        (signature.output_arg, copy.signature.output_arg),
    ):
        for arg in args:
            copies.add(name=arg.name, type=arg.type)
    _copy_nodes(path, version, function.node_def, copy.node_def)
    for results, kept in ((function.ret, copy.ret), (function.control_ret, copy.control_ret)):
        for name in results:
            kept[name] = valid_tensor(results[name])
