"""How pytest learns of the tables of options, and what it says of them; the options of the suites are read here."""

from __future__ import annotations

import functools
import os
import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from framegate.errors import FramegateError
from framegate.options import TABLES, Options, options_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from framegate.option import Option, Table

Value = TypeVar("Value")

OF_THE_RUN = (
    *("frame_report", "frame_tables", "frame_pictures", "frame_trace"),
    *("frame_bench", "frame_run_limit"),
)
"""Options that say what a run shows, writes or has time for, which nobody wants when a cell is measured again."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add them all."""
    add(parser, parser.getgroup("framegate", "framegate: from model.json to the screen"), *TABLES)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the options where there are any, so that a mistake ends the run."""
    if is_given(config, *TABLES):
        options_of(config)


def add(parser: pytest.Parser, group: pytest.OptionGroup, *tables: Table) -> None:
    """Have pytest know all options of the tables, and their ini settings."""
    for option in _options(*tables):
        arguments = option.arguments()
        if arguments is not None:
            group.addoption(option.flag, help=option.help, **arguments)
        if option.ini:
            parser.addini(option.key, option.about, **option.setting())


def is_given(config: pytest.Config, *tables: Table) -> bool:
    """Whether the command line or the ini file says anything of an option of the tables."""
    return any(_given(config, option) or _setting(config, option) for option in _options(*tables))


def words_to_repeat(config: pytest.Config) -> Iterator[str]:
    """The options of Framegate with which a cell is measured again, as a command line takes them."""
    for option in _options(*TABLES):
        values = None if option.key in OF_THE_RUN else _given(config, option)
        for value in values if isinstance(values, list) else [values]:
            if value:
                yield option.flag if value is True else f"{option.flag}={value}"


def written_words(config: pytest.Config) -> list[str]:
    """What pytest was given, word by word: by the environment, the ini file and the command line."""
    environment = shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    return [*environment, *config.getini("addopts"), *map(str, config.invocation_params.args)]


def read(config: pytest.Config, table: Table) -> dict[str, Any]:
    """The values of a table's options by the field that each of them fills.

    Raises:
        UsageError: a value is empty, or it cannot be right.
    """
    home = config.rootpath if config.inipath is None else config.inipath.parent
    with usage_errors():
        return {
            field: option.value(_given(config, option), _setting(config, option), home)
            for field, option in table.items()
        }


@contextmanager
def usage_errors() -> Iterator[None]:
    """Have an error of Framegate's in the block end the run as pytest's own refusals do, with one line."""
    try:
        yield
    except FramegateError as error:
        raise pytest.UsageError(str(error)) from None


def per_run(make: Callable[[pytest.Config], Value]) -> Callable[[pytest.Config], Value]:
    """Have ``make(config)`` run where its value is first needed in a run of pytest, and keep the value."""
    key = pytest.StashKey[Value]()

    @functools.wraps(make)
    def value(config: pytest.Config) -> Value:
        if key not in config.stash:
            config.stash[key] = make(config)
        return config.stash[key]

    return value


@per_run
def options_of(config: pytest.Config) -> Options:
    """What the user asked for.

    Raises:
        UsageError: a value is empty, or it cannot be right.
    """
    return options_from(functools.partial(read, config))


def _options(*tables: Table) -> list[Option]:
    return [option for table in tables for option in table.values()]


def _given(config: pytest.Config, option: Option) -> Any:
    return None if option.arguments() is None else config.getoption(option.key)


def _setting(config: pytest.Config, option: Option) -> Any:
    if not option.ini:
        return None
    try:
        return config.getini(option.key)
    except (ValueError, pytest.UsageError) as error:  # pytest 9.2 raises the latter
        raise pytest.UsageError(f"{option.key} in {config.inipath}: {error}; write true or false") from None
