"""The figures of the docs, and the benchmarks that take them again."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from framegate.report.table import render_table

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "speed.md"
_HELPERS = {"__init__", "__main__", "figures", "interleaved"}
_ROW = re.compile(r"^\| `([a-z-]+)\.([\w-]+)` \| (.+) \| (.*) \| (.+) \|$", re.MULTILINE)

Figures = dict[str, float]


@dataclass(frozen=True)
class Row:
    """A row of the page's table.

    Attributes:
        benchmark: the module of this package that measures it.
        figure: its name there.
        question: what it is.
        unit: of the number, empty for a ratio.
        docs: what the docs say, with a link to the page that says it.
    """

    benchmark: str
    figure: str
    question: str
    unit: str
    docs: str

    @property
    def claim(self) -> str:
        """What the docs say, without the link."""
        return re.sub(r"\[(.+)\]\(.+\)", r"\1", self.docs)

    @property
    def page(self) -> str | None:
        """The page that says it, if another than this one."""
        found = re.search(r"\]\((.+)\)", self.docs)
        return found and found[1]


def rows() -> list[Row]:
    """Every figure, in the order of the page."""
    return [Row(*groups) for groups in _ROW.findall(PAGE.read_text("utf-8"))]


def benchmarks() -> list[str]:
    """The names of all benchmarks."""
    names = {path.stem.replace("_", "-") for path in Path(__file__).parent.glob("*.py") if path.stem not in _HELPERS}
    return sorted(names)


def taken(benchmark: str) -> Figures:
    """The figures of one benchmark, measured in a process of its own.

    Raises:
        RuntimeError: it ended in an error, whose last line is the message.
    """
    command = [sys.executable, "-m", f"speed.{benchmark.replace('-', '_')}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1])
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def report(measure: Callable[[], Figures]) -> None:
    """Print the figures of one benchmark for `taken`."""
    sys.stdout.write(json.dumps(measure()) + "\n")


def table(wanted: Iterable[Row], measured: dict[str, Figures]) -> str:
    """What was measured beside what the docs say; a figure that is not there is a dash."""
    lines = []
    for row in wanted:
        value = measured.get(row.benchmark, {}).get(row.figure)
        here = "-" if value is None else f"{value:.3g} {row.unit}".strip()
        lines.append((f"{row.benchmark}.{row.figure}", row.question, here, row.claim))
    return render_table("speed: this machine beside the docs", ("figure", "what it is", "here", "docs"), lines, left=2)
