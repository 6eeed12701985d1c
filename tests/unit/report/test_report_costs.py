from cell_results import cell_result

from framegate.report.costs import cost_sections
from framegate.report.section import Section
from framegate.results.cell import CellResult
from framegate.results.parts import Cell, ScreenCosts


def result(renderer: str, total_s: float, copy_s: float, *, is_software: bool = False, gl: str = "egl") -> CellResult:
    costs = ScreenCosts(
        tensor_bytes=12_000_000,
        uploaded_bytes=4_000_000,
        copy_s=copy_s,
        passes_s={"convert": 0.0005, "upload": 0.001, "draw": 0.002, "present": 0.0005},
        gpu_s={"upload": 0.0001, "draw": 0.0002, "present": 0.0},
        frame_s=0.004,
        in_flight_s=0.002,
        is_gpu_s_trusted=not is_software,
    )
    frame = Cell(size="1024", renderer=renderer, gl=gl, is_software=is_software)
    return cell_result(f"test_render[1024-{renderer}-{gl}]", {"draw": total_s}, frame, screen=costs)


def section(*results: CellResult) -> Section:
    (only,) = cost_sections(results)
    return only


def columns(table: Section, renderer: str, gl: str = "egl") -> list[str]:
    (row,) = [row for row in table.rows if row[0] == f"1024-{renderer}-{gl}"]
    return " ".join(map(str, row[1:])).split()


def test_the_parts_of_a_frame_and_what_it_moves() -> None:
    table = section(result("gl-texture", 0.012, 0.003), result("gl-upload", 0.004, 0.002))
    parts = ["0.500", "12%", "1.000", "25%", "2.000", "50%", "0.500", "12%"]
    assert columns(table, "gl-texture") == ["12.000", *parts, "0.300", "2.00x", "4", "1", "6", "1x"]
    assert columns(table, "gl-upload")[-4:] == ["4", "3", "2", "3x"]
    assert not table.notes


def test_the_fastest_of_a_context_stands_first() -> None:
    table = section(
        result("slow", 3, 1, gl="egl"), result("fast", 1, 1, gl="glfw"), result("fast", 1, 1), result("middle", 2, 1)
    )
    assert [row[0] for row in table.rows] == [
        "1024-fast-egl", "1024-middle-egl", "1024-slow-egl", "1024-fast-glfw",
    ]  # fmt: skip


def test_others_are_compared_within_their_context_only() -> None:
    table = section(result("gl-texture", 0.012, 0.003), result("gl-upload", 0.004, 0.003, gl="glfw"))
    assert columns(table, "gl-upload", "glfw")[-1] == "1.33"


def test_large_and_small_ratios_keep_their_digits() -> None:
    table = section(result("topixels-loop", 1.0, 0.001), result("gl-upload", 0.00081, 0.001))
    assert columns(table, "gl-upload")[-1] == "1235x"
    assert columns(table, "topixels-loop")[-3:] == ["0.012", "1000", "1x"]


def test_a_software_rasterisers_clock_is_marked_and_explained() -> None:
    table = section(result("gl-texture", 0.012, 0.003, is_software=True))
    assert columns(table, "gl-texture")[9] == "0.300?"
    (note,) = table.notes
    assert note.endswith("may leave out most of its drawing, which is in draw ms)")


def test_without_costs_there_is_no_section() -> None:
    assert not list(cost_sections([cell_result("test_render[a]", {"draw": 1.0})]))
