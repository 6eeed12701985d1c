import pytest

from framegate.report.stages import StageRow, stage_tables
from framegate.report.table import render_table


def test_a_row_is_medians_and_the_median_of_the_sums() -> None:
    row = StageRow.of("cell", {"a": [1, 2, 9], "b": [5, 1, 3]})
    assert row == StageRow("cell", {"a": 2, "b": 3}, 6)


def test_samples_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        StageRow.of("cell", {"a": [1], "b": [1, 2]})


def test_the_table_in_full() -> None:
    rows = [
        StageRow("long-cell-name", {"draw": 0.0015, "present": 0.0005}, 0.002),
        StageRow("b", {"draw": 0.1, "present": 0.0}, 0.1),
    ]
    (table,) = stage_tables("test_x: where", rows, "frames/s")
    assert table.splitlines() == [
        "test_x: where",
        "",
        "                   total ms           draw      present   frames/s",
        " ------------------------------------------------------------------",
        "  long-cell-name      2.000     1.500  75%   0.500  25%      500.0",
        "  b                 100.000   100.000 100%   0.000   0%       10.0",
    ]


def test_rows_with_other_stages_have_a_table_of_their_own() -> None:
    rows = [StageRow("a", {"x": 1}, 1), StageRow("b", {"y": 1}, 1), StageRow("c", {"x": 1}, 1)]
    first, second = stage_tables("t", rows)
    assert "a" in first
    assert "c" in first
    assert "y" not in first
    assert "b" in second


def test_a_table_is_ascii_and_never_wrapped() -> None:
    text = render_table("t", ["", "n"], [["x" * 300, "1"]])
    assert text.isascii()
    assert any(line.strip().startswith("x" * 300) for line in text.splitlines())


def test_a_title_is_never_wrapped_either() -> None:
    assert render_table("a long title " * 20, ["", "n"], [["x", "1"]]).splitlines()[0] == "a long title " * 20
