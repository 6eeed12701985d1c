"""The keys of a spec that say what a model's inputs are fed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from framegate.errors import UsageError
from framegate.interfaces import InputSpec, InputValue, ModelSpec, Range

_FLAGS = {"true": True, "false": False}
INPUT_KEYS = frozenset({"channel_order", "input", "inputs", "mean", "state", "state_shapes", "std"})


def read_inputs(path: Path, table: Mapping[str, Any]) -> InputSpec:
    """What the spec in a file says of the inputs; files that it names are beside it.

    Args:
        path: the spec, for errors and for its folder.
        table: what is written in it.

    Raises:
        UsageError: a key has a value that it cannot have.
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
        is_bgr=_is_bgr(path, table.get("channel_order", "rgb")),
        ranges=_ranges(path, table),
    )


def read_input_value(flag: str, argument: str) -> tuple[str, InputValue]:
    """An input and what it is fed, as in ``ratio=0.25``, ``flag=true`` or ``style=style.png``.

    Args:
        flag: the option, for the error.
        argument: the user's text; a file's path starts at the working directory.

    Raises:
        UsageError: it names no input, or neither a number nor a file.
    """
    name, _, text = argument.partition("=")
    if not name or not text:
        raise UsageError(f"{flag} {argument!r} gives no input a value; write ratio=0.25 or style=style.png")
    if text in _FLAGS:
        return name, _FLAGS[text]
    for number in (int, float):
        with suppress(ValueError):
            return name, number(text)
    if not Path(text).is_file():
        raise UsageError(
            f"{flag}: {text!r} for {name!r} is neither a number nor true nor false, and there is no such file"
        )
    return name, Path(text)


def with_inputs(spec: ModelSpec, frame: str | None, values: Sequence[tuple[str, InputValue]]) -> ModelSpec:
    """A spec whose inputs are fed so where that is named, whatever it says of these.

    Args:
        spec: the model's.
        frame: the input that takes the frame; None for what the spec says.
        values: inputs, and what they are fed in every frame.

    Raises:
        UsageError: an input is named twice.
    """
    by_name = dict(values)
    if frame in by_name or len(by_name) < len(values):
        names = [*([frame] if frame else []), *(name for name, _ in values)]
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(
            f"--frame-input and --frame-input-value name {twice!r} more than once; an input takes the frame or one"
            " value"
        )
    own = spec.inputs
    frame = frame or (None if own.frame in by_name else own.frame)
    named = {frame, *by_name}
    inputs = replace(
        own,
        frame=frame,
        values={name: value for name, value in own.values.items() if name not in named} | by_name,
        state={name: output for name, output in own.state.items() if name not in named},
        state_shapes={name: shape for name, shape in own.state_shapes.items() if name not in named},
    )
    return replace(spec, inputs=inputs)


def _is_bgr(path: Path, raw: Any) -> bool:
    if raw not in ("rgb", "bgr"):
        raise UsageError(f"{path}: channel_order {raw!r} is neither 'rgb' nor 'bgr'")
    return bool(raw == "bgr")


def _ranges(path: Path, table: Mapping[str, Any]) -> tuple[Range, ...]:
    """What 0 and 255 become by ``(v / 255 - mean) / std``; empty where the spec has neither."""
    if "mean" not in table and "std" not in table:
        return ()
    if "input_range" in table:
        raise UsageError(f"{path}: input_range beside mean and std; (v / 255 - mean) / std is a range already")
    means, stds = (_per_channel(path, table, key, usual) for key, usual in (("mean", 0), ("std", 1)))
    if len(means) != len(stds) and 1 not in (len(means), len(stds)):
        raise UsageError(
            f"{path}: mean has {len(means)} numbers and std has {len(stds)}; give both one number, or the same count"
        )
    if not all(0 <= mean <= 1 for mean in means):
        raise UsageError(f"{path}: mean {table['mean']} has values outside of 0 to 1; divide it, and std, by 255")
    if not all(std > 0 for std in stds):
        raise UsageError(f"{path}: std {table['std']} has numbers that are not above 0")
    count = max(len(means), len(stds))
    pairs = zip(means * (count // len(means)), stds * (count // len(stds)), strict=True)
    return tuple(((0 - mean) / std, (1 - mean) / std) for mean, std in pairs)


def _per_channel(path: Path, table: Mapping[str, Any], key: str, usual: float) -> list[float]:
    raw = table.get(key, usual)
    numbers = raw if isinstance(raw, list) else [raw]
    if len(numbers) not in (1, 3, 4) or not all(type(number) in (int, float) for number in numbers):
        raise UsageError(
            f"{path}: {key} {raw!r} is not a number, or one for each channel such as [0.485, 0.456, 0.406]"
        )
    return [float(number) for number in numbers]


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
