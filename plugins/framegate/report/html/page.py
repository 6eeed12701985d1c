"""Facts to one self-contained file of HTML, whose policy lets nothing run but the one script that it brings."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from markupsafe import Markup

from framegate.report.comparison import STAGES
from framegate.report.html.facts import CellFacts, Figure, ReportFacts
from framegate.report.html.svg import (
    beyond,
    rounds_strip,
    stage_bar,
    stage_class,
    three_digits,
)


@dataclass(frozen=True)
class RivalCells:
    """Cells that are compared with each other, the fastest first.

    Attributes:
        suite: name of their test function.
        subject: what they have in common.
        cells: the cells.
    """

    suite: str
    subject: str
    cells: Sequence[CellFacts]

    @property
    def has_stages(self) -> bool:
        """Whether there are bars to draw."""
        return any(cell.stages for cell in self.cells)

    @property
    def has_rounds(self) -> bool:
        """Whether there are rounds to draw."""
        return any(cell.rounds_s for cell in self.cells)

    @property
    def longest_s(self) -> float:
        """Seconds of the slowest."""
        return max(sum(stage.seconds for stage in cell.stages) or cell.total_s for cell in self.cells)


def report_page(facts: ReportFacts) -> str:
    """The page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    style, script = _asset("page.css"), _asset("page.js")
    environment = Environment(
        loader=PackageLoader("framegate.report", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"ms": three_digits, "data_url": data_url, "breakable": breakable}
    groups = grouped(facts.cells)
    return environment.get_template("page.html.j2").render(
        facts=facts,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 # our own file
        script=Markup(script),  # noqa: S704 # our own file
        sections=[(anchor, name) for anchor, name, is_there in _sections(facts, groups) if is_there],
        groups=groups,
        failures=sum(len(group.cells) for group in facts.failed),
        axes=list(dict.fromkeys(axis for cell in facts.cells for axis in cell.axes)),
        has_traces=any(cell.trace for cell in facts.cells),
        stages=_stages(facts.cells),
        stage_bar=stage_bar,
        stage_class=stage_class,
        rounds_strip=rounds_strip,
        beyond=beyond,
    )


def grouped(cells: Sequence[CellFacts]) -> list[RivalCells]:
    """The cells by suite and subject, in the order in which these ran."""
    groups: dict[tuple[str, str], list[CellFacts]] = {}
    for cell in cells:
        groups.setdefault((cell.suite, cell.subject), []).append(cell)
    return [
        RivalCells(suite, subject, sorted(members, key=lambda cell: cell.total_s))
        for (suite, subject), members in groups.items()
    ]


def breakable(text: str) -> Markup:
    """A text that may go on in another line behind each plus: ``greyscale+down-upscale``."""
    return Markup("+<wbr>").join(text.split("+"))


def data_url(figure: Figure) -> str:
    """The file in the page itself."""
    return f"data:{figure.media_type};base64,{base64.b64encode(figure.file).decode()}"


def _stages(cells: Sequence[CellFacts]) -> list[str]:
    """The stages that occur, in the order in which a frame meets them."""
    stages = dict.fromkeys(stage.name for cell in cells for stage in cell.stages)
    return sorted(stages, key=lambda stage: STAGES.index(stage) if stage in STAGES else len(STAGES))


def _sections(facts: ReportFacts, groups: Sequence[RivalCells]) -> list[tuple[str, str, bool]]:
    """The anchor and the name of each section, and whether there is one."""
    return [
        ("stages", "Stages", any(group.has_stages for group in groups)),
        ("pictures", "Pictures", bool(facts.pictures)),
        ("rounds", "Every round", any(group.has_rounds for group in groups)),
        ("cells", "All benchmarks", bool(facts.cells)),
        ("history", "History", bool(facts.history)),
        ("models", "Models", bool(facts.models)),
        ("tables", "Tables", bool(facts.sections)),
        ("left-out", "Without a result", bool(facts.failed or facts.skipped)),
        ("machine", "Machine", bool(facts.machine or facts.command)),
    ]


def _asset(name: str) -> str:
    return (files("framegate.report.html") / name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing is loaded from anywhere, and of scripts and styles only these two count, by their hashes."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
