"""Everything that a report's page shows, in the order in which it shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from markupsafe import Markup

from framegate.report.section import Section

NO_DRAWING = Markup()
REALTIME_S = 1 / 30
"""Seconds that a frame may take where nobody said so."""


@dataclass(frozen=True)
class PageBlock:
    """A block of a section of the page: a title, a drawing, a table and notes, each of which may be missing.

    Whoever makes one need not think of HTML: all texts are shown as they are, whatever they hold.

    Attributes:
        title: heading of the block.
        svg: a drawing, as the functions of `framegate.report.html.svg` make it. Only `Markup` is drawn; a plain text
            is shown as text.
        columns: headings of the table; none where there is no table.
        rows: one text or number for each column.
        left: count of the columns, from the first, that are aligned to the left; the others are numbers.
        notes: lines below the table.
    """

    title: str = ""
    svg: Markup = NO_DRAWING
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    left: int = 1
    notes: Sequence[str] = ()

    @classmethod
    def of(cls, section: Section, svg: Markup = NO_DRAWING) -> Self:
        """A section of the report, with a drawing above its table."""
        return cls(section.title, svg, section.columns, section.rows, section.left, section.notes)


@dataclass(frozen=True)
class StageTime:
    """One stage of a cell.

    Attributes:
        name: the stage.
        seconds: its median.
    """

    name: str
    seconds: float


@dataclass(frozen=True)
class CellTimeFacts:
    """The fastest cell of a model, of those in Python or of those in a browser.

    Attributes:
        where: ``in Python`` or ``in a browser``.
        backends: the renderer and the runtime: ``with gl-upload on openvino``.
        frame_s: median seconds of a frame.
        is_rough: whether its rounds lie so far apart that this is only roughly known.
        stages: its stages.
        remarks: what limits it, and what it is the fastest of.
    """

    where: str
    backends: str
    frame_s: float
    is_rough: bool = False
    stages: Sequence[StageTime] = ()
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class VerdictCard:
    """The answer for one model at one size.

    Attributes:
        subject: the model and its size.
        is_realtime: the verdict.
        fastest: the fastest cell of each kind, the faster one first.
        clock: what runs against a clock say, a sentence each.
        advice: what to try; empty where nothing need be.
        doubts: what may be wrong with the numbers or the picture, a sentence each.
    """

    subject: str
    is_realtime: bool
    fastest: Sequence[CellTimeFacts] = ()
    clock: Sequence[str] = ()
    advice: str = ""
    doubts: Sequence[str] = ()

    @property
    def slowest_s(self) -> float:
        """Seconds of a frame on the slower of them; 0 without any."""
        return max((time.frame_s for time in self.fastest), default=0.0)


@dataclass(frozen=True)
class TraceLink:
    """The trace of a cell's frames.

    Attributes:
        href: the file, seen from the report's folder, as an address.
        command: what opens it in a viewer.
    """

    href: str
    command: str


@dataclass(frozen=True)
class CellFacts:
    """One benchmark.

    Attributes:
        anchor: what links to it in the page: letters, digits and dashes.
        suite: name of the test function.
        subject: what it is compared with others on: the model with its size and preprocessing, else the size.
        backends: what it differs in from those: the runtime, the renderer and so on.
        axes: axis -> value, of those that apply.
        total_s: median seconds of a round.
        stages: the stages, in the order in which a frame meets them; none where the suite measures no stages.
        rounds_s: seconds of every round; none where only statistics were stored.
        rounds: count of the rounds.
        spread: distance of the quartiles, as a share of the median; None with too few rounds.
        doubt: why the time is to be taken with care; empty where nothing speaks against it.
        fault: why the benchmark failed; empty where it did not.
        rate: frames per second, where a round is a frame.
        command: what measures this cell alone.
        trace: where the trace of its frames is.
    """

    anchor: str
    suite: str
    subject: str
    backends: str
    axes: Mapping[str, str]
    total_s: float
    stages: Sequence[StageTime] = ()
    rounds_s: Sequence[float] = ()
    rounds: int = 0
    spread: float | None = None
    doubt: str = ""
    fault: str = ""
    rate: float | None = None
    command: str = ""
    trace: TraceLink | None = None


@dataclass(frozen=True)
class Figure:
    """A picture with its caption.

    Attributes:
        title: what it is: ``what went in``, or the cell that drew it.
        file: the file's bytes.
        media_type: its type: ``image/png`` or ``image/webp``.
        width: pixels of the picture that it shows.
        height: the same.
        notes: lines below it.
    """

    title: str
    file: bytes
    media_type: str
    width: int
    height: int
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class PictureRow:
    """The pictures of one frame in all cells.

    Attributes:
        title: the model with its size and preprocessing, and the frame's number.
        figures: what went in, after the steps, then what each cell drew and how it differs from the oracle's picture.
    """

    title: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class ModelFacts:
    """A model as the analyser explains it.

    Attributes:
        name: the model's name.
        summary: what it comes to, in a few words.
        facts: label and value of what is known of the whole.
        table: its ops or layers, with what a reader must know to trust the numbers.
    """

    name: str
    summary: str
    facts: Sequence[tuple[str, str]]
    table: PageBlock


@dataclass(frozen=True)
class NotMeasured:
    """Cells without a result, for one reason.

    Attributes:
        reason: the reason, with what to install.
        cells: their names.
    """

    reason: str
    cells: Sequence[str]


@dataclass(frozen=True)
class ReportFacts:
    """A report. Whatever is empty has no place in the page.

    Attributes:
        title: heading of the page.
        made_at: when it was measured, in words.
        budget_s: seconds that a frame may take to count as real-time.
        answer: is each model real-time, with what, and what limits it?
        besides: what else the run says, a sentence each.
        doubts: what stands beside the answer: ranges that were guessed, values that were clamped, remarks on models.
        cells: the benchmarks, in the order in which they ran.
        pictures: the pictures, by model.
        history: blocks of the history of each benchmark over the stored runs, in the order in which they are shown.
        models: the analyser's table of each model.
        sections: all other tables.
        failed: cells that failed, by reason.
        skipped: cells that could not run, by reason.
        machine: label and value: the machine, its libraries, and what drew.
        command: what measures all of it again.
    """

    title: str
    made_at: str = ""
    budget_s: float = REALTIME_S
    answer: Sequence[VerdictCard] = ()
    besides: Sequence[str] = ()
    doubts: Sequence[str] = ()
    cells: Sequence[CellFacts] = ()
    pictures: Sequence[PictureRow] = ()
    history: Sequence[PageBlock] = ()
    models: Sequence[ModelFacts] = ()
    sections: Sequence[PageBlock] = ()
    failed: Sequence[NotMeasured] = ()
    skipped: Sequence[NotMeasured] = ()
    machine: Sequence[tuple[str, str]] = ()
    command: str = ""
