from __future__ import annotations

from cell_results import cell_result

from framegate.report.memory import memory_sections
from framegate.report.table import section_text
from framegate.results.parts import Cell, Memory

NET, OTHER = Cell(model="net", size="128", runtime="tensorflow"), Cell(model="net", size="128", runtime="openvino")


def test_one_row_for_all_cells_of_a_model_and_runtime() -> None:
    (section,) = memory_sections(
        [
            cell_result("a", frame=NET, memory=Memory(500_000_000, 400_000_000)),
            cell_result("b", frame=OTHER, memory=Memory(None, 300_400_000)),
            cell_result("c", frame=NET, memory=Memory(450_000_000, 410_000_000)),
        ]
    )
    lines = section_text(section).splitlines()
    assert lines[0] == "memory: what the process held (MB, its libraries included)"
    assert [line.split() for line in lines if "net" in line] == [
        ["net", "128", "tensorflow", "500", "410"],
        ["net", "128", "openvino", "not", "known", "300"],
    ]
    assert max(map(len, lines)) < 80


def test_cells_without_a_runtime_are_left_out() -> None:
    assert not list(memory_sections([cell_result("a", memory=Memory(1, 1))]))
