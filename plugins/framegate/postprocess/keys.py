"""The keys of a spec that belong to a view, read with one wording for all mistakes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TypeGuard, TypeVar

from framegate.errors import UnknownName, UsageError

Default = TypeVar("Default")
Word = TypeVar("Word", bound=str)
Colour = tuple[int, int, int]
_REPEATED = re.compile(r"(.+)\*([1-9][0-9]{0,3})", re.ASCII)
_MOST_COLUMNS = 9999


class ViewKeys:
    """The keys of a spec that belong to a view.

    Args:
        options: what the spec says.
        known: the keys that the view has.

    Raises:
        UnknownName: a key that the view does not have.
    """

    def __init__(self, options: Mapping[str, object], known: Collection[str]) -> None:
        self._options = options
        for key in options:
            if key not in known:
                raise UnknownName("key of the view", key, known)

    def flag(self, key: str, *, default: bool) -> bool:
        """``true`` or ``false``."""
        value = self._options.get(key, default)
        if not isinstance(value, bool):
            raise _wrong(key, value, "true or false")
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number from ``low`` to ``high``."""
        value = self._options.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise _wrong(key, value, f"a number from {low:g} to {high:g}")
        return float(value)

    def whole(self, key: str, default: Default, low: int, high: int) -> int | Default:
        """A whole number from ``low`` to ``high``."""
        if key not in self._options:
            return default
        value = self._options[key]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _wrong(key, value, f"a whole number from {low} to {high}")
        return value

    def word(self, key: str, default: Word, words: Sequence[Word]) -> Word:
        """One of ``words``."""
        value = self._options.get(key, default)
        for word in words:
            if value == word:
                return word
        raise _wrong(key, value, f"one of {', '.join(words)}")

    def colour(self, key: str, default: Colour) -> Colour:
        """Red, green and blue from 0 to 255."""
        value = self._options.get(key, default)
        if not is_colour(value):
            raise _wrong(key, value, "a colour such as [255, 128, 0]")
        return value

    def wholes(self, key: str, default: Sequence[int] = ()) -> list[int]:
        """A list of whole numbers from 0."""
        value = self._options.get(key, default)
        if not isinstance(value, list | tuple) or not all(type(entry) is int and entry >= 0 for entry in value):
            raise _wrong(key, value, "a list of whole numbers such as [0, 15]")
        return list(value)

    def texts(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of texts."""
        value = self._options.get(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(entry, str) and entry for entry in value):
            raise _wrong(key, value, "a list of texts such as ['x', 'y']")
        return tuple(value)

    def columns(self, default: Sequence[str]) -> tuple[str, ...]:
        """What the numbers of a row are; ``point*51`` is a word that stands there 51 times."""
        columns = [column for text in self.texts("columns", default) for column in _repeats(text)]
        if len(columns) > _MOST_COLUMNS:
            raise _wrong("columns", self._options["columns"], f"a list of {_MOST_COLUMNS} columns at most")
        return tuple(columns)

    def pairs(self, key: str, low: int = 0) -> list[tuple[int, int]]:
        """A list of pairs of whole numbers from ``low`` to 9999; empty where the spec has none."""
        value = self._options.get(key, ())
        if not isinstance(value, list | tuple) or not all(_is_pair(entry, low) for entry in value):
            raise _wrong(key, value, "a list of pairs such as [[1, 2], [2, 3]]")
        return [(first, second) for first, second in value]

    def raw(self, key: str, default: Default) -> object | Default:
        """What the spec says, as it is."""
        return self._options.get(key, default)


def is_colour(value: object) -> TypeGuard[Colour]:
    """Whether it is a list of three whole numbers from 0 to 255."""
    return (
        isinstance(value, list | tuple)
        and len(value) == 3
        and all(type(part) is int and 0 <= part <= 255 for part in value)
    )


def _repeats(text: str) -> list[str]:
    match = _REPEATED.fullmatch(text)
    return [match[1]] * int(match[2]) if match else [text]


def _is_pair(value: object, low: int) -> TypeGuard[tuple[int, int]]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    return all(type(part) is int and low <= part <= 9999 for part in value)


def _wrong(key: str, value: object, allowed: str) -> UsageError:
    return UsageError(f"{key} = {value!r:.60} is not {allowed}; see docs/views.md")
