"""Options as rows of tables: what one is called, what it takes, and how it is read stands in one place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from framegate.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Table = Mapping[str, "Option"]

Value = TypeVar("Value")


def text(flag: str, argument: str) -> str:
    """The text as it is."""
    del flag
    return argument


def file(flag: str, argument: str) -> Path:
    """A file that can be written, in a folder that exists."""
    from framegate.files import check_can_be_written

    path = Path(argument)
    check_can_be_written([path], flag)
    return path


def choice(words: Sequence[str]) -> Callable[[str, str], str]:
    """A parser of one of a few words."""

    def parse(flag: str, argument: str) -> str:
        if argument not in words:
            raise UnknownName(flag.removeprefix("--").replace("-", " ", 1), argument, words)
        return argument

    return parse


def count(most: int) -> Callable[[str, str], int]:
    """A parser of whole numbers from 1."""

    def parse(flag: str, argument: str) -> int:
        number = whole(argument, 1, most)
        if number is None:
            raise UsageError(f"{flag} {argument!r} is not a whole number from 1 to {most}")
        return number

    return parse


def whole(argument: str, least: int, most: int) -> int | None:
    """The whole number that a text says; None if it says none, or one outside."""
    is_number = argument.isascii() and argument.isdigit() and len(argument) <= 9
    return int(argument) if is_number and least <= int(argument) <= most else None


# Every run of pytest imports this: what a dataclass can do besides takes two thirds of the time that it is made in.
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Option:
    """An option with a value, which an ini file may set as well.

    Attributes:
        name: the name on the command line, without the dashes in front.
        about: the help; that of the ini setting too.
        metavar: what stands for the value in the help.
        parse: function from the flag and the text to the value.
        default: the value without any text.
        unset: the default as the help says it, where that is not the value's text.
        bare: the text of an option that is given without one; None where it needs one.
        ini: whether an ini file can set it.
        in_worker: whether it is for the processes that measure for the gate as well.
    """

    name: str
    about: str
    metavar: str | None = None
    parse: Callable[[str, Any], Any] = text
    default: Any = None
    unset: str = ""
    bare: str | None = None
    ini: bool = True
    in_worker: bool = True

    @property
    def flag(self) -> str:
        """The option on the command line."""
        return f"--{self.name}"

    @property
    def key(self) -> str:
        """The option's name among pytest's, and the ini setting's."""
        return self.name.replace("-", "_")

    @property
    def help(self) -> str:
        """The help for argparse."""
        unset = self.unset or (str(self.default) if self.default else "")
        shown = f" (default: {unset})" if unset else ""
        where = f". ini: {self.key}" if self.ini else ""
        return f"{self.about}{shown}{where}".replace("%", "%%")

    def arguments(self) -> dict[str, Any] | None:
        """What argparse has to know besides; None for what only an ini file sets."""
        optional = {} if self.bare is None else {"nargs": "?", "const": self.bare}
        return {"metavar": self.metavar, **optional}

    def setting(self) -> dict[str, Any]:
        """What pytest has to know of the ini setting."""
        return {"default": ""}

    def value(self, argument: Any, setting: Any, home: Path) -> Any:
        """The value: what is given on the command line, else what the ini file says, else the default.

        Args:
            argument: value from the command line.
            setting: value from the ini file.
            home: the ini file's folder, where paths in it start.

        Raises:
            UsageError: the value is empty, or it cannot be right.
        """
        if argument == "":
            raise self._emptiness()
        answer = argument or next(iter(_settings(setting, home)), None)
        return self.default if answer is None else self.parse(self.flag, answer)

    def _emptiness(self) -> UsageError:
        # An unset variable in a CI script must not run the default matrix in place of what was meant.
        return UsageError(f"{self.flag} is empty; give it a value, or leave it out for the default")


class Flag(Option):
    """An option that is on or off."""

    def arguments(self) -> dict[str, Any]:
        """It takes no value."""
        return {"action": "store_true"}

    def setting(self) -> dict[str, Any]:
        """It is true or false."""
        return {"type": "bool", "default": False}

    def value(self, argument: Any, setting: Any, home: Path) -> bool:
        """Whether it is on."""
        del home
        return bool(argument or setting)


class Names(Option):
    """An option that takes several values: comma-separated, or given several times."""

    def arguments(self) -> dict[str, Any]:
        """It is given several times."""
        return {"action": "append", "metavar": self.metavar}

    def value(self, argument: Any, setting: Any, home: Path) -> tuple[Any, ...]:
        """The values, in order."""
        values = split(argument or [])
        if argument and not values:
            raise self._emptiness()
        asked = once(self.parse(self.flag, value) for value in values or _settings(setting, home))
        return asked or self.default or ()


class Patterns(Names):
    """An option that is given several times, whose values may have commas in them."""

    def value(self, argument: Any, setting: Any, home: Path) -> tuple[str, ...]:
        """The values, in order."""
        del setting, home
        return tuple(argument or ())


class Lines(Option):
    """An ini setting of several lines, which is no option."""

    def arguments(self) -> None:
        """Nothing: it is not on the command line."""

    def setting(self) -> dict[str, Any]:
        """A list of lines."""
        return {"type": "linelist", "default": []}

    def value(self, argument: Any, setting: Any, home: Path) -> Any:
        """What the lines say."""
        del argument, home
        return self.parse(self.key, setting)


def split(values: Sequence[str]) -> tuple[str, ...]:
    """Split at commas, drop blanks and repeats, keep the order; a path that exists is kept whole, commas and all."""
    parts: list[str] = []
    for value in values:
        # os.path answers False, not an error, for a text that is too long for a path.
        whole = os.sep in value and os.path.exists(value)  # noqa: PTH110
        parts += [value] if whole else [part.strip() for part in value.split(",")]
    return once(part for part in parts if part)


def once(values: Iterable[Value]) -> tuple[Value, ...]:
    """The values in order, without repeats."""
    return tuple(dict.fromkeys(values))


def _settings(setting: Any, home: Path) -> tuple[str, ...]:
    values = split([str(setting or "").replace("\n", ",")])
    return tuple(str(home / value) if os.path.exists(home / value) else value for value in values)  # noqa: PTH110 # see split
