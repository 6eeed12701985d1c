"""What becomes of a Framegate error: a named skip for a missing backend, one line instead of a traceback for others."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from framegate.errors import BackendUnavailable, FramegateError
from framegate.hooks.options import OPTIONS


class RequiredBackendUnavailable(FramegateError):
    """A backend that ``--frame-require`` names is not available."""


@contextmanager
def named(config: pytest.Config, kind: str, name: str) -> Iterator[None]:
    """Say which backend it was that a ``BackendUnavailable`` comes from; with ``--frame-require`` it is an error."""
    try:
        yield
    except BackendUnavailable as error:
        reason = f"{kind} {name!r}: {error.reason}"
        if name in config.stash[OPTIONS].require:
            raise RequiredBackendUnavailable(f"required {reason}; {error.install_hint}") from error
        raise BackendUnavailable(reason, error.install_hint) from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """Turn a missing backend into a skip while fixtures are set up."""
    return (yield from _skip_unavailable())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Turn a missing backend into a skip while the test runs."""
    return (yield from _skip_unavailable())


def _skip_unavailable() -> Generator[None, object, object]:
    try:
        return (yield)
    except BackendUnavailable as error:
        pytest.skip(str(error))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a user's mistake as its one line; any other exception keeps its traceback."""
    report = yield
    if call.excinfo is not None and isinstance(call.excinfo.value, FramegateError):
        report.longrepr = f"{type(call.excinfo.value).__name__}: {call.excinfo.value}"
    return report
