"""The table of what a model costs its page."""

from cell_results import cell_result

from framegate.report.page_cost import page_cost_sections
from framegate.report.table import section_text
from framegate.results.page import Beside, Page, PageCost

ALONE = Beside(7.0, 420, 60.0, 0.0182, 700, 0.0031, 0.0055)
BLOCKED = Beside(2.0, 44, 22.0, 0.128, 200, None, 0.1)


def test_the_table_in_full() -> None:
    pages = [Page(cost=PageCost(ALONE, BLOCKED)), Page(thread="worker", cost=PageCost(ALONE, ALONE)), Page()]
    (section,) = page_cost_sections(
        [cell_result(f"test_browser[{place}]", page=page) for place, page in enumerate(pages)]
    )
    assert section_text(section).splitlines() == [
        "what a model costs its page: the frames of an animation, and its answers to a mouse",
        "",
        "      thread                    frames/s   longest gap ms   answer p99 ms   longest ms",
        " --------------------------------------------------------------------------------------",
        "  0   main     alone                60.0             18.2             3.1          5.5",
        "               with the model       22.0            128.0               -        100.0",
        "  1   worker   alone                60.0             18.2             3.1          5.5",
        "               with the model       60.0             18.2             3.1          5.5",
    ]


def test_nothing_is_said_where_it_was_not_asked_for() -> None:
    assert not list(page_cost_sections([cell_result("test_browser[a]", page=Page()), cell_result("test_frame[a]")]))
