"""``framegate doctor``: the table, and what it means for whoever asks by a script."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import get_args

from framegate.doctor.children import examine
from framegate.doctor.probes import AUTO, NULL, Diagnosis, Key
from framegate.errors import UnknownName
from framegate.report.doctor import doctor_table
from framegate.words import BrowserName

OK = "ok"


def run(required: Sequence[str]) -> int:
    """Print the table; the exit code is 0 if a model can be run and drawn here, and what is required is there.

    Raises:
        UnknownName: something is required that there is not.
    """
    shows = sys.stderr.isatty()
    findings = list(examine(_progress if shows else lambda _: None))
    if shows:
        _write("")
    rows = [(finding.kind, finding.name, finding.state, finding.detail) for finding in findings]
    print(doctor_table(rows, shutil.get_terminal_size().columns if sys.stdout.isatty() else None))  # noqa: T201
    lacking = [*_lacking(findings), *_not_ok(findings, required)]
    for line in lacking:
        print(f"framegate: {line}", file=sys.stderr)  # noqa: T201 # a command speaks on its streams
    return 1 if lacking else 0


def _lacking(findings: Iterable[Diagnosis]) -> list[str]:
    """What has to be there to measure anything."""
    working = {(finding.kind, finding.name) for finding in findings if finding.state == OK}
    runs = {name for kind, name in working if kind == "runtime"} - {AUTO, NULL}
    draws = {name for kind, name in working if kind == "renderer"} - {NULL}
    page = ("browser", "tfjs") in working and any(("browser", name) in working for name in get_args(BrowserName))
    lines = []
    if not (runs or page):
        lines.append("nothing here can run a model: no runtime is ok, nor a browser with TF.js")
    if not (draws or page):
        lines.append("nothing here can draw a picture: no renderer is ok, nor a browser with TF.js")
    return lines


def _not_ok(findings: Sequence[Diagnosis], required: Iterable[str]) -> list[str]:
    states = {finding.name: finding for finding in findings}
    lines = []
    for name in required:
        if name not in states:
            raise UnknownName("backend", name, states)
        if any(finding.name == name and finding.state != OK for finding in findings):
            lines.append(f"{name} is required, and is {states[name].state}")
    return lines


def _progress(key: Key) -> None:
    _write(f"framegate doctor: trying {' '.join(key)} …")


def _write(line: str) -> None:
    sys.stderr.write(f"\r\x1b[K{line}")
    sys.stderr.flush()
