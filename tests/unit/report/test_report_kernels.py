"""The table of kernels, and what speaks against it."""

from collections.abc import Sequence

from cell_results import cell_result

from framegate.report.kernels import TOP, kernel_sections
from framegate.report.table import section_text
from framegate.results.cell import CellResult
from framegate.results.page import Kernels, KernelTime, Page

TIMES = [KernelTime("Conv", 0.03), KernelTime("Add", 0.01), KernelTime("Conv", 0.04)]


def result(times: Sequence[KernelTime], inference_s: float = 0.08) -> CellResult:
    page = Page(kernels=Kernels.of(times, inference_s))
    return cell_result("test_browser[cell]", {"inference": inference_s}, page=page)


def test_the_table_in_full() -> None:
    (section,) = kernel_sections([result(TIMES)])
    assert section_text(section).splitlines() == [
        "cell: kernels of one run, 80.000 ms together, of an inference that takes 80.000 ms",
        "",
        "         calls       ms   share",
        " -------------------------------",
        "  Conv       2   70.000     88%",
        "  Add        1   10.000     12%",
    ]


def test_what_does_not_fit_shares_a_row() -> None:
    many = [KernelTime(f"Kernel{index}", 0.02 - index / 1000) for index in range(TOP + 2)]
    (section,) = kernel_sections([result(many)])
    *_, last, rest = section.rows
    assert last[0] == f"Kernel{TOP - 1}"
    assert rest[:3] == ["2 others", "2", "27.000"]


def test_doubts_stand_below_the_table() -> None:
    (section,) = kernel_sections([result([*TIMES, KernelTime("Pad", None)])])
    assert section.notes == ["(not to be trusted: 1 of 4 kernels have no time)"]


def test_a_page_whose_kernels_were_not_asked_for_has_no_section() -> None:
    assert not list(kernel_sections([cell_result("test_browser[a]", {"inference": 1.0}, page=Page())]))
