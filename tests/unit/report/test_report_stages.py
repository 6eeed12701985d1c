from cell_results import cell_result

from framegate.report.section import Section
from framegate.report.stages import stage_sections
from framegate.report.table import render_table, section_text
from framegate.results.page import Page


def test_the_table_in_full() -> None:
    results = [
        cell_result("test_x[long-cell-name]", {"draw": 0.0015, "present": 0.0005}),
        cell_result("test_x[b]", {"draw": 0.1, "present": 0.0}),
    ]
    (section,) = stage_sections(results)
    assert section_text(section).splitlines() == [
        "test_x: where the time goes (median ms)",
        "",
        "                   total ms           draw      present",
        " -------------------------------------------------------",
        "  long-cell-name      2.000     1.500  75%   0.500  25%",
        "  b                 100.000   100.000 100%   0.000   0%",
    ]


def test_a_frame_from_the_camera_has_a_rate() -> None:
    (section,) = stage_sections([cell_result("test_frame[a]", {"preprocess": 0.0015, "draw": 0.0005})])
    assert section.columns == ["", "total ms", "preprocess", "draw", "frames/s"]
    assert section.rows == [["a", "2.000", "1.500  75%", "0.500  25%", "500.0"]]


def test_cells_with_other_stages_have_a_table_of_their_own() -> None:
    results = [
        cell_result("test_t[a]", {"x": 1}), cell_result("test_t[b]", {"y": 1}), cell_result("test_t[c]", {"x": 1}),
        cell_result("test_u[d]", {"x": 1}),
    ]  # fmt: skip
    sections = list(stage_sections(results))
    assert [[row[0] for row in section.rows] for section in sections] == [["a", "c"], ["b"], ["d"]]
    assert sections[0].columns == ["", "total ms", "x"]


def test_cells_that_have_tables_elsewhere_are_left_out() -> None:
    assert not list(
        stage_sections([cell_result("test_browser[a]", {"draw": 1}, page=Page()), cell_result("test_y[b]")])
    )


def test_notes_stand_below_the_table_and_a_section_needs_no_table() -> None:
    assert section_text(Section("title", notes=["one", "two"])) == "title\n\none\ntwo"
    assert section_text(Section("title", ["", "n"], [["x", 1]], notes=["one"])).endswith("1\n\none")
    assert section_text(Section("title")) == "title"


def test_a_table_is_ascii_and_never_wrapped() -> None:
    text = render_table("t", ["", "n"], [["x" * 300, "1"]])
    assert text.isascii()
    assert any(line.strip().startswith("x" * 300) for line in text.splitlines())


def test_a_title_is_never_wrapped_either() -> None:
    assert render_table("a long title " * 20, ["", "n"], [["x", "1"]]).splitlines()[0] == "a long title " * 20
