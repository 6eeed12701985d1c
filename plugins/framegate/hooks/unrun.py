"""The backends that a run of pytest would know, for whoever offers them without such a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from framegate.errors import UsageError
from framegate.hooks.registries import registries_of

if TYPE_CHECKING:
    from framegate.hooks.registries import Registries


class _Asking:
    """Ends a run when its plugins and its initial conftests are there, and keeps what they bring."""

    def __init__(self) -> None:
        self.registries: Registries | None = None
        self.refusal: str | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> pytest.ExitCode:
        try:
            self.registries = registries_of(config)
        except pytest.UsageError as error:
            self.refusal = str(error)
        return pytest.ExitCode.OK


def registries_of_a_run(words: Sequence[str]) -> Registries:
    """What a run of pytest with these words would know; nothing is collected.

    Raises:
        UsageError: there could be no such run; what pytest itself says of that is on its streams.
    """
    asking = _Asking()
    code = pytest.main([*words], plugins=[asking])
    if asking.registries is None:
        raise UsageError(asking.refusal or f"pytest does not start here (exit code {code:d}); mend what it says above")
    return asking.registries
