"""Options as rows of tables: what one is called, what it takes, and how it is read stands in one place."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from framegate.errors import FramegateError, UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Table = Mapping[str, "Option"]


Value = TypeVar("Value")


def per_run(make: Callable[[pytest.Config], Value]) -> Callable[[pytest.Config], Value]:
    """Have ``make(config)`` run where its value is first needed in a run of pytest, and keep the value."""
    key = pytest.StashKey[Value]()

    @functools.wraps(make)
    def value(config: pytest.Config) -> Value:
        if key not in config.stash:
            config.stash[key] = make(config)
        return config.stash[key]

    return value


def text(flag: str, given: str) -> str:
    """The text as it is."""
    del flag
    return given


def choice(words: Sequence[str]) -> Callable[[str, str], str]:
    """A parser of one of a few words."""

    def parse(flag: str, given: str) -> str:
        if given not in words:
            raise UnknownName(flag.removeprefix("--").replace("-", " ", 1), given, words)
        return given

    return parse


def count(most: int) -> Callable[[str, str], int]:
    """A parser of whole numbers from 1."""

    def parse(flag: str, given: str) -> int:
        if not (given.isascii() and given.isdigit() and len(given) <= 9 and 1 <= int(given) <= most):
            raise UsageError(f"{flag} {given!r} is not a whole number from 1 to {most}")
        return int(given)

    return parse


@dataclass(frozen=True, kw_only=True)
class Option:
    """An option with a value, which an ini file may set as well.

    Attributes:
        name: the name on the command line, without the dashes in front.
        about: the help; that of the ini setting too.
        metavar: what stands for the value in the help.
        parse: from the flag and the text to the value.
        default: the value without any text.
        unset: the default as the help says it, where that is not the value's text.
        bare: the text of an option that is given without one; None where it needs one.
        ini: whether an ini file can set it.
        in_worker: whether it is for the processes that measure for the gate as well.
    """

    name: str
    about: str
    metavar: str | None = None
    parse: Callable[[str, str], Any] = text
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

    def add(self, parser: pytest.Parser, group: pytest.OptionGroup) -> None:
        """Have pytest know it."""
        unset = self.unset or (str(self.default) if self.default else "")
        shown = f" (default: {unset})" if unset else ""
        where = f". ini: {self.key}" if self.ini else ""
        group.addoption(self.flag, help=f"{self.about}{shown}{where}".replace("%", "%%"), **self._arguments())
        if self.ini:
            parser.addini(self.key, self.about, **self._ini_arguments())

    def read(self, config: pytest.Config) -> Any:
        """The value: from the command line, else from the ini file, else the default.

        Raises:
            UsageError: the value is empty, or it cannot be right.
        """
        given = self._given(config)
        if given == "":
            raise self._emptiness()
        value = given or next(iter(self._ini(config)), None)
        if value is None:
            return self.default
        try:
            return self.parse(self.flag, value)
        except FramegateError as error:
            raise pytest.UsageError(str(error)) from None

    def is_given(self, config: pytest.Config) -> bool:
        """Whether the command line or the ini file says anything of it."""
        return self._given(config) not in (None, False, []) or bool(self._ini(config))

    def _arguments(self) -> dict[str, Any]:
        optional = {} if self.bare is None else {"nargs": "?", "const": self.bare}
        return {"metavar": self.metavar, **optional}

    def _ini_arguments(self) -> dict[str, Any]:
        return {"default": ""}

    def _given(self, config: pytest.Config) -> Any:
        return config.getoption(self.key)

    def _ini(self, config: pytest.Config) -> Any:
        """Values of the ini setting; paths in it start at the file that it stands in."""
        setting = str(config.getini(self.key)) if self.ini else ""
        home = config.rootpath if config.inipath is None else config.inipath.parent
        values = split([setting.replace("\n", ",")])
        return tuple(str(home / value) if os.path.exists(home / value) else value for value in values)  # noqa: PTH110 # see split

    def _emptiness(self) -> pytest.UsageError:
        # An unset variable in a CI script must not run the default matrix in place of what was meant.
        return pytest.UsageError(f"{self.flag} is empty; give it a value, or leave it out for the default")


class Flag(Option):
    """An option that is on or off."""

    def read(self, config: pytest.Config) -> bool:
        """Whether it is on."""
        return self.is_given(config)

    def _arguments(self) -> dict[str, Any]:
        return {"action": "store_true"}

    def _ini_arguments(self) -> dict[str, Any]:
        return {"type": "bool", "default": False}

    def _ini(self, config: pytest.Config) -> bool:
        try:
            return self.ini and bool(config.getini(self.key))
        except (ValueError, pytest.UsageError) as error:  # pytest 9.2 raises the latter
            raise pytest.UsageError(f"{self.key} in {config.inipath}: {error}; write true or false") from None


class Names(Option):
    """An option that takes several values: comma-separated, or given several times."""

    def read(self, config: pytest.Config) -> tuple[str, ...]:
        """The values, in order."""
        given = self._given(config) or []
        values = split(given)
        if given and not values:
            raise self._emptiness()
        return values or self._ini(config)

    def _arguments(self) -> dict[str, Any]:
        return {"action": "append", "metavar": self.metavar}


def add(parser: pytest.Parser, group: pytest.OptionGroup, *tables: Table) -> None:
    """Have pytest know all options of the tables."""
    for table in tables:
        for option in table.values():
            option.add(parser, group)


def is_any_given(config: pytest.Config, *tables: Table) -> bool:
    """Whether the command line or the ini file says anything of an option of the tables."""
    return any(option.is_given(config) for table in tables for option in table.values())


def read(config: pytest.Config, table: Table) -> dict[str, Any]:
    """The values of a table's options by the field that each of them fills.

    Raises:
        UsageError: a value is empty, or it cannot be right.
    """
    return {field: option.read(config) for field, option in table.items()}


def split(values: Sequence[str]) -> tuple[str, ...]:
    """Split at commas, drop blanks and repeats, keep the order; a path that exists is kept whole, commas and all."""
    parts: list[str] = []
    for value in values:
        # os.path answers False, not an error, for a text that is too long for a path.
        whole = os.sep in value and os.path.exists(value)  # noqa: PTH110
        parts += [value] if whole else [part.strip() for part in value.split(",")]
    return once(part for part in parts if part)


def once(values: Iterable[str]) -> tuple[str, ...]:
    """The values in order, without repeats."""
    return tuple(dict.fromkeys(values))
