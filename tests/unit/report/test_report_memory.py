from __future__ import annotations

from framegate.report.memory import MemoryRow, memory_table

NET, OTHER = ("net", "128", "tensorflow"), ("net", "128", "openvino")


def test_one_row_for_all_cells_of_a_model_and_runtime() -> None:
    rows = [
        MemoryRow(NET, 500_000_000, 400_000_000),
        MemoryRow(OTHER, None, 300_400_000),
        MemoryRow(NET, 450_000_000, 410_000_000),
    ]
    lines = memory_table(rows).splitlines()
    assert lines[0] == "memory: what the process held (MB, its libraries included)"
    assert [line.split() for line in lines if "net" in line] == [
        ["net", "128", "tensorflow", "500", "410"],
        ["net", "128", "openvino", "not", "known", "300"],
    ]
    assert max(map(len, lines)) < 80
