"""CSV and JSON hold what the rows hold; `tests/journeys/test_export.py` reads Parquet back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from math import inf, isnan, nan
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from framegate.export.rows import CellRows, TableLayout
from framegate.export.writers import write_csv, write_json

LAYOUT = TableLayout(
    {"benchmark": "text", "started": "time", "is_software": "flag", "threads": "count", "median_s": "number"},
    {"round": "count", "round_s": "number", "draw_s": "number"},
)
STARTED = datetime(2026, 11, 2, 10, tzinfo=UTC)
BLOCKS = (
    CellRows(
        {"benchmark": "test_a[é]", "started": STARTED, "is_software": True, "threads": 2, "median_s": 1e-7},
        {"round": np.arange(2), "round_s": np.array([0.1, nan]), "draw_s": np.array([inf, 0.0])},
        2,
    ),
    CellRows({"benchmark": "test_b", "is_software": False}, {}, 1),
)


def csv_rows(blocks: Sequence[CellRows]) -> list[list[str]]:
    file = io.BytesIO()
    write_csv(file, LAYOUT, blocks)
    return list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))


def json_rows(blocks: Sequence[CellRows]) -> Any:
    file = io.BytesIO()
    write_json(file, LAYOUT, blocks)
    return json.loads(file.getvalue(), parse_constant=lambda text: text)


def test_csv_has_a_line_for_each_round() -> None:
    assert csv_rows(BLOCKS) == [
        ["benchmark", "started", "is_software", "threads", "median_s", "round", "round_s", "draw_s"],
        ["test_a[é]", "2026-11-02T10:00:00+00:00", "true", "2", "1e-07", "0", "0.1", "inf"],
        ["test_a[é]", "2026-11-02T10:00:00+00:00", "true", "2", "1e-07", "1", "nan", "0.0"],
        ["test_b", "", "false", "", "", "", "", ""],
    ]


def test_json_has_an_object_for_each_round_and_no_constants_that_are_no_json() -> None:
    of_run = {"started": "2026-11-02T10:00:00+00:00", "is_software": True, "threads": 2, "median_s": 1e-7}
    nothing = dict.fromkeys(LAYOUT.kinds)
    assert json_rows(BLOCKS) == [
        {"benchmark": "test_a[é]", **of_run, "round": 0, "round_s": 0.1, "draw_s": None},
        {"benchmark": "test_a[é]", **of_run, "round": 1, "round_s": None, "draw_s": 0.0},
        {**nothing, "benchmark": "test_b", "is_software": False},
    ]


def test_without_rows_there_are_headings_and_an_empty_list() -> None:
    assert (csv_rows([]), json_rows([])) == ([list(LAYOUT.kinds)], [])


def test_no_text_is_a_formula_in_a_spreadsheet() -> None:
    names = ["=1+1", "+1", "-1", "@x", "\tx", "\r=1", "\n=1", "＝1", "a=1"]  # noqa: RUF001 # it is one of them
    cells = [row[0] for row in csv_rows([CellRows({"benchmark": name, "median_s": -1.0}, {}, 1) for name in names])[1:]]
    assert cells == [f"'{name}" for name in names[:-1]] + ["a=1"]
    assert [row["benchmark"] for row in json_rows([CellRows({"benchmark": name}, {}, 1) for name in names])] == names
    assert csv_rows([CellRows({"median_s": -1.0}, {}, 1)])[1][4] == "-1.0"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.lists(st.floats(), min_size=1, max_size=3)


@given(TEXTS, NUMBERS)
def test_whatever_a_name_and_the_rounds_are_they_are_read_back(name: str, seconds: list[float]) -> None:
    block = CellRows({"benchmark": name}, {"round_s": np.array(seconds)}, len(seconds))
    _, *lines = csv_rows([block])
    assert {line[0].removeprefix("'") for line in lines} == {name.removeprefix("'")}
    for line, value in zip(lines, seconds, strict=True):
        assert float(line[6]) == value or isnan(value)
    assert [row["benchmark"] for row in json_rows([block])] == [name] * len(seconds)
