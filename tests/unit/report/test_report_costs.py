from framegate.measure.device import ScreenCosts
from framegate.report.costs import CostRow, cost_table


def row(renderer: str, total_s: float, copy_s: float, *, is_software: bool = False, gl: str = "egl") -> CostRow:
    costs = ScreenCosts(
        tensor_bytes=12_000_000,
        uploaded_bytes=4_000_000,
        copy_s=copy_s,
        passes_s={"upload": 0.001, "draw": 0.002, "present": 0.0005},
        gpu_s={"upload": 0.0001, "draw": 0.0002, "present": 0.0},
        in_flight_s=0.0031,
    )
    return CostRow(f"1024-{renderer}-{gl}", "1024", renderer, gl, is_software, total_s, costs)


def columns(table: str, renderer: str, gl: str = "egl") -> list[str]:
    (line,) = [line for line in table.splitlines() if line.split()[:1] == [f"1024-{renderer}-{gl}"]]
    return line.split()[1:]


def test_one_floor_serves_all_cells_of_a_size() -> None:
    table = cost_table([row("gl-texture", 0.012, 0.003), row("gl-upload", 0.004, 0.002)])
    assert table.startswith(
        "test_render: what moves, against one copy of the tensor (this machine copies 6.0 GB/s at best;"
    )
    assert columns(table, "gl-texture") == (
        ["12.000", "1.000", "29%", "2.000", "57%", "0.500", "14%", "0.300", "3.100", "4.00", "1.00", "6.0", "1.0x"]
    )
    assert columns(table, "gl-upload")[9:] == ["4.00", "3.00", "2.0", "3.0x"]
    assert "?" not in table


def test_others_are_compared_within_their_context_only() -> None:
    table = cost_table([row("gl-texture", 0.012, 0.003), row("gl-upload", 0.004, 0.003, gl="glfw")])
    assert columns(table, "gl-upload", "glfw")[-1] == "1.3"


def test_a_software_rasterisers_clock_is_marked_and_explained() -> None:
    table = cost_table([row("gl-texture", 0.012, 0.003, is_software=True)])
    assert columns(table, "gl-texture")[7] == "0.300?"
    assert table.endswith("leave out most of its drawing, which is in draw ms)")
