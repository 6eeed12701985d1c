"""Read frozen dataclasses from what JSON holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
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
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        # What is around the part that does not fit may fit all the same.
        return _read_in_parts(value, kind, error)


def _read_in_parts(value: object, kind: Any, error: msgspec.ValidationError) -> Any:
    origin, kinds = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(value, Mapping):
        return _read_fields(value, kind)
    if origin in _UNIONS:
        return _read_first(value, kinds)
    if origin is tuple and kinds[-1] is Ellipsis and isinstance(value, list | tuple):
        return tuple(read_as(item, kinds[0]) for item in value)
    if origin is Mapping and isinstance(value, Mapping):
        return {read_as(name, kinds[0]): read_as(item, kinds[1]) for name, item in value.items()}
    raise Misfit(str(error)) from None


def _read_first(value: object, kinds: tuple[Any, ...]) -> Any:
    for kind in kinds:
        try:
            return read_as(value, kind)
        except Misfit:
            continue
    raise Misfit(f"{value!r} is none of {kinds}")


def _read_fields(value: Mapping[Any, Any], kind: Any) -> Any:
    known: dict[str, Any] = {}
    for name, hint, has_default in _fields(kind):
        try:
            if name in value:
                known[name] = read_as(value[name], hint)
        except Misfit:
            if not has_default:
                raise
    try:
        return kind(**known)
    except TypeError as error:
        raise Misfit(str(error)) from None


@cache
def _fields(kind: type) -> list[tuple[str, Any, bool]]:
    """Name, type, and whether it has a default, of each field."""
    hints = get_type_hints(kind)
    return [(field.name, hints[field.name], _has_default(field)) for field in fields(kind)]


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING
