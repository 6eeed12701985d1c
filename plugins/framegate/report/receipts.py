"""What each runtime of a page costs before its first frame, and what of a model it did not run itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framegate.report.section import Section
from framegate.results.cell import CellResult
from framegate.results.page import Receipt

LEAST = 2
"""Runtimes from which on there is something to choose from."""

Subject = tuple[str | None, str | None]


def receipt_sections(results: Sequence[CellResult]) -> Iterator[Section]:
    """For each model and size that several runtimes of pages ran: a row for each, the smallest download first."""
    receipts: dict[Subject, dict[str, CellResult]] = {}
    for result in results:
        if result.page and result.page.receipt and result.frame.runtime:
            receipts.setdefault((result.frame.model, result.frame.size), {}).setdefault(result.frame.runtime, result)
    for (model, size), by_runtime in receipts.items():
        if len(by_runtime) >= LEAST:
            rows = sorted(by_runtime.values(), key=lambda result: _receipt(result).bytes_gzip)
            yield Section(
                f"{model} at {size}: what each runtime of a page downloads, and needs before its first frame",
                ["", "version", "threads", "precision", "download MB", "gzip MB", "ready s", "first frame s", "nodes"],
                [_cells(result) for result in rows],
                left=2,
                notes=[*_notes(rows)],
            )


def partial_note(runtime: str, receipt: Receipt) -> str:
    """What a runtime did not run itself, in words."""
    why = f" ({receipt.note})" if receipt.note else ""
    return (
        f"{runtime} ran {receipt.elsewhere} of {receipt.nodes} nodes elsewhere{why}: it is not counted as the fastest"
    )


def _receipt(result: CellResult) -> Receipt:
    receipt = result.page.receipt if result.page else None
    if receipt is None:
        raise ValueError(f"{result.cell} has no receipt")
    return receipt


def _cells(result: CellResult) -> list[str]:
    receipt, page = _receipt(result), result.page
    threads = page.wasm_threads if page else None
    return [
        str(result.frame.runtime),
        str((page.version if page else None) or ""),
        "" if threads is None else str(threads),
        receipt.precision,
        f"{receipt.bytes_raw / 1e6:.1f}",
        f"{receipt.bytes_gzip / 1e6:.1f}",
        f"{receipt.compile_s:.2f}",
        f"{receipt.first_frame_s:.2f}",
        _nodes(receipt),
    ]


def _nodes(receipt: Receipt) -> str:
    if receipt.nodes is None:
        return ""
    return f"{receipt.nodes - receipt.elsewhere} of {receipt.nodes}" if receipt.elsewhere else str(receipt.nodes)


def _notes(rows: Sequence[CellResult]) -> Iterator[str]:
    for result in rows:
        receipt = _receipt(result)
        threads = result.page.wasm_threads if result.page else None
        if threads is not None and receipt.threads is not None and threads != receipt.threads:
            yield f"{result.frame.runtime} ran on {threads} of the {receipt.threads} threads that were asked for"
    wrong = [str(result.frame.runtime) for result in rows if _receipt(result).is_first_right is None]
    if wrong:
        yield f"(the first frame of {', '.join(wrong)} was not looked at; the last ones were)"
