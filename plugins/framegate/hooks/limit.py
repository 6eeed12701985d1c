"""``--frame-run-limit``: has pytest run what tells most first, and begin nothing that would take too long."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from framegate.errors import NoAnswer, NotLoaded
from framegate.hooks.answer import GLIMPSES, answer_lines, words_of
from framegate.hooks.matrix import kind_of
from framegate.hooks.own import fixture_is_ours
from framegate.hooks.report import closing_line, measured
from framegate.hooks.settings import options_of

if TYPE_CHECKING:
    from framegate.bench.limited import LimitedRun, LimitedTest
    from framegate.report.answer import Awaited


class WeighFrame(Protocol):
    """See `weigh_frame`."""

    def __call__(self, frame_s: Callable[[], float], first_s: float | None = None, software: str | None = None) -> None:
        """Raise `BackendUnavailable` where the cell is to be left out."""
        ...


LIMITED = pytest.StashKey["LimitedRun"]()
CLOCK = time.monotonic


# Last, so that no other plugin changes the order again.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put first what tells most, and begin to count the time."""
    limit_s = options_of(config).limit_s if any("frame_model" in _params(item) for item in items) else None
    if limit_s is None:
        return
    from framegate.bench.limited import LimitedRun

    tests = {item.nodeid: _test_of(item) for item in items}
    run = LimitedRun(limit_s, options_of(config).budget_s, tests, words_of(config), CLOCK)
    config.stash[LIMITED], config.stash[GLIMPSES] = run, run.glimpses
    places = {name: place for place, name in enumerate(run.order)}
    items.sort(key=lambda item: places[item.nodeid])


def _params(item: pytest.Item) -> dict[str, Any]:
    callspec = getattr(item, "callspec", None) if fixture_is_ours(item, "frame_info") else None
    return {} if callspec is None else callspec.params


def _test_of(item: pytest.Item) -> LimitedTest:
    from framegate.bench.limited import LimitedTest
    from framegate.results.parts import Cell

    params = _params(item)
    if "frame_model" not in params:
        return LimitedTest(kind_of(item))
    axes = ("model", "size", "preprocess", "runtime", "renderer")
    cell = Cell(**{axis: params.get(f"frame_{axis}") for axis in axes})
    others = [value for name, value in params.items() if name not in {"frame_model", "frame_runtime"}]
    return LimitedTest(kind_of(item), cell, (item.path.stem, *others))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Count the time of a cell, and say the first answer as soon as there is one."""
    run = item.config.stash.get(LIMITED, None)
    if run is None:
        return (yield)
    count = len(measured(item.config))
    run.begin(item.nodeid)
    try:
        return (yield)
    finally:
        run.end(item.nodeid, is_measured=len(measured(item.config)) > count)
        if nextitem is not None and run.is_answer_due():
            _say_first(item.config, run)


# Before pytest's own, which sets up the fixtures: a browser would be started for nothing.
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a cell out for which there is no time, unless a first answer waits for it."""
    run = item.config.stash.get(LIMITED, None)
    if run is not None:
        run.check_time(item.nodeid)


# Innermost: of the error that it raises, the wrapper in hooks/outcome.py makes a skip.
@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Leave a cell out whose page does not answer in time while it is measured."""
    with in_time(item, "rounds"):
        return (yield)


def estimate_of(config: pytest.Config) -> Callable[[], float] | None:
    """What says how many seconds a run with little time still takes; None for other runs."""
    run = config.stash.get(LIMITED, None)
    return None if run is None else run.estimate_s


def answer_before_reference(item: pytest.Item) -> None:
    """Say the first answer of a cell whose frames are measured, before what they are compared with is computed.

    That loads TensorFlow, and the model in it, which may take longer than all before it. Cells of the same kind that
    are needed for a first answer as well are waited for, but not for too long.
    """
    run = item.config.stash.get(LIMITED, None)
    if run is None or item is item.session.items[-1] or not run.is_answer_due(item.nodeid):
        return
    capture: Any = item.config.pluginmanager.get_plugin("capturemanager")
    with nullcontext() if capture is None else capture.global_and_fixture_disabled():
        _say_first(item.config, run, "; whether the outputs are right is still to be seen")


def _say_first(config: pytest.Config, run: LimitedRun, also: str = "") -> None:
    """Say it, once, where something was measured."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    lines = answer_lines(config)
    if not lines or reporter is None:
        return
    reporter.ensure_newline()
    for line in ["", run.begin_answer(also), "", *lines, ""]:
        reporter.write_line(line)
    reporter.flush()  # a pipe or a file would have it with the rest


@pytest.fixture
def weigh_frame(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> WeighFrame:
    """Leaves a cell out, after its first frame, that a run with little time has no use for.

    It takes what runs a frame and returns its seconds, those of the first frame if they are known, and the device if
    only software draws there.
    """

    def weigh(frame_s: Callable[[], float], first_s: float | None = None, software: str | None = None) -> None:
        run = pytestconfig.stash.get(LIMITED, None)
        if run is not None:
            run.weigh(request.node.nodeid, frame_s, first_s, software)

    return weigh


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Say below the answer what was left out."""
    run = session.config.stash.get(LIMITED, None)
    if run is not None:
        runtimes = {result.params.get("frame_runtime") for result in measured(session.config)}
        for line in run.closing_lines(runtimes):
            closing_line(session.config, line)


@contextmanager
def in_time(item: pytest.Item, awaited: Awaited) -> Iterator[None]:
    """Leave a cell out, in a run with little time, whose page does not have in time what is awaited in the block."""
    try:
        yield
    except NoAnswer as error:
        run = item.config.stash.get(LIMITED, None)
        if run is None:
            raise
        lacking: Awaited = "model" if isinstance(error, NotLoaded) else awaited
        raise run.no_answer(item.nodeid, error, lacking) from error
