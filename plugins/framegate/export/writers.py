"""A table of rounds as Parquet, CSV or JSON, written as its rows come."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any, BinaryIO

import numpy as np

from framegate.errors import UsageError
from framegate.export.rows import CellRows, ColumnKind, TableLayout
from framegate.extras import how_to_install

Writer = Callable[[BinaryIO, TableLayout, Iterable[CellRows]], None]

_BATCH_ROWS = 50_000
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 # those that East Asian spreadsheets take for the same
"""What a cell of a spreadsheet begins with that is computed and not shown."""


def write_csv(file: BinaryIO, layout: TableLayout, blocks: Iterable[CellRows]) -> None:
    """Comma-separated values as RFC 4180 has them, in UTF-8, with headings; a value that is not known is empty.

    Texts that a spreadsheet would compute have an apostrophe in front.
    """
    text = io.TextIOWrapper(file, "utf-8", newline="")
    try:
        writer = csv.writer(text)
        writer.writerow(layout.kinds)
        for block in blocks:
            values = [_cell(block.values.get(name), kind) for name, kind in layout.columns.items()]
            for numbers in _numbers(block, layout):
                writer.writerow([*values, *map(_plain, numbers)])
        text.flush()
    finally:
        text.detach()


def _cell(value: Any, kind: ColumnKind) -> str:
    if value is not None and kind == "text" and value.startswith(_FORMULA):
        return f"'{value}"
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else str(value)


def write_json(file: BinaryIO, layout: TableLayout, blocks: Iterable[CellRows]) -> None:
    """A list of objects, one per line, with the same keys; null stands for what is not known or not a number."""
    separator = b"[\n"
    for block in blocks:
        values = json.dumps({name: _json_value(block.values.get(name)) for name in layout.columns})[:-1]
        for numbers in _numbers(block, layout):
            of_round = json.dumps(dict(zip(layout.series, map(_json_value, numbers), strict=True)))[1:]
            file.write(separator + f"{values}, {of_round}".encode())
            separator = b",\n"
    file.write(b"\n]\n" if separator == b",\n" else b"[]\n")


def _json_value(value: Any) -> Any:
    if isinstance(value, float) and not isfinite(value):
        return None
    return value.isoformat() if isinstance(value, datetime) else value


def _numbers(block: CellRows, layout: TableLayout) -> Iterator[tuple[Any, ...]]:
    """The series of each row."""
    nothing = [None] * block.count
    return zip(
        *(block.series[name].tolist() if name in block.series else nothing for name in layout.series), strict=True
    )


def write_parquet(file: BinaryIO, layout: TableLayout, blocks: Iterable[CellRows]) -> None:
    """Apache Parquet; null is what is not known.

    Raises:
        UsageError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(
            f"--format parquet needs pyarrow, which cannot be imported ({error}); {how_to_install('export')}, or take"
            " csv or json"
        ) from error
    types: Mapping[ColumnKind, Any] = {
        "text": pa.string(),
        "number": pa.float64(),
        "count": pa.int64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us", "UTC"),
    }
    schema = pa.schema([(name, types[kind]) for name, kind in layout.kinds.items()])
    # Statistics of a column leave out NaN, and DuckDB 2.0 concludes from them that the column has none.
    exact = [name for name, kind in layout.kinds.items() if kind != "number"]
    with parquet.ParquetWriter(file, schema, compression="zstd", write_statistics=exact) as writer:
        for batch in _batches(blocks):
            counts = [block.count for block in batch]
            rows = np.repeat(np.arange(len(batch)), counts)
            arrays = [
                pa.array([block.values.get(name) for block in batch], types[kind]).take(pa.array(rows))
                for name, kind in layout.columns.items()
            ]
            arrays += [_series(pa, batch, name, types[kind]) for name, kind in layout.series.items()]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _series(pa: Any, batch: Sequence[CellRows], name: str, kind: Any) -> Any:
    parts = [block.series[name] if name in block.series else np.zeros(block.count) for block in batch]
    is_missing = np.repeat([name not in block.series for block in batch], [block.count for block in batch])
    return pa.array(np.concatenate(parts), mask=is_missing).cast(kind)


def _batches(blocks: Iterable[CellRows]) -> Iterator[list[CellRows]]:
    """Blocks of so many rows together, as a table of few rows is read slowly."""
    batch: list[CellRows] = []
    rows = 0
    for block in blocks:
        batch.append(block)
        rows += block.count
        if rows >= _BATCH_ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


WRITERS: Mapping[str, Writer] = {"parquet": write_parquet, "csv": write_csv, "json": write_json}
"""Format -> what writes it."""
