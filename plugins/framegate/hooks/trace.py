"""The fixture that keeps a trace of a cell's frames, and writes it to the folder of ``--frame-trace``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.matrix import kind_of
from framegate.hooks.report import note
from framegate.hooks.settings import options_of

if TYPE_CHECKING:
    from pathlib import Path

    from framegate.interfaces import Stage
    from framegate.measure.stages import StageTimer
    from framegate.realtime.run import Run
    from framegate.trace.keeper import Keeper, Kept

WriteTrace = Callable[..., None]
TraceTimer = Callable[..., "StageTimer"]
Traced = Callable[[Callable[[Any], Any], "Sequence[Stage]"], Callable[[Any], Any]]


@pytest.fixture
def trace_keeper(pytestconfig: pytest.Config) -> Keeper | None:
    """Is given the clock's readings of the cell's stages; None without ``--frame-trace``."""
    if options_of(pytestconfig).trace is None:
        return None
    from framegate.gate.worker.memory import resident_bytes
    from framegate.trace.keeper import Keeper

    return Keeper(resident_bytes)


@pytest.fixture
def write_trace(request: pytest.FixtureRequest, benchmark: Any, trace_keeper: Keeper | None) -> WriteTrace:
    """Writes FOLDER/TEST.trace.json.gz, and its path to ``extra_info["trace"]``; nothing without ``--frame-trace``."""

    def write(
        samples_s: Mapping[str, Sequence[float]],
        kept: Kept | None = None,
        run: Run | None = None,
        queue: int = 1,
        what: str = "frame",
    ) -> None:
        if trace_keeper is None:
            return
        from framegate.pipelines.base import PAGE
        from framegate.trace.write import Trace, trace_file

        kept = trace_keeper.take() if kept is None else kept
        if not kept.calls:
            note(request.config, f"{request.node.name}: --frame-trace has no readings of its stages")
            return
        trace = Trace(request.node.name, os.getpid(), kept, samples_s, run, queue, what=what)
        if kind_of(request.node) == PAGE:
            trace = trace.in_page()
        _write(request, benchmark.extra_info, trace_file(trace))

    return write


@pytest.fixture
def trace_timer(
    request: pytest.FixtureRequest, benchmark: Any, trace_keeper: Keeper | None, write_trace: WriteTrace
) -> Iterator[TraceTimer]:
    """Numbers the calls of a timer and keeps them, and writes their trace when the test has ended.

    Its arguments are the timer, how many calls it gets after its rounds, and what a call is. Nothing happens without
    ``--frame-trace``.
    """
    from framegate.hooks.stored import samples_of_rounds

    watched: list[tuple[StageTimer, int, str]] = []

    def watch(timer: StageTimer, calls_after: int = 1, what: str = "frame") -> StageTimer:
        if trace_keeper is not None:
            numbers = count()
            timer.keep = lambda call: trace_keeper(call._replace(frame=next(numbers)))
            watched.append((timer, calls_after, what))
        return timer

    yield watch
    for timer, calls_after, what in watched:
        write_trace(samples_of_rounds(request.config, benchmark, timer, calls_after), what=what)


@pytest.fixture
def traced(trace_keeper: Keeper | None, trace_timer: TraceTimer) -> Traced:
    """Makes a whole call one whose stages are in the trace: the call itself without ``--frame-trace``."""
    from framegate.measure.stages import StageTimer

    return lambda call, stages: call if trace_keeper is None else trace_timer(StageTimer(stages))


def _write(request: pytest.FixtureRequest, extra_info: dict[str, Any], content: bytes) -> None:
    from framegate.files import writable_file
    from framegate.hooks.pictures import file_stem
    from framegate.results.parts import TraceFile
    from framegate.trace.write import SUFFIX

    path: Path = options_of(request.config).trace / f"{file_stem(request)}{SUFFIX}"  # type: ignore[operator]
    with writable_file(path, "trace") as file:
        file.write(content)
    TraceFile(str(path.absolute())).store(extra_info)
