"""A warning where pytest has taken the value of one of this plugin's options for a path to tests.

pytest looks for its root folder and its ini file before it loads plugins. It does not know their options then, and
takes the PATH of ``--frame-model PATH`` for a folder of tests; written as ``--frame-model=PATH`` it is left alone.
"""

from __future__ import annotations

import itertools
import os
import shlex
import sys
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

OURS = ("--frame-", "--gate")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser
) -> Generator[None, object, object]:
    """Warn on stderr, before pytest captures it: the run may end before there is anything else to write to."""
    line = complaint(early_config, parser)
    if line is not None and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"framegate: {line}", file=sys.stderr)  # noqa: T201 # there is no reporter yet
    return (yield)


def complaint(config: pytest.Config, parser: pytest.Parser) -> str | None:
    """What is wrong with the arguments, in one line; None if nothing is."""
    arguments = [*shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), *map(str, config.invocation_params.args)]
    apart = separated(arguments)
    if not apart:
        return None
    expected = _setup(
        config, parser, [argument for argument in arguments if argument not in {option for option, _ in apart}], apart
    )
    if expected in {None, (config.rootpath, config.inipath)}:
        return None
    option, value = apart[0]
    settings = "no settings" if config.inipath is None else f"the settings of {config.inipath}"
    return (
        f"write {option}={value}, with =: pytest took {value} for tests, and runs with {settings} and the root"
        f" {config.rootpath}"
    )


def separated(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """Options of this plugin whose value is an argument of its own, and is a path that exists: (option, value)."""
    return [
        (option, value)
        for option, value in itertools.pairwise(arguments)
        if option.startswith(OURS) and "=" not in option and not value.startswith("-") and _exists(value)
    ]


def _exists(value: str) -> bool:
    try:
        return Path(value).exists()
    except (OSError, ValueError):
        return False


def _setup(
    config: pytest.Config, parser: pytest.Parser, arguments: Sequence[str], apart: Sequence[tuple[str, str]]
) -> tuple[Path, Path | None] | None:
    """Root and ini file as pytest finds them without those values; None if this pytest cannot be asked."""
    values = {value for _, value in apart}
    known = parser.parse_known_args([argument for argument in arguments if argument not in values])
    try:
        from _pytest.config.findpaths import determine_setup

        root, ini, *_ = determine_setup(
            inifile=known.inifilename,
            override_ini=known.override_ini,
            args=known.file_or_dir,
            rootdir_cmd_arg=known.rootdir or None,
            invocation_dir=config.invocation_params.dir,
        )
    except (ImportError, AttributeError, TypeError):  # it is no public function of pytest's
        return None
    return root, ini
