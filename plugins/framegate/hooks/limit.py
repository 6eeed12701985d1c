"""A run that is to be over soon: what tells most comes first, and nothing is begun that would take too long."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from framegate.hooks.answer import GLIMPSES, answer_lines, words_of
from framegate.hooks.matrix import kind_of
from framegate.hooks.options import options_of
from framegate.hooks.own import fixture_is_ours
from framegate.hooks.report import closing_line, measured
from framegate.option import once

if TYPE_CHECKING:
    from framegate.bench.allowance import Allowance
    from framegate.errors import BackendUnavailable


class WeighFrame(Protocol):
    """See `weigh_frame`."""

    def __call__(self, frame_s: Callable[[], float], first_s: float | None = None, software: str | None = None) -> None:
        """Raise `BackendUnavailable` where the cell is to be left out."""
        ...


ALLOWANCE = pytest.StashKey["Allowance"]()
FIRST_CELLS = pytest.StashKey[dict[str, str]]()
"""Node ids of the cells that are needed for a first answer, and have not ended -> kind of their pipeline."""
FIRST_ANSWER_S = 45.0
"""Seconds after which a first answer is given of what there is by then."""
CLOCK = time.monotonic
CUT_SHORT = pytest.StashKey[dict[tuple[str, str], "BackendUnavailable"]]()
"""Model and runtime, of a cell that was left out as software drew it -> why; its other ways are not tried."""
LEFT_OUT = pytest.StashKey[dict[str, dict[str, str]]]()
"""Why cells were left out -> runtime and renderer -> the same with what is known of their frames."""
NOT_BEGUN = pytest.StashKey[list[pytest.Item]]()
"""Cells that there was no time to begin."""
NO_TIME = "there was no time for them"
MOST_NAMES = 6
"""How many ways to the screen are named in one line."""
SAID = pytest.StashKey[bool]()
"""Whether the first answer was given."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put first what tells most, and begin to count the time."""
    cells = [item for item in items if "frame_model" in _params(item)]
    limit_s = options_of(config).limit_s if cells else None
    if limit_s is None:
        return
    from framegate.bench.allowance import Allowance
    from framegate.bench.order import CellPlace, is_needed_first, ranks

    config.stash[ALLOWANCE] = Allowance(limit_s, [kind_of(item) for item in items], CLOCK)
    by_cell = dict(zip(cells, ranks([CellPlace(*_place(item)) for item in cells]), strict=True))
    others = [item for item in items if item not in by_cell]
    items[:] = [*sorted(cells, key=lambda item: by_cell[item]), *others]
    config.stash[FIRST_CELLS] = {item.nodeid: kind_of(item) for item in cells if is_needed_first(by_cell[item])}


def _params(item: pytest.Item) -> dict[str, Any]:
    callspec = getattr(item, "callspec", None) if fixture_is_ours(item, "frame_info") else None
    return {} if callspec is None else callspec.params


def _place(item: pytest.Item) -> tuple[str, str, str, object]:
    params = _params(item)
    way = {name: value for name, value in params.items() if name not in {"frame_model", "frame_runtime"}}
    return kind_of(item), params["frame_model"], params.get("frame_runtime", ""), (item.path.stem, *way.values())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Count the time of a cell, and say the first answer as soon as there is one."""
    allowance = item.config.stash.get(ALLOWANCE, None)
    if allowance is None:
        return (yield)
    count = len(measured(item.config))
    allowance.begin(kind_of(item))
    try:
        return (yield)
    finally:
        allowance.end(is_measured=len(measured(item.config)) > count)
        waited_for = item.config.stash[FIRST_CELLS]
        waited_for.pop(item.nodeid, None)
        if nextitem is not None and (not waited_for or allowance.gone_s > FIRST_ANSWER_S):
            _say_first(item.config, allowance)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a cell out for which there is no time, unless a first answer waits for it."""
    from framegate.errors import BackendUnavailable

    allowance = item.config.stash.get(ALLOWANCE, None)
    if allowance is None:
        return
    subject = _subject(item)
    if error := item.config.stash.get(CUT_SHORT, {}).get(subject):
        raise BackendUnavailable(f"runtime {subject[1]!r}: {error.reason}", error.install_hint)
    needed_s = 0.0 if _is_first(item) else allowance.cell_s(kind_of(item))
    if allowance.left_s <= needed_s:
        item.config.stash.setdefault(NOT_BEGUN, []).append(item)
        raise BackendUnavailable(
            f"no time was left of the {allowance.limit_s} s that the run may take", _more_time(item.config)
        )


def _subject(item: pytest.Item) -> tuple[str, str]:
    params = _params(item)
    return params.get("frame_model", ""), params.get("frame_runtime", "")


def _is_first(item: pytest.Item) -> bool:
    return item.nodeid in item.config.stash[FIRST_CELLS]


def estimate_of(config: pytest.Config) -> Callable[[], float] | None:
    """What says how many seconds a run with little time still takes; None for other runs."""
    allowance = config.stash.get(ALLOWANCE, None)
    return None if allowance is None else allowance.estimate_s


def answer_before_reference(item: pytest.Item) -> None:
    """Say the first answer of a cell whose frames are measured, before what they are compared with is computed.

    That loads TensorFlow, and the model in it, which may take longer than all before it. Cells of the same kind that
    are needed for a first answer as well are waited for, but not for too long.
    """
    allowance = item.config.stash.get(ALLOWANCE, None)
    is_last = item is item.session.items[-1]
    if allowance is None or is_last or item.config.stash.get(SAID, False):
        return
    others = [kind for node, kind in item.config.stash[FIRST_CELLS].items() if node != item.nodeid]
    if kind_of(item) in others and allowance.gone_s <= FIRST_ANSWER_S:
        return
    capture: Any = item.config.pluginmanager.get_plugin("capturemanager")
    with nullcontext() if capture is None else capture.global_and_fixture_disabled():
        _say_first(item.config, allowance, "; whether the outputs are right is still to be seen")


def _say_first(config: pytest.Config, allowance: Allowance, also: str = "") -> None:
    """Say it, once, where something was measured and something is left."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    lines = answer_lines(config)
    if not lines or reporter is None or config.stash.get(SAID, False):
        return
    config.stash[SAID] = True
    left = f"about {allowance.estimate_s():.0f} s more for the rest{also}"
    reporter.ensure_newline()
    for line in ["", f"A first answer, after {allowance.gone_s:.0f} s ({left}):", "", *lines, ""]:
        reporter.write_line(line)
    reporter.flush()  # a pipe or a file would have it with the rest


@pytest.fixture
def weigh_frame(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> WeighFrame:
    """Leaves a cell out, after its first frame, that a run with little time has no use for.

    It takes what runs a frame and returns its seconds, those of the first frame if they are known, and the device if
    only software draws there. A first frame may have had to compile: for its sake alone nothing is left out that
    computes where it was asked to.
    """
    from framegate.errors import BackendUnavailable

    def weigh(frame_s: Callable[[], float], first_s: float | None = None, software: str | None = None) -> None:
        allowance = pytestconfig.stash.get(ALLOWANCE, None)
        if allowance is None:
            return
        is_first = _is_first(request.node)
        first_s = frame_s() if first_s is None else first_s
        if software is not None and first_s > options_of(pytestconfig).budget_s:
            raise _drawn_by_software(request.node, software, first_s)
        if not allowance.affords(first_s, is_first=is_first):
            again_s = frame_s()
            if not allowance.affords(again_s, is_first=is_first):
                _name_left_out(request.node, NO_TIME, _ms_a_frame(again_s))
                _glimpse(request.node, again_s)
                raise BackendUnavailable(
                    f"a frame took {_ms(again_s)} ms, and only {allowance.left_s:.0f} s of the run were left",
                    _more_time(pytestconfig),
                )

    return weigh


def _drawn_by_software(item: pytest.Item, device: str, frame_s: float) -> BackendUnavailable:
    """Name what is left out below the answer, and leave out its other ways too; returns why."""
    from framegate.errors import BackendUnavailable

    _name_left_out(item, "software draws here", _ms_a_frame(frame_s))
    error = BackendUnavailable(
        f"only software draws here ({device}), and the first frame took {_ms(frame_s)} ms, which says nothing of a GPU",
        "measure it on a machine with a GPU",
    )
    item.config.stash.setdefault(CUT_SHORT, {})[_subject(item)] = error
    return error


def _name_left_out(item: pytest.Item, why: str, about: str = "") -> None:
    """Say it below the answer, in one line for all that was left out for that reason."""
    params = _params(item)
    way = f"{params.get('frame_runtime')} to {params.get('frame_renderer')}"
    ways = item.config.stash.setdefault(LEFT_OUT, {}).setdefault(why, {})
    ways[way] = f"{way} ({about})" if about else way
    named = [*ways.values()][:MOST_NAMES]
    others = f" and {len(ways) - len(named)} more" if len(ways) > len(named) else ""
    closing_line(item.config, f"Left out, as {why}: {', '.join(named)}{others}.", about=f"left out, {why}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Say below the answer for how many cells there was no time, and which runtimes have no result for it."""
    config = session.config
    cells = config.stash.get(NOT_BEGUN, [])
    if not cells:
        return
    tried = {result.params.get("frame_runtime") for result in measured(config)}
    runtimes = [runtime for runtime in once(_subject(cell)[1] for cell in cells) if runtime and runtime not in tried]
    nothing = f", so that nothing was measured of {', '.join(runtimes)}" if runtimes else ""
    count = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
    words = words_of(config)
    closing_line(
        config,
        f"Not measured: {count}, as the {config.stash[ALLOWANCE].limit_s} s were over{nothing}."
        f" {words.limit}=SECONDS gives more time, --frame-runtime=NAME{words.after} measures one runtime alone.",
    )


def _glimpse(item: pytest.Item, frame_s: float, *, has_ended: bool = True) -> None:
    """Have the answer say what one frame told of a cell."""
    from framegate.pipelines.base import PAGE
    from framegate.report.answer import Glimpse
    from framegate.results.parts import Cell

    params = _params(item)
    axes = ("model", "size", "preprocess", "runtime", "renderer")
    frame = Cell(**{axis: params.get(f"frame_{axis}") for axis in axes})
    item.config.stash.setdefault(GLIMPSES, []).append(Glimpse(frame, frame_s, kind_of(item) == PAGE, has_ended))


@contextmanager
def in_time(item: pytest.Item, end: Callable[[], None]) -> Iterator[None]:
    """Leave a cell out, in a run with little time, whose page has no first frame in time; ``end`` ends its browser.

    How long that was waited for is what is known of a frame.
    """
    from framegate.errors import BackendUnavailable, NoAnswer

    try:
        yield
    except NoAnswer as error:
        if ALLOWANCE not in item.config.stash:
            raise
        end()
        _name_left_out(item, "its page did not answer in time", f"longer than {error.waited_s:.0f} s a frame")
        _glimpse(item, error.waited_s, has_ended=False)
        raise BackendUnavailable(f"runtime {_subject(item)[1]!r}: {error}", _more_time(item.config)) from error


def _more_time(config: pytest.Config) -> str:
    return f"give the run more time ({words_of(config).limit})"


def _ms_a_frame(seconds: float) -> str:
    return f"{_ms(seconds)} ms a frame"


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"
