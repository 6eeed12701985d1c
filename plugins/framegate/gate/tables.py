"""What the gate found, as a table for a terminal, Markdown for a page, JSON for programs and JUnit for CI."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from framegate.errors import HistoryError
from framegate.gate.store import write_file
from framegate.gate.verdicts import MEANINGS, PASSES, Finding, GateReport, Shift, Verdict
from framegate.report.section import Section
from framegate.report.table import section_text

_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("`", "&#96;"), ("*", "&#42;"), ("\n", " "))
MARKS = {Verdict.REGRESSED: "❌", Verdict.IMPROVED: "🚀", Verdict.SAME: "✅", Verdict.INCONCLUSIVE: "❔"}


def percent(value: float) -> str:
    """A fraction as people write it: ``+18 %``, ``+1.2 %``, ``-3.4 %``."""
    scaled = 100 * value
    return f"{scaled:+.0f} %" if abs(scaled) >= 10 else f"{scaled:+.1f} %"


def shift_text(shift: Shift) -> str:
    """One family: ``draw +18 % [12, 24]``, memory likewise; counts as they are; shares in points."""
    if shift.seconds is None and not (shift.is_share or shift.is_memory):
        return f"{shift.family} {shift.change:+.0f}"
    low, high = (
        f"{100 * value:.0f}" if abs(value) >= 0.1 else f"{100 * value:.1f}" for value in (shift.low, shift.high)
    )
    points = " of all frames" if shift.is_share else ""
    return f"{shift.family} {percent(shift.change)}{points} [{low}, {high}]"


def explain(finding: Finding) -> str:
    """A finding in one line: which families have its verdict, and what became of the others."""
    worst = finding.worst() if finding.verdict in {Verdict.REGRESSED, Verdict.IMPROVED} else ()
    texts = [", ".join(map(shift_text, worst))] if worst else []
    if worst:
        others = Counter(shift.verdict for shift in finding.shifts if shift not in worst)
        rest = [f"{name}: {count}" for name, count in others.items() if name is not Verdict.SAME]
        texts += [f"else {', '.join(rest)}" if rest else "everything else same"] if others else []
    elif finding.verdict is Verdict.INCONCLUSIVE:
        texts += [shift_text(shift) for shift in finding.shifts[:1]]
    return "; ".join([*texts, *([finding.reason] if finding.reason else [])])


def summary(report: GateReport) -> str:
    """The run in one line."""
    counts = Counter(finding.verdict for finding in report.findings)
    parts = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    return f"gate: {report.verdict} ({', '.join(parts) or 'nothing'})"


def gate_section(report: GateReport, *, everything: bool = False) -> Section:
    """What is not the same, or everything, as a table; then the notes and the verdict."""
    shown = list(report.findings) if everything else _worth_showing(report)
    notes = [*report.notes, summary(report)]
    if not shown:
        return Section(notes=notes)
    rows = [(finding.benchmark, str(finding.verdict), _total(finding), explain(finding)) for finding in shown]
    return Section(f"gate: {report.title}", ["", "verdict", "total ms", "why"], rows, left=4, notes=notes)


def gate_table(report: GateReport, *, everything: bool = False) -> str:
    """That section as text for a terminal."""
    return section_text(gate_section(report, everything=everything))


def _worth_showing(report: GateReport) -> list[Finding]:
    return [finding for finding in report.findings if finding.verdict is not Verdict.SAME or finding.reason]


def _markdown_cells(finding: Finding) -> tuple[str, ...]:
    name = f"<code>{_escaped(finding.benchmark)}</code>"
    return name, finding.verdict, _total(finding), _escaped(explain(finding))


def _total(finding: Finding) -> str:
    total = next((shift.seconds for shift in finding.shifts if shift.family == "total"), None)
    return "" if total is None else f"{1000 * total[0]:.3f} -> {1000 * total[1]:.3f}"


def gate_markdown(report: GateReport) -> str:
    """The same as GitHub's Markdown, for a step's summary or a comment."""
    lines = [f"### {MARKS.get(report.verdict, '❌')} {summary(report)}", "", f"{_escaped(report.title)}", ""]
    shown = _worth_showing(report)
    if shown:
        lines += ["| benchmark | verdict | total ms | why |", "|---|---|---|---|"]
        lines += [f"| {' | '.join(_markdown_cells(finding))} |" for finding in shown]
        lines.append("")
    same = len(report.findings) - len(shown)
    lines += [f"{same} {'benchmark is' if same == 1 else 'benchmarks are'} the same."] if same else []
    lines += [_escaped(note) for note in report.notes]
    if report.verdict not in PASSES:
        lines += ["", f"`{report.verdict}` (exit code {report.exit_code()}): {MEANINGS[report.verdict]}."]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """As text in a table's cell: what it says may come from a model's or a file's name."""
    for character, entity in _ENTITIES:
        text = text.replace(character, entity)
    return text


def gate_json(report: GateReport, exit_code: int) -> str:
    """One JSON object; changes are fractions, times seconds, verdicts words."""
    findings: list[dict[str, Any]] = [asdict(finding) for finding in report.findings]
    content = {
        "schema": 1,
        "title": report.title,
        "verdict": report.verdict,
        "exit_code": exit_code,
        "findings": findings,
        "notes": list(report.notes),
        "details": dict(report.details),
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def gate_junit(report: GateReport, *, inconclusive_fails: bool = False) -> str:
    """A JUnit file with a test per benchmark; what does not pass is a failure."""
    outcomes = [finding.outcome(inconclusive_fails=inconclusive_fails) for finding in report.findings]
    counts = {"failures": outcomes.count("failed"), "skipped": outcomes.count("skipped"), "errors": 0}
    root = ET.Element("testsuite", name="framegate", tests=str(len(outcomes)))
    root.attrib.update({name: str(count) for name, count in counts.items()})
    for finding, outcome in zip(report.findings, outcomes, strict=True):
        case = ET.SubElement(root, "testcase", classname="framegate.gate", name=_printable(finding.benchmark))
        message = _printable(f"{finding.verdict}: {explain(finding)}")
        if outcome == "failed":
            ET.SubElement(case, "failure", type=str(finding.verdict), message=message)
        elif outcome == "skipped":
            ET.SubElement(case, "skipped", message=message)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold in any way."""
    return "".join(character if character.isprintable() else " " for character in text)


def publish(report: GateReport, exit_code: int, json_file: Path | None) -> None:
    """Write the JSON file, if one is wanted, and add to the summary of the GitHub step that this may be.

    Raises:
        HistoryError: a file cannot be written.
    """
    if json_file is not None:
        write_file(json_file, gate_json(report, exit_code).encode())
    step = os.environ.get("GITHUB_STEP_SUMMARY")
    if step:
        try:
            with Path(step).open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(gate_markdown(report))
        except OSError as error:
            raise HistoryError(f"GITHUB_STEP_SUMMARY names {step}, which cannot be written: {error}") from error
