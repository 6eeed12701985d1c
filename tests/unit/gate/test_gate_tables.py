"""What was found, for a terminal, a page, a program and a CI system."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from framegate.errors import HistoryError
from framegate.gate.tables import (
    explain,
    gate_json,
    gate_junit,
    gate_markdown,
    gate_table,
    percent,
    publish,
    shift_text,
    summary,
)
from framegate.gate.verdicts import WHOLE_RUN, Finding, GateReport, Shift, Verdict

TOTAL = Shift("total", Verdict.SAME, 0.004, -0.01, 0.02, 0.5, (0.002, 0.002008))
DRAW = Shift("draw", Verdict.REGRESSED, 0.18, 0.12, 0.24, 0.001, (0.001, 0.00118), 0.06)
CONVERT = Shift("convert", Verdict.INCONCLUSIVE, 0.02, -0.05, 0.09, 0.3, (0.0005, 0.00051))
SLOW = Finding("test_frame[gl-texture]", Verdict.REGRESSED, "", (TOTAL, DRAW))
REPORT = GateReport(
    "HEAD against HEAD~1",
    (SLOW, Finding("test_load[x]", Verdict.SAME, "", (TOTAL,)), Finding("test_new", Verdict.NO_BASELINE, "new")),
    ("A note.",),
    {"mode": "ab", "seed": 7},
)
NASTY = "test_frame[a|b<script>&`c`\n-x]"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.18, "+18 %"), (0.012, "+1.2 %"), (-0.034, "-3.4 %"), (0.0, "+0.0 %"), (-0.5, "-50 %"), (2.0, "+200 %")],
)
def test_percentages_have_a_sign_and_two_digits(value: float, text: str) -> None:
    assert percent(value) == text


@pytest.mark.parametrize(
    ("shift", "text"),
    [
        (DRAW, "draw +18 % [12, 24]"),
        (TOTAL, "total +0.4 % [-1.0, 2.0]"),
        (Shift("missed", Verdict.REGRESSED, 0.12, 0.07, 0.17), "missed +12 % of all frames [7.0, 17]"),
        (Shift("tensors_left", Verdict.REGRESSED, 3, 3, 3), "tensors_left +3"),
        (Shift("uploaded_bytes", Verdict.IMPROVED, -1024, -1024, -1024), "uploaded_bytes -1024"),
    ],
)
def test_a_family_is_shown_with_its_interval(shift: Shift, text: str) -> None:
    assert shift_text(shift) == text


def test_a_finding_names_the_stage_and_what_became_of_the_rest() -> None:
    assert explain(SLOW) == "draw +18 % [12, 24]; everything else same"
    noisy = Finding("it", Verdict.REGRESSED, "", (TOTAL, DRAW, CONVERT))
    assert explain(noisy) == "draw +18 % [12, 24]; else inconclusive: 1"
    assert explain(Finding("it", Verdict.REGRESSED, "", (DRAW,))) == "draw +18 % [12, 24]"
    unsure = Finding("it", Verdict.INCONCLUSIVE, "about 40 pairs would settle it", (CONVERT,))
    assert explain(unsure) == "convert +2.0 % [-5.0, 9.0]; about 40 pairs would settle it"
    assert explain(Finding("it", Verdict.MISSING, "gone")) == "gone"
    assert explain(Finding("it", Verdict.SAME, "", (TOTAL,))) == ""


def test_the_table_shows_what_is_not_the_same() -> None:
    assert gate_table(REPORT) == (
        "gate: HEAD against HEAD~1\n"
        "\n"
        "                           verdict       total ms         why\n"
        f" {'-' * 99}\n"
        "  test_frame[gl-texture]   regressed     2.000 -> 2.008   draw +18 % [12, 24]; everything else same\n"
        "  test_new                 no-baseline                    new\n"
        "\n"
        "A note.\n"
        "gate: regressed (1 regressed, 1 no-baseline, 1 same)"
    )
    assert "test_load[x]" in gate_table(REPORT, everything=True)


def test_a_run_that_is_the_same_has_no_table() -> None:
    same = GateReport("HEAD against HEAD~1", (Finding("it", Verdict.SAME, "", (TOTAL,)),), ("A note.",))
    assert gate_table(same) == "A note.\ngate: same (1 same)"


def test_the_page_is_the_table_in_markdown() -> None:
    assert gate_markdown(REPORT) == (
        "### ❌ gate: regressed (1 regressed, 1 no-baseline, 1 same)\n"
        "\n"
        "HEAD against HEAD~1\n"
        "\n"
        "| benchmark | verdict | total ms | why |\n"
        "|---|---|---|---|\n"
        "| <code>test_frame[gl-texture]</code> | regressed | 2.000 -> 2.008 | "
        "draw +18 % [12, 24]; everything else same |\n"
        "| <code>test_new</code> | no-baseline |  | new |\n"
        "\n"
        "1 benchmark is the same.\n"
        "A note.\n"
        "\n"
        "`regressed` (exit code 1): slower than the floor allows, and not by chance.\n"
    )


@pytest.mark.parametrize("verdict", [Verdict.REGRESSED, Verdict.INCONCLUSIVE, Verdict.IMPROVED, Verdict.MISSING])
def test_every_verdict_but_same_has_a_row(verdict: Verdict) -> None:
    assert f"| <code>it</code> | {verdict} |" in gate_markdown(GateReport("x", (Finding("it", verdict, "why"),)))


def test_what_was_skipped_on_both_sides_has_a_row_too() -> None:
    report = GateReport("x", (Finding("it", Verdict.SAME, "skipped on both sides: no GPU"),))
    assert "| <code>it</code> | same |  | skipped on both sides: no GPU |" in gate_markdown(report)
    assert "no GPU" in gate_table(report)


def test_names_cannot_break_out_of_a_cell() -> None:
    page = gate_markdown(GateReport("a|b <c>", (Finding(NASTY, Verdict.MISSING, NASTY),), (NASTY,)))
    (row,) = (line for line in page.splitlines() if "missing |" in line)
    # Four cells have five borders; all others are escaped.
    assert row.replace("\\|", "").count("|") == 5
    assert "<script>" not in page
    assert "&lt;script&gt;&amp;" in page
    assert row.split(" | missing")[0] == "| <code>test_frame[a\\|b&lt;script&gt;&amp;&#96;c&#96; -x]</code>"


def test_nothing_measured_is_said() -> None:
    report = GateReport("x", (Finding(WHOLE_RUN, Verdict.NOTHING, "no benchmark was collected"),))
    assert summary(report) == "gate: nothing-measured (1 nothing-measured)"
    assert "| <code>the run</code> | nothing-measured |" in gate_markdown(report)
    assert "`nothing-measured` (exit code 12)" in gate_markdown(report)


def test_the_program_gets_everything() -> None:
    found = json.loads(gate_json(REPORT, 1))
    assert set(found) == {"schema", "title", "verdict", "exit_code", "findings", "notes", "details"}
    assert (found["schema"], found["verdict"], found["exit_code"]) == (1, "regressed", 1)
    assert found["details"] == {"mode": "ab", "seed": 7}
    shift = found["findings"][0]["shifts"][1]
    assert shift == {
        "family": "draw",
        "verdict": "regressed",
        "change": 0.18,
        "low": 0.12,
        "high": 0.24,
        "p": 0.001,
        "seconds": [0.001, 0.00118],
        "least": 0.06,
    }


def test_junit_has_a_test_a_benchmark() -> None:
    report = GateReport("x", (*REPORT.findings, Finding(NASTY, Verdict.INCONCLUSIVE, "noise")))
    root = ET.fromstring(gate_junit(report))  # noqa: S314 # our own text
    counts = {name: root.attrib[name] for name in ("tests", "failures", "skipped", "errors")}
    assert counts == {"tests": "4", "failures": "2", "skipped": "1", "errors": "0"}
    failures = [(case.attrib["name"], failure.attrib["type"]) for case in root for failure in case.iter("failure")]
    assert failures == [("test_frame[gl-texture]", "regressed"), ("test_new", "no-baseline")]
    (message,) = (each.attrib["message"] for each in root.iter("failure") if each.attrib["type"] == "regressed")
    assert message == "regressed: draw +18 % [12, 24]; everything else same"
    strict = ET.fromstring(gate_junit(report, inconclusive_fails=True))  # noqa: S314
    assert (strict.attrib["failures"], strict.attrib["skipped"]) == ("3", "0")


def test_characters_that_xml_has_not() -> None:
    report = GateReport("x", (Finding("it", Verdict.FAILED, "a bell \x07 and a zero \x00, \ud800"),))
    text = gate_junit(report)
    (failure,) = ET.fromstring(text).iter("failure")  # noqa: S314
    assert failure.attrib["message"] == "failed: a bell   and a zero  ,  "
    assert text.encode()


def test_the_files_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = tmp_path / "summary.md"
    step.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    publish(REPORT, 1, tmp_path / "gate.json")
    assert step.read_text() == "before\n" + gate_markdown(REPORT)
    assert (tmp_path / "gate.json").read_text() == gate_json(REPORT, 1)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    with pytest.raises(HistoryError, match="GITHUB_STEP_SUMMARY names"):
        publish(REPORT, 1, None)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    with pytest.raises(HistoryError, match="cannot be written"):
        publish(REPORT, 1, tmp_path / "no" / "folder.json")
