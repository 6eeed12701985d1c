"""Facts of a page that nobody measured."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from framegate.report.history import BenchmarkHistory, HistoryPoint
from framegate.report.html.facts import (
    CellFacts,
    CellTimeFacts,
    Figure,
    ModelFacts,
    NotMeasured,
    PageBlock,
    PictureRow,
    ReportFacts,
    StageTime,
    TraceLink,
    VerdictCard,
)
from framegate.report.html.history import history_blocks

DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")
HOSTILE = (
    "<script>document.title='taken'</script>\"'><img src=x onerror=\"document.title='taken'\">"
    "\n\u202elatipsoh {{ 7*7 }}"
)
"""A name that would run, break out of an attribute, end a line, or turn the text beside it around."""


def stages_of(name: str, count: int = 7) -> list[StageTime]:
    known = ("preprocess", "inference", "readback", "postprocess", "convert", "draw")
    return [StageTime(stage, 0.001 * (place + 1)) for place, stage in enumerate([*known, name][-count:])]


def cell_facts(number: int, name: str = "net", rounds: int = 40) -> CellFacts:
    """A cell whose rounds lie about 28 ms."""
    return CellFacts(
        anchor=f"cell-{number}",
        suite="test_frame",
        subject=f"{name} at 256",
        backends=f"tensorflow, {name}-{number}, egl",
        axes={"model": name, "size": "256", "preprocess": "none", "runtime": "tensorflow", "renderer": f"r{number}"},
        total_s=0.028,
        stages=stages_of("present" if name == "net" else name),
        rounds_s=[0.028 + 0.0001 * ((place * 7) % 11 - 5) for place in range(rounds)],
        rounds=rounds,
        spread=0.3 if number % 2 else 0.02,
        doubt=f"the rounds of {name} lie apart" if number % 2 else "",
        rate=35.7,
        command=f"pytest 'suites/test_frame.py::test_frame[{name}-{number}]' --benchmark-only --frame-model={name}",
        trace=TraceLink("traces/a%20b.trace.json", f"framegate trace 'traces/{name}.trace.json'"),
    )


def page_facts(name: str = "net", cells: int = 4) -> ReportFacts:
    """A page with something in every section."""
    table = PageBlock(name, columns=["", name], rows=[[name, 1.5]], notes=[name])
    runs = [
        HistoryPoint(name, datetime(2026, 11, day, tzinfo=UTC), name, 0.01 * day, name, True, verdict, 0.05)
        for day, verdict in ((1, "same"), (2, "regressed"))
    ]
    dot = Figure(name, DOT, "image/png", 1, 1, [name])
    time = CellTimeFacts("in Python", f"with {name}", 0.028, is_rough=True, stages=stages_of(name), remarks=[name])
    return ReportFacts(
        title=name,
        made_at="2026-11-29 10:00:00",
        answer=[
            VerdictCard(f"{name} at 256", True, [time], doubts=[name]),
            VerdictCard("other at 64", False, [], clock=[name], advice=name),
        ],
        besides=[name],
        doubts=[name],
        cells=[cell_facts(number, name) for number in range(cells)],
        pictures=[PictureRow(name, [dot, dot])],
        history=[table, *history_blocks([BenchmarkHistory(name, runs)])],
        models=[ModelFacts(name, name, [(name, name)], table)],
        sections=[table],
        failed=[NotMeasured(name, [name])],
        skipped=[NotMeasured(name, [name, name])],
        machine=[("processor", name)],
        command=f"pytest --frame-model={name}",
    )
