import math

import pytest

from framegate.measure.machine import Ceilings, best, measure_ceilings
from framegate.report.model_size import SizeRow, size_table

MACHINE = Ceilings(read_bytes_per_s=10e9, macs_per_s=50e9)
BIG = SizeRow("big", 50_000_000, 1_000_000_000, 200_000_000, 200_000_000, 2.0, 0.1)


@pytest.mark.parametrize(
    ("weight_bytes", "macs", "bound"),
    [
        (200_000_000, 100_000_000, "weights"),  # 20 ms against 2 ms
        (1_000_000, 1_000_000_000, "arithmetic"),  # 0.1 ms against 20 ms
        (200_000_000, 1_000_000_000, "both"),  # 20 ms against 20 ms
        (290_000_000, 1_000_000_000, "both"),  # 29 ms against 20 ms
        (310_000_000, 1_000_000_000, "weights"),  # 31 ms against 20 ms
    ],
)
def test_what_a_network_is_bound_by(weight_bytes: int, macs: int, bound: str) -> None:
    assert SizeRow("x", 1, macs, 1, weight_bytes, 1, 1).bound_by(MACHINE) == bound


def test_the_table_in_full() -> None:
    small = SizeRow("small", 500_000, 20_000_000, 500_000, 2_000_000, 0.05, 0.004, 31.25)
    equal = SizeRow("equal", 1, 1_000_000, 1, 1_000, 0.05, 0.004, math.inf)
    lines = size_table([BIG, small, equal], MACHINE).splitlines()
    assert "reads 10.0 GB/s and multiplies 50.0 GMAC/s at best" in lines[0]
    assert lines[4].split() == [
        "big",
        "50.00",
        "1000",
        "200.00",
        "2000",
        "100.00",
        "1.0x",
        "100.0",
        "500.0",
        "20.00",
        "20.00",
        "both",
    ]
    assert lines[5].split() == [
        "small",
        "0.50",
        "20",
        "0.50",
        "50",
        "4.00",
        "25.0x",
        "200.0",
        "2000.0",
        "0.20",
        "0.40",
        "arithmetic",
        "31.2",
    ]
    assert lines[6].split()[-1] == "equal"


def test_ceilings_are_the_best_of_five_by_the_clock_given() -> None:
    readings = iter([0, 4, 10, 12, 20, 21, 30, 33, 40, 45])
    assert best(lambda: None, lambda: next(readings)) == 1


def test_this_machine_has_ceilings() -> None:
    found = measure_ceilings()
    assert 0 < found.read_bytes_per_s < math.inf
    assert 0 < found.macs_per_s < math.inf
