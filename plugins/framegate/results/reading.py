"""Read frozen dataclasses from what JSON holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

_UNIONS = (Union, UnionType)


class Misfit(ValueError):
    """A value is not of the type that was expected."""


def read_as(value: object, kind: Any) -> Any:
    """A value of JSON as an annotation says it: a plain type, a union, a tuple, a ``Mapping`` or a dataclass of them.

    Keys that a dataclass does not know are left out; a field that does not fit has its default.

    Raises:
        Misfit: the value is something else.
    """
    # Nearly all that is stored fits in full, which compiled code finds many times sooner.
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return _read_in_parts(value, kind)


def _read_in_parts(value: object, kind: Any) -> Any:
    if kind is Any or type(value) is kind:
        return value
    origin, arguments = _form(kind)
    if origin is dataclass:
        return _read_fields(value, kind)
    if origin in _UNIONS:
        return value if type(value) in arguments else _read_first(value, arguments)
    if origin is tuple:
        return _read_tuple(value, arguments)
    if origin is Mapping:
        return _read_mapping(value, kind, arguments)
    if kind is float:
        _expect(isinstance(value, int | float) and not isinstance(value, bool), value, kind)
    elif kind is int:
        _expect(isinstance(value, int) and not isinstance(value, bool), value, kind)
    else:
        _expect(isinstance(value, kind), value, kind)
    return value


def _expect(fits: bool, value: object, kind: Any) -> None:  # noqa: FBT001 # an assertion of its own
    if not fits:
        raise Misfit(f"{value!r} is not {kind}")


def _read_mapping(value: object, kind: Any, kinds: tuple[Any, ...]) -> dict[Any, Any]:
    if not isinstance(value, Mapping):
        raise Misfit(f"{value!r} is not {kind}")
    if kinds == (str, Any) and set(map(type, value)) <= {str}:
        return dict(value)
    return {_read_in_parts(name, kinds[0]): _read_in_parts(item, kinds[1]) for name, item in value.items()}


def _read_first(value: object, kinds: tuple[Any, ...]) -> Any:
    for kind in kinds:
        try:
            return _read_in_parts(value, kind)
        except Misfit:
            continue
    raise Misfit(f"{value!r} is none of {kinds}")


def _read_tuple(value: object, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise Misfit(f"{value!r} is not a list")
    item_kinds = kinds[:1] * len(value) if kinds[-1] is Ellipsis else kinds
    if len(item_kinds) != len(value):
        raise Misfit(f"{value!r} has {len(value)} items; {len(item_kinds)} are expected")
    return tuple(_read_in_parts(item, kind) for item, kind in zip(value, item_kinds, strict=True))


def _read_fields(value: object, kind: Any) -> Any:
    if not isinstance(value, Mapping):
        raise Misfit(f"{value!r} is not an object")
    known: dict[str, Any] = {}
    for name, hint, has_default in _fields(kind):
        try:
            if name in value:
                known[name] = _read_in_parts(value[name], hint)
        except Misfit:
            if not has_default:
                raise
    try:
        return kind(**known)
    except TypeError as error:
        raise Misfit(str(error)) from None


# Asked of every value of every stored run, and always answered alike.
@cache
def _form(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """What an annotation is made with, and of: `dataclass` of nothing for one of these."""
    return (dataclass, ()) if is_dataclass(kind) else (get_origin(kind), get_args(kind))


@cache
def _fields(kind: type) -> list[tuple[str, Any, bool]]:
    """Name, type, and whether it has a default, of each field."""
    hints = get_type_hints(kind)
    return [(field.name, hints[field.name], _has_default(field)) for field in fields(kind)]


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING
