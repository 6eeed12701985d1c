"""What `framegate inspect` prints: rows in, text out; for a terminal with rules and colours, for a pipe without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from framegate.analysis.inspection import Inspection
from framegate.analysis.ports import PortReport
from framegate.analysis.rows import Row
from framegate.analysis.tensors import shape_text

MOST_ROWS = 200
_BARS = 8
_BAR_CELLS = 40
TABLE_COLUMNS = ("", "op", "window", "output", "params", "share", "MACs", "stored", "float32")
_LEFT = 4
_SPARE = (8, 2, 5, 7)  # the columns that a narrow terminal can do without, first to go first
_GAP = 3
_EDGES = 2
_SHORTEST_NAME = 24
_SHORTEST_CUT = 10
Facts = list[tuple[str, str]]


def facts(inspection: Inspection) -> Facts:
    """The lines above the table: label and text."""
    model, totals = inspection.model, inspection.totals
    lines: Facts = [
        ("model", f"{inspection.name}: {_short(model.path)}"),
        ("format", f"{model.format} model"),
        *((label, value or "not named") for label, value in inspection.header.items()),
    ]
    lines.extend(("input", _port(port)) for port in inspection.inputs)
    lines.extend(("output", _port(port)) for port in inspection.outputs)
    lines.append(("shown as", str(inspection.shown or "nothing: no output is numbers")))
    if inspection.size is not None:
        lines.append(("size", f"computed for {inspection.size} ({inspection.size_reason})"))
    least = "" if totals.macs_exact else "at least "
    constants = f", and {totals.constants:,} other constants" if totals.constants else ""
    lines.append(("parameters", f"{totals.parameters:,} ({number_text(totals.parameters)}){constants}"))
    frame = f"{least}{totals.macs:,} multiply-accumulates a frame ({least}{number_text(totals.macs)} MACs)"
    known = totals.macs or totals.macs_exact
    lines.append(("arithmetic", frame if known else "cannot be told from model.json, see the notes"))
    stored = ", ".join(f"{size_text(size)} {dtype}" for dtype, size in inspection.dtypes.items()) or "none"
    lines.append(
        (
            "weights",
            f"{size_text(totals.stored_bytes)} as stored ({stored}), {size_text(totals.float32_bytes)} as float32",
        )
    )
    lines.extend(("shards", line) for line in _shards(inspection))
    lines.extend(_backends(inspection))
    return lines


def notes(inspection: Inspection) -> list[str]:
    """What a reader must know to trust the numbers."""
    lines = list(inspection.notes)
    if inspection.unused:
        names = ", ".join(entry.name for entry in inspection.unused[:3]) + (
            ", ..." if len(inspection.unused) > 3 else ""
        )
        many = "1 weight is" if len(inspection.unused) == 1 else f"{len(inspection.unused)} weights are"
        lines.append(f"{many} taken by nothing ({names})")
    return lines


def table_rows(inspection: Inspection) -> tuple[list[tuple[str, ...]], int]:
    """Cells of each row, and how many rows were left out: of a long model the heaviest are shown, in order."""
    rows = inspection.rows
    if len(rows) > MOST_ROWS:
        heavy = sorted(range(len(rows)), key=lambda at: (rows[at].stored_bytes, rows[at].macs or 0), reverse=True)
        rows = tuple(rows[at] for at in sorted(heavy[:MOST_ROWS]))
    total = inspection.totals.parameters
    return [_cells(row, total) for row in rows], len(inspection.rows) - len(rows)


def bars(inspection: Inspection, full: str) -> Iterator[tuple[str, str, str]]:
    """Where the weight sits: name, a bar, bytes and share; the heaviest rows and the rest together."""
    total = inspection.totals.stored_bytes
    heavy = sorted((row for row in inspection.rows if row.stored_bytes), key=lambda row: row.stored_bytes, reverse=True)
    parts = [(row.name, row.stored_bytes) for row in heavy[:_BARS]]
    rest = total - sum(size for _, size in parts)
    if rest > 0:
        parts.append((f"the other {len(heavy) - len(parts)}" if len(heavy) > len(parts) else "the rest", rest))
    most = max((size for _, size in parts), default=0)
    for name, size in parts:
        yield name, full * max(round(_BAR_CELLS * size / most), 1), f"{size_text(size)} {100 * size / total:.0f}%"


def plain(inspection: Inspection) -> str:
    """For a pipe or a file: aligned ASCII columns, as wide as they need to be."""
    lines = [f"{label:<11} {fact}" for label, fact in facts(inspection)]
    rows, left_out = table_rows(inspection)
    lines += ["", *_aligned([TABLE_COLUMNS, *rows], _LEFT)]
    if left_out:
        lines.append(f"... and {left_out} lighter ops; --json lists all")
    drawn = [(name, bar, fact) for name, bar, fact in bars(inspection, "#")]
    if drawn:
        lines += ["", "where the weight sits", *_aligned(drawn, 2)]
    lines += ["", *(f"note: {note}" for note in notes(inspection))] if notes(inspection) else []
    return "\n".join(map(_clean, lines))


def show(inspection: Inspection, console: Console) -> None:
    """For a terminal, as wide as it is."""
    head = Table.grid(padding=(0, 2, 0, 0))
    head.add_column(style="bold", no_wrap=True)
    head.add_column(overflow="fold")
    for label, fact in facts(inspection):
        head.add_row(
            label, Text(_clean(fact), style="red" if label in ("shards", "backends") and "missing" in fact else "")
        )
    console.print(head)
    rows, left_out = table_rows(inspection)
    kept, widest = _columns_that_fit(rows, console.width)
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for at in kept:
        table.add_column(TABLE_COLUMNS[at], justify="left" if at < _LEFT else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(_clean(cell)) for cell in (_tail(row[0], widest), *(row[at] for at in kept[1:]))))
    console.print(table)
    if left_out:
        console.print(f"… and {left_out} lighter ops; --json lists all", highlight=False)
    picture = Table.grid(padding=(0, 2, 0, 0))
    picture.add_column(no_wrap=True, overflow="ellipsis")
    picture.add_column(no_wrap=True, style="cyan")
    picture.add_column(no_wrap=True, justify="right")
    drawn = list(bars(inspection, "█"))
    for name, bar, fact in drawn:
        picture.add_row(Text(_clean(_tail(name, max(console.width - _BAR_CELLS - 20, _SHORTEST_NAME)))), bar, fact)
    if drawn:
        console.print("where the weight sits", style="bold")
        console.print(picture)
    for note in notes(inspection):
        console.print(Text(_clean(f"note: {note}"), style="yellow"))


def number_text(number: int) -> str:
    """``54.4 M``: three digits and a unit."""
    return _scaled(number, 1000, ("", " k", " M", " G", " T", " P"))


def size_text(number: int) -> str:
    """``3.25 MiB``."""
    return _scaled(number, 1024, (" B", " KiB", " MiB", " GiB", " TiB"))


def _scaled(number: int, base: int, units: Sequence[str]) -> str:
    scaled, at = float(number), 0
    while scaled >= 999.5 and at < len(units) - 1:
        scaled, at = scaled / base, at + 1
    digits = 0 if at == 0 or scaled >= 99.95 else 1 if scaled >= 9.995 else 2
    return f"{scaled:.{digits}f}{units[at]}"


def _cells(row: Row, total: int) -> tuple[str, ...]:
    share = f"{100 * row.parameters / total:.1f}%" if row.parameters and total else ""
    return (
        row.name,
        row.kind,
        row.detail,
        ("~" if row.assumed else "") + shape_text(row.shape),
        f"{row.parameters:,}" if row.parameters else "",
        share,
        "?" if row.macs is None else number_text(row.macs) if row.macs else "",
        size_text(row.stored_bytes) if row.stored_bytes else "",
        size_text(row.float32_bytes) if row.float32_bytes else "",
    )


def _short(path: Path) -> str:
    """A path as a shell would take it."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def _port(port: PortReport) -> str:
    shown = f"{port.name}: {port.dtype} {shape_text(port.shape if port.declared is None else port.declared)}"
    if port.declared is not None and port.shape is not None and port.shape != port.declared:
        shown += f" -> {shape_text(port.shape)}"
    fed = f"; {port.fed}" if port.fed else ""
    if port.layout is None or port.range is None:
        return f"{shown}, no image{fed}"
    colours = {None: "any number of channels", 1: "grey", 3: "RGB", 4: "RGBA"}[port.channels]
    low, high = (f"{end:g}" for end in port.range)
    return f"{shown}, an image ({colours}, {port.layout}), values {low} to {high} ({port.reason}){fed}"


def _shards(inspection: Inspection) -> list[str]:
    shards, missing = inspection.shards.shards, inspection.shards.missing
    if not shards:
        return ["none listed"]
    present = [shard for shard in shards if shard.size is not None]
    lines = [f"{len(present)} of {len(shards)} are there, {size_text(sum(shard.size or 0 for shard in present))}"]
    shown = [f"{shard.path} {'missing' if shard.size is None else size_text(shard.size)}" for shard in shards]
    if len(shown) <= 4:
        lines[0] += f": {', '.join(shown)}"
    elif missing:
        lines[0] += f"; missing: {', '.join(missing[:4])}{', …' if len(missing) > 4 else ''}"
    return lines + [f"do not add up: {problem}" for problem in inspection.shards.problems]


def _backends(inspection: Inspection) -> Iterator[tuple[str, str]]:
    has = inspection.support
    for backend, missing in has.missing.items():
        lacks = "; ".join(f"{kind} (no kernel {', '.join(kernels)})" for kind, kernels in missing.items())
        yield (
            backend,
            f"missing: {lacks}"
            if lacks
            else "has a kernel for every op that TF.js knows"
            if has.unknown
            else "has a kernel for every op",
        )
    for refusal in inspection.refusals:
        yield "TF.js", f"{has.version} refuses this: {refusal}"
    for difference in inspection.differences:
        yield "TF.js", f"{has.version} computes otherwise: {difference}"
    if has.unsure:
        yield "unsure", f"kernels of {', '.join(has.unsure)} are not in the table for TF.js {has.version}"


def _aligned(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if at < left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _columns_that_fit(rows: Sequence[Sequence[str]], width: int) -> tuple[list[int], int]:
    """Which columns to show so that no number is cut, and how long names may be."""
    widths = [max(map(len, column)) for column in zip(TABLE_COLUMNS, *rows, strict=True)]
    kept = list(range(len(TABLE_COLUMNS)))
    for spare in (None, *_SPARE):
        if spare is not None:
            kept.remove(spare)
        left = width - _EDGES - sum(widths[at] + _GAP for at in kept[1:])
        if left >= min(widths[0], _SHORTEST_NAME):
            break
    return kept, max(left, _SHORTEST_CUT)


def _clean(text: str) -> str:
    """Escape a name: it comes from somebody else, and must not steer the terminal."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in text)


def _tail(name: str, most: int) -> str:
    """A name cut at the front: the end of a path is what distinguishes it."""
    return name if len(name) <= most else f"…{name[1 - most :]}"
