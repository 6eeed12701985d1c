"""What becomes of a Framegate error: a named skip for a missing backend, one line instead of a traceback for others."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from framegate.errors import BackendUnavailable, FramegateError, GLError, RequiredBackendUnavailable, WindowClosed
from framegate.hooks.own import is_ours
from framegate.hooks.settings import options_of

ENDED_EARLY = pytest.StashKey[bool]()
"""Of a test, or of the run in the middle of one: whether it ended before it had used its benchmark, perhaps."""
ERROR = pytest.StashKey[FramegateError]()
"""The error that ended the latest test phase; fixtures read it in teardown to know what may be broken."""
UNAVAILABLE = "framegate_unavailable"
"""The attribute of a skipped test's report that says what it lacked."""


@contextmanager
def named(config: pytest.Config, kind: str, name: str) -> Iterator[None]:
    """Say which backend it was that a ``BackendUnavailable`` comes from; with ``--frame-require`` it is an error."""
    try:
        yield
    except BackendUnavailable as error:
        reason = f"{kind} {name!r}: {error.reason}"
        # --frame-require egl asks for every device of it that a cell names.
        if {name, name.partition(":")[0]} & {*options_of(config).require}:
            raise RequiredBackendUnavailable(f"required {reason}; {error.install_hint}") from error
        raise BackendUnavailable(reason, error.install_hint) from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Turn a missing backend into a skip, and a missing library into one line, while fixtures are set up."""
    return (yield from _skip_unavailable(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Turn a missing backend into a skip, and a missing library into one line, while the test runs."""
    return (yield from _skip_unavailable(item))


def _skip_unavailable(item: pytest.Item) -> Generator[None, object, object]:
    try:
        return (yield)
    except (KeyboardInterrupt, pytest.exit.Exception):
        # Nobody makes a report of it, and what the test uses ends with the session.
        item.config.stash[ENDED_EARLY] = is_ours(item)
        raise
    except BackendUnavailable as error:
        if not is_ours(item):
            raise
        raise pytest.skip.Exception(str(error)) from error
    except ImportError as error:
        from framegate.libraries import unavailable

        explained = unavailable(error) if is_ours(item) else None
        if explained is None:
            raise
        raise explained from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Keep pytest-benchmark from warning that a cell which ended before its rounds did not use its benchmark."""
    with _unused_benchmark(is_expected=item.stash.get(ENDED_EARLY, False)):
        return (yield)


# Within pytest's own wrapper, which makes errors of warnings where the user says so.
@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """The same for a cell that Ctrl-C or a signal ended: where warnings are errors, that would be the run's end."""
    with _unused_benchmark(is_expected=session.config.stash.get(ENDED_EARLY, False)):
        return (yield)


@contextmanager
def _unused_benchmark(*, is_expected: bool) -> Iterator[None]:
    with warnings.catch_warnings():
        if is_expected:
            warnings.filterwarnings("ignore", "Benchmark fixture was not used at all")
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a user's mistake as its one line, and a skip at the benchmark; other exceptions keep their traceback.

    A window that its user closed ends the run, whose results so far are shown as always.
    """
    report = yield
    if not is_ours(item):
        return report
    error = None if call.excinfo is None else call.excinfo.value
    if error is not None:
        item.stash[ENDED_EARLY] = True
    if isinstance(error, WindowClosed):
        left = len(item.session.items) - item.session.items.index(item) - 1
        item.session.shouldfail = f"{error} during {item.name}; benchmarks not run after it: {left}"
    if isinstance(error, FramegateError):
        item.stash[ERROR] = error
        report.longrepr = f"{type(error).__name__}: {_context(item, error)}{error}"
    elif report.skipped and error is not None and isinstance(error.__cause__, BackendUnavailable):
        setattr(report, UNAVAILABLE, str(error))
        path, line, _ = item.location
        report.longrepr = (path, (line or 0) + 1, f"Skipped: {error}")
    return report


def _context(item: pytest.Item, error: FramegateError) -> str:
    """Whose error it is: OpenGL's own messages do not say."""
    if not isinstance(error, GLError):
        return ""
    callspec = getattr(item, "callspec", None)
    return f"GL context {callspec.params['frame_gl']!r}: " if callspec and "frame_gl" in callspec.params else ""
