"""The history of benchmarks over stored runs: what changed, in numbers and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

from framegate.report.html.svg import three_digits
from framegate.report.section import Section

COMPARED = 10
"""Points of the same conditions, before the newest, whose median it is compared with."""
COMMIT_LETTERS = 9
USUAL = "same"
"""The verdict that is not news."""
CHANGE_NOTE = (
    f"change: the newest run beside the median of the {COMPARED} before it that had the same machine, versions, model"
    " and settings. It is no verdict: two runs of the same code differ too."
)
SEEN_NOTE = "seen from: the smallest slowdown that the gate would have flagged when it said that."


@dataclass(frozen=True)
class HistoryPoint:
    """A benchmark in one stored run.

    Attributes:
        run: name of the run.
        started: when it was stored; None where it does not say.
        commit: the commit that was measured; None where that is not known.
        seconds: median of its rounds; of a run against a clock, that of its frames' ages.
        change: what of the machine, versions, model or settings differs from the point before; empty if nothing does.
        is_accepted: whether the run is part of a baseline of the gate.
        verdict: what the gate said of this benchmark; empty where it said nothing.
        least: the smallest slowdown that the gate would have flagged, 0.05 being 5 %; None where it compared nothing.
    """

    run: str
    started: datetime | None
    commit: str | None
    seconds: float
    change: str = ""
    is_accepted: bool = False
    verdict: str = ""
    least: float | None = None

    @property
    def day(self) -> str:
        """The day on which it was stored."""
        return "" if self.started is None else self.started.date().isoformat()

    @property
    def is_notable(self) -> bool:
        """Whether anything beside its time is worth showing."""
        return self.is_accepted or bool(self.change) or self.verdict not in {"", USUAL}

    @property
    def note(self) -> str:
        """The remarks on it, beside its time."""
        parts = ["accepted" if self.is_accepted else "", self.verdict, self.change and f"changed: {self.change}"]
        return "; ".join(filter(None, parts))


@dataclass(frozen=True)
class BenchmarkHistory:
    """A benchmark over the stored runs.

    Attributes:
        key: name of the benchmark.
        points: its points, the oldest first; at least one.
    """

    key: str
    points: Sequence[HistoryPoint]

    @property
    def newest(self) -> HistoryPoint:
        """The last point."""
        return self.points[-1]

    @property
    def alike(self) -> Sequence[HistoryPoint]:
        """The points of the newest one's conditions, without a change between, and itself."""
        first = max((at for at, point in enumerate(self.points) if point.change), default=0)
        return self.points[first:]

    @property
    def shift(self) -> float | None:
        """The newest time, beside the median of those before it that are alike, as a fraction; None without any."""
        before = [point.seconds for point in self.alike[:-1]][-COMPARED:]
        return self.newest.seconds / median(before) - 1 if before else None

    @property
    def judged(self) -> HistoryPoint | None:
        """The last point of which the gate said something."""
        return next((point for point in reversed(self.points) if point.verdict), None)

    @property
    def baseline(self) -> HistoryPoint | None:
        """The last point that was accepted."""
        return next((point for point in reversed(self.points) if point.is_accepted), None)


def by_shift(histories: Sequence[BenchmarkHistory]) -> list[BenchmarkHistory]:
    """Histories with more than one point: the largest slowdown first, those that cannot be compared last."""
    several = [history for history in histories if len(history.points) > 1]
    return sorted(several, key=lambda history: (history.shift is None, -(history.shift or 0.0)))


def history_section(histories: Sequence[BenchmarkHistory]) -> Section:
    """A row for each benchmark with more than one point, and the columns in which any of them has something."""
    rows = [_row(history) for history in by_shift(histories)]
    if not rows:
        return Section()
    columns = ("benchmark", "since", "accepted", "last verdict", "runs", "newest ms", "change", "seen from")
    table = Section("Every benchmark over the stored runs", columns, rows, left=4).without_empty_columns()
    notes = {"change": CHANGE_NOTE, "seen from": SEEN_NOTE}
    return replace(table, notes=[note for column, note in notes.items() if column in table.columns])


def _row(history: BenchmarkHistory) -> tuple[object, ...]:
    newest, baseline, judged = history.newest, history.baseline, history.judged
    return (
        history.key,
        history.points[0].day,
        baseline.run if baseline else "",
        judged.verdict if judged else "",
        len(history.points),
        three_digits(newest.seconds),
        fraction_text(history.shift, sign="+"),
        fraction_text(judged.least if judged else None),
    )


def points_section(history: BenchmarkHistory, most: int) -> Section:
    """The points with remarks, and the newest; if there are many, the last ones."""
    notable = [point for point in history.points if point.is_notable or point is history.newest]
    rows = [
        (
            point.run,
            point.day,
            (point.commit or "")[:COMMIT_LETTERS],
            point.note,
            three_digits(point.seconds),
            fraction_text(point.least),
        )
        for point in notable[-most:]
    ]
    more = len(notable) - len(rows)
    notes = (f"… and {more} before",) if more > 0 else ()
    columns = ("run", "on", "commit", "", "median ms", "seen from")
    return Section(history.key, columns, rows, left=4, notes=notes).without_empty_columns()


def fraction_text(value: float | None, sign: str = "") -> str:
    """``12 %``, ``3.4 %``, ``+3.4 %``; empty for None."""
    if value is None:
        return ""
    scaled = 100 * value
    return f"{scaled:{sign}.0f} %" if abs(scaled) >= 9.95 else f"{scaled:{sign}.1f} %"
