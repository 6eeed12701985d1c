"""The page: its drawings to scale, its size, and what names in it may do."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from page_facts import HOSTILE, cell_facts, page_facts

from framegate.report.html.facts import PageBlock, ReportFacts, StageTime
from framegate.report.html.page import grouped, report_page
from framegate.report.html.svg import beyond, rounds_strip, stage_bar, three_digits
from framegate.report.html.traces import trace_files, with_links


def test_a_bar_is_to_scale() -> None:
    bar = stage_bar([StageTime("inference", 0.03), StageTime("mine", 0.01)], 0.08, budget_s=0.02)
    assert '<rect class="s2" x="0" width="375" height="16"/>' in bar
    assert '<rect class="sx" x="375" width="125" height="16"/>' in bar
    assert '<line x1="250" x2="250" y2="16"/>' in bar
    assert "<title>inference 30 ms (75 %), mine 10 ms (25 %)</title>" in bar


def test_a_strip_has_a_hill_where_the_rounds_are_and_counts_those_beyond() -> None:
    rounds_s = [0.1] * 3 + [0.131] + [0.5, 0.01]
    strip = rounds_strip(rounds_s, 0.1)
    # 0.1 is a third of the way from 0.07 to 0.16: bin 20 of 60; 0.131 is in bin 40, a third as high.
    assert "M0 16H333.3V0H350V16H666.7V10.7H683.3V16" in strip
    assert '<line x1="333.3"' in strip
    assert beyond(rounds_s, 0.1) == 2
    assert "<title>6 rounds from 10 to 500 ms</title>" in strip


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0000031, "0.0031"), (0.00511, "5.11"), (0.1, "100"), (2.3401, "2340")]
)
def test_milliseconds_have_three_digits(seconds: float, text: str) -> None:
    assert three_digits(seconds) == text


def test_cells_stand_with_their_rivals_the_fastest_first() -> None:
    cells = [replace(cell_facts(0), total_s=2.0), cell_facts(1, "other"), replace(cell_facts(2), total_s=1.0)]
    assert [(group.subject, [cell.anchor for cell in group.cells]) for group in grouped(cells)] == [
        ("net at 256", ["cell-2", "cell-0"]),
        ("other at 256", ["cell-1"]),
    ]


class Page(HTMLParser):
    """The tags of a page with their attributes, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_hostile_name_makes_no_tag_and_no_attribute() -> None:
    tame, hostile = Page(report_page(page_facts("net"))), Page(report_page(page_facts(HOSTILE)))
    assert [(tag, list(attributes)) for tag, attributes in hostile.tags] == [
        (tag, list(attributes)) for tag, attributes in tame.tags
    ]
    assert HOSTILE in hostile.texts
    assert not any("49" in text for text in hostile.texts)


def test_a_drawing_is_one_and_a_text_in_its_place_is_a_text() -> None:
    bar = stage_bar([StageTime("draw", 1.0)], 1.0)
    page = report_page(ReportFacts("history", history=[PageBlock(svg=bar), PageBlock(svg="<b>bold</b>")]))  # type: ignore[arg-type] # what a plugin may do
    assert bar in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_only_the_pages_own_script_and_style_count() -> None:
    page = report_page(page_facts())
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert "unsafe" not in policy
    assert policy.startswith("default-src &#39;none&#39;; script-src &#39;sha256-")
    tags = Page(page).tags
    assert [tag for tag, _ in tags].count("script") == [tag for tag, _ in tags].count("style") == 1
    assert not [attributes for _, attributes in tags if "style" in attributes or any(n[:2] == "on" for n in attributes)]
    assert not [a for _, a in tags if (a.get("src") or "").startswith(("http", "//"))]


def test_the_links_to_traces_are_found_and_changed() -> None:
    page = report_page(page_facts(HOSTILE, cells=2))
    assert trace_files(page, Path("folder")) == [Path("folder/traces/a b.trace.json")] * 2
    changed = with_links(page, [{"file": "/0?a&b", "perfetto": "https://there"}, {}])
    assert "traces/a%20b" not in changed
    assert '<a href="/0?a&amp;b" target="_blank" rel="noreferrer">file</a> <a href="https://there"' in changed
    assert changed.count(">not beside this page</td>") == 1


def test_an_empty_section_has_no_place() -> None:
    page = report_page(ReportFacts("nothing"))
    assert "Nothing was measured." in page
    assert re.findall(r'<section id="([^"]*)"', page) == ["answer"]


def test_a_cell_is_few_elements() -> None:
    few, more = (report_page(replace(page_facts(cells=count), pictures=[])) for count in (100, 200))
    assert (len(Page(more).tags) - len(Page(few).tags)) / 100 <= 55


def test_500_cells_of_many_rounds_are_less_than_1_5_mb() -> None:
    facts = replace(page_facts(), cells=[cell_facts(number, rounds=2000) for number in range(500)], pictures=[])
    assert len(report_page(facts).encode()) < 1.5e6
