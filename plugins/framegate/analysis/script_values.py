"""What JavaScript makes of the values of a JSON document: text, numbers, and what an index finds in them (pure)."""

from __future__ import annotations

import math
import re
from typing import Any, Final

UNDEFINED: Final = object()
"""A missing value; JSON's null is None."""

_UNDERSCORES = re.compile(r"_+([A-Za-z0-9_]|$)")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_PLAIN_DIGITS = 21


def camel_case(text: str) -> str:
    """What tfjs-layers makes of the texts of a config (generic_utils.ts, ``toCamelCase``)."""
    return _UNDERSCORES.sub(lambda match: match[1].upper(), text) if len(text) > 1 else text


def text_of(value: Any) -> str:
    """What ``String(value)`` is."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join("" if item is None or item is UNDEFINED else text_of(item) for item in value)
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number_text(value)
    return {None: "null", True: "true", False: "false", UNDEFINED: "undefined"}[value]


def number_of(value: Any) -> float:
    """What ``Number(value)`` is; NaN where JavaScript says so."""
    if value is None or value is UNDEFINED:
        return 0.0 if value is None else math.nan
    if isinstance(value, int | float):
        return _float(value)
    text = text_of(value).strip()
    if not text:
        return 0.0
    return float(text) if _NUMBER.fullmatch(text) else math.nan


def item_of(value: Any, index: int) -> Any:
    """What ``value[index]`` is, once tfjs-layers has put the config into camel case.

    In the lists of references the first text is a name, and stays.

    Raises:
        TypeError: it is null, of which JavaScript gives nothing.
    """
    if value is None:
        raise TypeError("null has no items")
    if isinstance(value, str):
        return value[index] if index < len(value) else UNDEFINED
    if isinstance(value, list):
        item = value[index] if index < len(value) else UNDEFINED
        return camel_case(item) if index and isinstance(item, str) else item
    return value.get(str(index), UNDEFINED) if isinstance(value, dict) else UNDEFINED


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _number_text(value: float) -> str:
    number = _float(value)
    whole = number.is_integer() and abs(number) < 10**_PLAIN_DIGITS
    return str(int(number)) if whole else repr(number)
