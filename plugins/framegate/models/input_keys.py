"""The keys of a spec that say what a model's inputs are fed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from framegate.errors import UsageError
from framegate.interfaces import InputSpec, InputValue

INPUT_KEYS = frozenset({"input", "inputs", "state", "state_shapes"})


def read_inputs(path: Path, table: Mapping[str, Any]) -> InputSpec:
    """What the spec in a file says of the inputs; files that it names are beside it.

    Args:
        path: the spec, for errors and for its folder.
        table: what is written in it.

    Raises:
        UsageError: a key says something else.
    """
    frame = table.get("input")
    if frame is not None and not (isinstance(frame, str) and frame):
        raise UsageError(f"{path}: input {frame!r} is not the name of an input such as 'image'")
    example = 'inputs = { ratio = 0.25, style = "style.png" }'
    values = _by_name(path, table, "inputs", _is_value, example)
    state = _by_name(path, table, "state", _is_name, 'state = { r1i = "r1o" }')
    shapes = _by_name(path, table, "state_shapes", _is_shape, "state_shapes = { r1i = [1, 64, 64, 16] }")
    groups = {"input": {frame}, "inputs": values, "state": state}
    for name in [name for names in groups.values() for name in names if name is not None]:
        keys = [key for key, names in groups.items() if name in names]
        if len(keys) > 1:
            raise UsageError(
                f"{path}: {' and '.join(keys)} name {name!r}; an input takes the frame, a value or a state"
            )
    for name in shapes:
        if name not in state:
            raise UsageError(f"{path}: state_shapes names {name!r}, and state does not; write state = {{ … }} too")
    return InputSpec(
        frame=frame,
        values={name: _value(path, value) for name, value in values.items()},
        state=state,
        state_shapes={name: tuple(shape) for name, shape in shapes.items()},
    )


def _by_name(
    path: Path, table: Mapping[str, Any], key: str, is_right: Callable[[Any], bool], example: str
) -> Mapping[str, Any]:
    raw = table.get(key, {})
    if not isinstance(raw, Mapping):
        raise UsageError(f"{path}: {key} {raw!r} is not a table; write {example}")
    for name, value in raw.items():
        if not is_right(value):
            raise UsageError(f"{path}: {key} gives {name!r} {str(value)[:60]!r}; write {example}")
    return raw


def _value(path: Path, value: Any) -> InputValue:
    return path.parent / value if isinstance(value, str) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int | float)


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_number(one) or _is_numbers(one) for one in value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_value(value: Any) -> bool:
    return _is_number(value) or _is_numbers(value) or _is_name(value)


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and all(type(side) is int and side > 0 for side in value)
