"""From a stored run to the facts of its page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stored_runs import stored_entry, stored_run

from framegate.report.html.facts import TraceLink
from framegate.report.html.gather import BesideRun, gather, models_of
from framegate.results.run import RunNote

ROUNDS_S = [0.030, 0.031, 0.029, 0.030, 0.040]
FRAME = {"model": "net", "model_sha256": "a" * 64, "size": "64", "preprocess": "none", "runtime": "keras"}


def run_of(*entries: dict[str, Any], note: RunNote | None = None) -> dict[str, Any]:
    content = stored_run(*entries)
    if note is not None:
        note.store(content)
    return content


def frame_entry(renderer: str = "opencv", scale: float = 1.0, **extra_info: Any) -> dict[str, Any]:
    stages_s = {
        "preprocess": [0.0] * 5,
        "inference": [scale * seconds for seconds in ROUNDS_S],
        "draw": [0.001] * 5,
    }
    entry = stored_entry(
        f"test_frame[net-{renderer}]",
        [scale * seconds + 0.001 for seconds in ROUNDS_S],
        stages_s,
        framegate={"version": 1},
        frame={**FRAME, "renderer": renderer, "gl": "egl", "gl_renderer": "llvmpipe", "is_software": True},
        **extra_info,
    )
    entry["fullname"] = f"suites/test_frame.py::{entry['name']}"
    return entry


def test_the_facts_of_a_cell() -> None:
    trace = {"file": str(Path("/runs/traces/a b.trace.json"))}
    note = RunNote(("--frame-model=my net", "--frame-gl=egl"), 1 / 60)
    facts = gather(run_of(frame_entry(trace=trace), note=note), BesideRun(Path("/runs/out")))
    [cell] = facts.cells
    assert list(cell.axes) == ["model", "size", "preprocess", "runtime", "renderer", "gl"]
    assert list(cell.axes.values()) == ["net", "64", "none", "keras", "opencv", "egl"]
    assert (cell.suite, cell.subject, cell.backends) == ("test_frame", "net at 64", "keras, opencv, egl")
    assert cell.total_s == pytest.approx(0.031)
    assert cell.rate == pytest.approx(1 / 0.031)
    assert [stage.name for stage in cell.stages] == ["preprocess", "inference", "draw"]
    assert [stage.seconds for stage in cell.stages] == [0, 0.03, 0.001]
    assert cell.rounds_s == pytest.approx([0.031, 0.032, 0.030, 0.031, 0.041])
    assert cell.command == (
        "pytest 'suites/test_frame.py::test_frame[net-opencv]' --benchmark-only '--frame-model=my net' --frame-gl=egl"
    )
    assert cell.trace == TraceLink("../traces/a%20b.trace.json", "framegate trace '../traces/a b.trace.json'")
    assert facts.budget_s == 1 / 60


def test_a_suite_of_an_installed_copy_is_named_by_its_module() -> None:
    entry = frame_entry() | {"fullname": "../site-packages/framegate/suites/test_frame.py::test_frame[a b]"}
    [cell] = gather(run_of(entry), BesideRun(Path())).cells
    assert cell.command == "pytest --pyargs 'framegate.suites.test_frame::test_frame[a b]' --benchmark-only"


def test_the_answer_names_the_fastest_way_and_what_is_wrong_with_its_picture() -> None:
    picture = {"shown": [-1.0, 1.0], "smallest": -3.0, "largest": 1.0, "clamped": 0.025}
    shown = {"view": "mask", "outputs": ["out"], "reason": "one channel"}
    entries = [frame_entry(), frame_entry("gl-texture", 0.5, picture=picture, shown=shown)]
    facts = gather(run_of(*entries), BesideRun(Path()))
    [card] = facts.answer
    assert (card.subject, card.is_realtime) == ("net at 64", True)
    [time] = card.fastest
    assert (time.where, time.backends) == ("in Python", "with gl-texture on keras")
    assert time.frame_s == pytest.approx(0.016)
    assert time.remarks[:2] == ["94% of it is inference", "the fastest of 2 cells"]
    assert "net is shown as mask of out: one channel" in facts.doubts
    assert "net at 64: values -3 to 1, of which -1 to 1 are shown; 2 % lie outside and are clamped" in facts.doubts


def test_what_has_no_result_is_there_with_its_reason() -> None:
    note = RunNote(skipped={"no GPU": ("a", "b")}, failed={"wrong picture": ("test_frame[net-opencv]",)})
    facts = gather(run_of(frame_entry(), note=note), BesideRun(Path()))
    assert [(group.reason, group.cells) for group in facts.skipped] == [("no GPU", ("a", "b"))]
    assert [group.reason for group in facts.failed] == ["wrong picture"]
    assert facts.answer == []


def test_the_machine_is_in_plain_words() -> None:
    facts = gather(run_of(frame_entry()), BesideRun(Path()))
    machine = dict(facts.machine)
    assert machine["processor"] == "A CPU, 2 cores"
    assert machine["drawn by"].startswith("OpenGL by egl: llvmpipe (software: the processor did a GPU's work")
    assert machine["commit"] == "c0ffee"


def test_a_run_without_rounds_has_its_statistics() -> None:
    entry = stored_entry("test_load[net]", None, rounds=7, framegate={"version": 1}, frame=FRAME)
    entry["stats"] |= {"median": 2.0, "iqr": 0.1}
    [cell] = gather(run_of(entry), BesideRun(Path())).cells
    assert (cell.total_s, cell.rounds, cell.spread, cell.rounds_s) == (2.0, 7, 0.05, ())


def test_what_is_not_framegates_is_left_out() -> None:
    run = run_of(stored_entry("test_theirs"), frame_entry())
    assert [cell.suite for cell in gather(run, BesideRun(Path())).cells] == ["test_frame"]
    assert [model.name for model in models_of(run)] == ["net"]
    assert gather({}, BesideRun(Path())).cells == []
