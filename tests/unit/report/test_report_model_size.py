import math

from cell_results import cell_result

from framegate.measure.ceilings import best, measure_ceilings
from framegate.report.model_size import size_sections
from framegate.report.table import section_text
from framegate.results.model_size import Ceilings, ModelSize

MACHINE = Ceilings(read_bytes_per_s=10e9, macs_per_s=50e9)
BIG = ModelSize("big", 50_000_000, 1_000_000_000, 200_000_000, 200_000_000, 2.0, 0.1, MACHINE)


def test_the_table_in_full() -> None:
    small = ModelSize("small", 500_000, 20_000_000, 500_000, 2_000_000, 0.05, 0.004, MACHINE, "big", 31.25)
    equal = ModelSize("equal", 1, 1_000_000, 1, 1_000, 0.05, 0.004, MACHINE, "big")
    (section,) = size_sections([cell_result("test_model_size[x]", model_size=size) for size in (BIG, small, equal)])
    lines = section_text(section).splitlines()
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
