"""A run that is to be over soon: which of its cells come first, which are left out, and what is said of those."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from framegate.bench.allowance import Allowance
from framegate.bench.order import CellPlace, is_needed_first, ranks
from framegate.errors import BackendUnavailable, NoAnswer
from framegate.option import once
from framegate.pipelines.base import PAGE
from framegate.report.answer import CommandWords, Glimpse
from framegate.results.parts import Cell

if TYPE_CHECKING:
    from framegate.report.answer import Awaited

FIRST_ANSWER_S = 45.0
"""Seconds after which a first answer is given of what there is by then."""
NO_TIME = "there was no time for them"
LACKING: Mapping[Awaited, str] = {
    "model": "not loaded within {} s",
    "frame": "longer than {} s a frame",
    "rounds": "longer than {} s for its frames",
}
"""What is said of a page by what it did not have in time."""
MOST_NAMES = 6
"""How many renderers are named in one line, each with its runtime."""


class LimitedTest(NamedTuple):
    """A test of the run.

    Attributes:
        kind: kind of its pipeline.
        cell: what it measures; None for a test without a model.
        axes: all that tells it from others of its model and runtime.
    """

    kind: str
    cell: Cell | None = None
    axes: Hashable = ()

    @property
    def subject(self) -> tuple[str, str]:
        """Names of the model and the runtime; empty where it has none."""
        return (self.cell and self.cell.model) or "", (self.cell and self.cell.runtime) or ""


class LimitedRun:
    """Spends the time of a run.

    Args:
        limit_s: seconds that the run may take.
        budget_s: seconds of a frame that is real-time.
        tests: its tests by name, in their order.
        words: how the command that was run is told more.
        clock: function that returns seconds.

    Attributes:
        order: names of the tests, what tells most first.
        glimpses: frames of cells that there was no time to measure.
        is_answered: whether the first answer was given.
    """

    def __init__(
        self,
        limit_s: int,
        budget_s: float,
        tests: Mapping[str, LimitedTest],
        words: CommandWords,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit_s, self._budget_s = limit_s, budget_s
        self._tests, self._words = tests, words
        self._allowance = Allowance(limit_s, [test.kind for test in tests.values()], clock)
        cells = [name for name, test in tests.items() if test.cell is not None]
        places = [CellPlace(tests[name].kind, *tests[name].subject, tests[name].axes) for name in cells]
        by_cell = dict(zip(cells, ranks(places), strict=True))
        self.order = [*sorted(cells, key=by_cell.__getitem__), *(name for name in tests if name not in by_cell)]
        self._waited_for = {name for name in cells if is_needed_first(by_cell[name])}
        self._cut_short: dict[tuple[str, str], BackendUnavailable] = {}
        self._left_out: dict[str, dict[str, str]] = {}
        self._not_begun: list[str] = []
        self.glimpses: list[Glimpse] = []
        self.is_answered = False

    def estimate_s(self) -> float:
        """Seconds until the run ends, about."""
        return self._allowance.estimate_s()

    def begin(self, name: str) -> None:
        """Count the time of a test."""
        self._allowance.begin(self._tests[name].kind)

    def end(self, name: str, *, is_measured: bool) -> None:
        """Note the end of a test."""
        self._allowance.end(is_measured=is_measured)
        self._waited_for.discard(name)

    def check_time(self, name: str) -> None:
        """See whether a test can begin.

        Raises:
            BackendUnavailable: there is no time for it, unless a first answer waits for it, or software draws for its
                runtime.
        """
        test = self._tests[name]
        if error := self._cut_short.get(test.subject):
            raise BackendUnavailable(f"runtime {test.subject[1]!r}: {error.reason}", error.install_hint)
        needed_s = 0.0 if name in self._waited_for else self._allowance.cell_s(test.kind)
        if self._allowance.left_s <= needed_s:
            self._not_begun.append(name)
            raise BackendUnavailable(
                f"no time was left of the {self._limit_s} s that the run may take", self._more_time()
            )

    def weigh(
        self, name: str, frame_s: Callable[[], float], first_s: float | None = None, software: str | None = None
    ) -> None:
        """See whether a cell can be measured, by its first frame.

        That frame may have had to compile: for its sake alone nothing is left out that computes where it was asked to.

        Args:
            name: the test's.
            frame_s: runs a frame and returns its seconds.
            first_s: those of the first frame, if they are known.
            software: the device, if only software draws there.

        Raises:
            BackendUnavailable: the run has no use for it.
        """
        is_first = name in self._waited_for
        first_s = frame_s() if first_s is None else first_s
        if software is not None and first_s > self._budget_s:
            raise self._drawn_by_software(name, software, first_s)
        if self._allowance.affords(first_s, is_first=is_first):
            return
        again_s = frame_s()
        if self._allowance.affords(again_s, is_first=is_first):
            return
        self._leave_out(name, NO_TIME, _ms_a_frame(again_s))
        self._glimpse(name, again_s)
        raise BackendUnavailable(
            f"a frame took {_ms(again_s)} ms, and only {self._allowance.left_s:.0f} s of the run were left",
            self._more_time(),
        )

    def no_answer(self, name: str, error: NoAnswer, lacking: Awaited) -> BackendUnavailable:
        """Leave out a cell whose page did not answer in time; returns why.

        How long that was waited for, and what for, is what is known of it.
        """
        self._leave_out(name, "its page did not answer in time", LACKING[lacking].format(f"{error.waited_s:.0f}"))
        self._glimpse(name, error.waited_s, lacking)
        more = f"give pages more time (--frame-browser-timeout{self._words.after})"
        return BackendUnavailable(f"runtime {self._tests[name].subject[1]!r}: {error}", more)

    def is_answer_due(self, name: str | None = None) -> bool:
        """Whether it is time for the first answer.

        Args:
            name: a test whose frames are measured, and only what they are compared with is not: cells of other kinds
                are not waited for. None between tests.
        """
        kinds = {self._tests[other].kind for other in self._waited_for if other != name}
        is_waiting = bool(kinds) if name is None else self._tests[name].kind in kinds
        return not self.is_answered and (not is_waiting or self._allowance.gone_s > FIRST_ANSWER_S)

    def begin_answer(self, also: str = "") -> str:
        """The line above the first answer, which is given now."""
        self.is_answered = True
        left = f"about {self.estimate_s():.0f} s more for the rest{also}"
        return f"A first answer, after {self._allowance.gone_s:.0f} s ({left}):"

    def closing_lines(self, runtimes: Collection[str | None]) -> Iterator[str]:
        """What was left out and why, and for how many cells there was no time.

        Args:
            runtimes: names of those that have a result.
        """
        for why, cells in self._left_out.items():
            others = f" and {len(cells) - MOST_NAMES} more" if len(cells) > MOST_NAMES else ""
            yield f"Left out, as {why}: {', '.join([*cells.values()][:MOST_NAMES])}{others}."
        if not self._not_begun:
            return
        subjects = [self._tests[name].subject for name in self._not_begun]
        lacking = [runtime for runtime in once(runtime for _, runtime in subjects) if runtime not in {"", *runtimes}]
        nothing = f", so that nothing was measured of {', '.join(lacking)}" if lacking else ""
        count = "1 cell" if len(subjects) == 1 else f"{len(subjects)} cells"
        yield (
            f"Not measured: {count}, as the {self._limit_s} s were over{nothing}. {self._words.limit}=SECONDS gives"
            f" more time, --frame-runtime=NAME{self._words.after} measures one runtime alone."
        )

    def _drawn_by_software(self, name: str, device: str, frame_s: float) -> BackendUnavailable:
        """Leave out a cell, and all others of its model and runtime; returns why."""
        self._leave_out(name, "software draws here", _ms_a_frame(frame_s))
        error = BackendUnavailable(
            f"only software draws here ({device}), and the first frame took {_ms(frame_s)} ms, which says nothing of a"
            " GPU",
            "measure it on a machine with a GPU",
        )
        self._cut_short[self._tests[name].subject] = error
        return error

    def _glimpse(self, name: str, frame_s: float, lacking: Awaited | None = None) -> None:
        """Have the answer say what one frame told of a cell, or that it was not there."""
        test = self._tests[name]
        self.glimpses.append(Glimpse(test.cell or Cell(), frame_s, test.kind == PAGE, lacking))

    def _leave_out(self, name: str, why: str, about: str = "") -> None:
        cell = self._tests[name].cell or Cell()
        backends = f"{cell.runtime} to {cell.renderer}"
        self._left_out.setdefault(why, {})[backends] = f"{backends} ({about})" if about else backends

    def _more_time(self) -> str:
        return f"give the run more time ({self._words.limit})"


def _ms_a_frame(seconds: float) -> str:
    return f"{_ms(seconds)} ms a frame"


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"
