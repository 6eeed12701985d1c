from framegate.measure.device import ScreenCosts
from framegate.report.costs import CostRow, cost_table


def row(renderer: str, total_s: float, copy_s: float, *, is_software: bool = False, gl: str = "egl") -> CostRow:
    costs = ScreenCosts(
        tensor_bytes=12_000_000,
        uploaded_bytes=4_000_000,
        copy_s=copy_s,
        passes_s={"convert": 0.0005, "upload": 0.001, "draw": 0.002, "present": 0.0005},
        gpu_s={"upload": 0.0001, "draw": 0.0002, "present": 0.0},
        frame_s=0.004,
        in_flight_s=0.002,
    )
    return CostRow(f"1024-{renderer}-{gl}", "1024", renderer, gl, is_software, total_s, costs)


def columns(table: str, renderer: str, gl: str = "egl") -> list[str]:
    (line,) = [line for line in table.splitlines() if line.split()[:1] == [f"1024-{renderer}-{gl}"]]
    return line.split()[1:]


def test_the_parts_of_a_frame_and_what_it_moves() -> None:
    table = cost_table([row("gl-texture", 0.012, 0.003), row("gl-upload", 0.004, 0.002)])
    parts = ["0.500", "12%", "1.000", "25%", "2.000", "50%", "0.500", "12%"]
    assert columns(table, "gl-texture") == ["12.000", *parts, "0.300", "2.00x", "4", "1", "6", "1x"]
    assert columns(table, "gl-upload")[-4:] == ["4", "3", "2", "3x"]
    assert "?" not in table


def test_the_fastest_of_a_context_stands_first() -> None:
    rows = [row("slow", 3, 1, gl="egl"), row("fast", 1, 1, gl="glfw"), row("fast", 1, 1), row("middle", 2, 1)]
    cells = [line.split()[0] for line in cost_table(rows).splitlines() if line.strip().startswith("1024")]
    assert cells == ["1024-fast-egl", "1024-middle-egl", "1024-slow-egl", "1024-fast-glfw"]


def test_others_are_compared_within_their_context_only() -> None:
    table = cost_table([row("gl-texture", 0.012, 0.003), row("gl-upload", 0.004, 0.003, gl="glfw")])
    assert columns(table, "gl-upload", "glfw")[-1] == "1.33"


def test_large_and_small_ratios_keep_their_digits() -> None:
    table = cost_table([row("topixels-loop", 1.0, 0.001), row("gl-upload", 0.00081, 0.001)])
    assert columns(table, "gl-upload")[-1] == "1235x"
    assert columns(table, "topixels-loop")[-3:] == ["0.012", "1000", "1x"]


def test_a_software_rasterisers_clock_is_marked_and_explained() -> None:
    table = cost_table([row("gl-texture", 0.012, 0.003, is_software=True)])
    assert columns(table, "gl-texture")[9] == "0.300?"
    assert table.endswith("may leave out most of its drawing, which is in draw ms)")
