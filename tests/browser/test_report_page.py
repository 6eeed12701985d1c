"""The page of a report in a real Chromium: with a script and without, wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe import violations
from page_facts import HOSTILE, page_facts

from framegate.browser.chromium import flags
from framegate.report.html.page import report_page
from framegate.report.html.traces import trace_files, with_links
from framegate.trace.serve import ORIGINS, served_report

ISOLATED = """(mark) => {
  const apart = (one) => {
    const { display, unicodeBidi } = getComputedStyle(one);
    return display !== "inline" || unicodeBidi.startsWith("isolate");
  };
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.children.length === 0 && one.textContent.includes(mark) && one.checkVisibility())
    .every((one) => apart(one) || apart(one.parentElement));
}"""
"""Whether every element that shows a mark is a block of its own, or isolates the direction of its text."""
LAID_OUT = """(sections) => sections.map((one) =>
  document.querySelector(one).lastElementChild.checkVisibility({ contentVisibilityAuto: true }))"""
"""Of each section, whether the browser has laid out what is in it."""
SEEN = """() => [...document.querySelectorAll("main table, main img")].map((one) =>
  one.checkVisibility({ contentVisibilityAuto: true }))"""
"""Whether each table and picture is there to be seen."""
A4_WIDE = 794
"""Pixels of CSS of a sheet."""
VIEWER = """<script>
  const address = location.hash.split("url=")[1] ?? decodeURIComponent(location.pathname.split("/from-url/")[1]);
  fetch(address).then((answer) => answer.text(), String).then((text) => (document.title = text));
</script>"""
"""What the viewers' pages do first: they fetch what their address names."""
SIZES = [(1280, 900), (390, 844)]


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=list(flags("software")))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Name -> address of a page on the disk."""
    folder = tmp_path_factory.mktemp("pages")
    for name, text in (("tame", "net"), ("hostile", HOSTILE)):
        (folder / f"{name}.html").write_text(report_page(page_facts(text)), "utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in ("tame", "hostile")}


def test_nothing_in_a_hostile_name_runs_or_turns_its_neighbours_around(browser: Any, pages: dict[str, str]) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
    page.goto(pages["hostile"])
    assert page.locator("h1").text_content() == HOSTILE
    assert page.title() != "taken"
    assert page.locator("script").count() == 1
    assert said == []
    # What holds the name keeps the turn to itself.
    isolated = page.evaluate(ISOLATED, "\u202e")
    assert isolated
    page.close()


@pytest.mark.parametrize("size", SIZES)
def test_it_is_whole_without_a_script(browser: Any, pages: dict[str, str], size: tuple[int, int]) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.goto(pages["tame"])
    assert page.locator("#answer .verdict").first.is_visible()
    assert page.locator("#answer .verdict").first.bounding_box()["y"] < size[1]
    assert page.locator("#table tbody tr").count() == 4
    assert not page.locator("#filter").is_visible()
    assert page.locator(".rows svg").first.bounding_box()["width"] > 100
    for picture in page.locator("#pictures img").all():
        assert picture.is_visible()
    context.close()


def test_the_table_sorts_and_filters(browser: Any, pages: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(pages["tame"])
    rows = page.locator("#table tbody tr:visible td:nth-child(8)")
    assert rows.all_text_contents() == ["r0", "r1", "r2", "r3"]
    page.get_by_role("button", name="renderer").click()
    page.get_by_role("button", name="renderer").click()
    assert rows.all_text_contents() == ["r3", "r2", "r1", "r0"]
    page.get_by_role("button", name="spread").click()
    assert rows.all_text_contents()[:2] == ["r0", "r2"]
    page.locator("#words").fill("NET r1")
    assert rows.all_text_contents() == ["r1"]
    assert page.locator("#shown").text_content() == "1 of 4"
    page.locator("#words").fill("")
    page.get_by_label("renderer").select_option("r3")
    assert rows.all_text_contents() == ["r3"]
    page.close()


def test_what_is_below_the_first_screen_is_laid_out_when_it_comes_there(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(report_page(page_facts(cells=200)), "utf-8")
    page = browser.new_page()
    page.add_init_script("globalThis.requestIdleCallback = () => {};")
    page.goto(file.as_uri())
    assert page.evaluate(LAID_OUT, ["#answer", "#rounds", "#cells"]) == [True, False, False]
    page.get_by_role("link", name="All benchmarks").click()
    page.wait_for_function(f"() => ({LAID_OUT})(['#cells']).every(Boolean)")
    assert abs(page.locator("#cells").bounding_box()["y"]) < 100
    page.goto(f"{file.as_uri()}#cell-150")
    page.wait_for_function("() => document.querySelector('#cell-150').getBoundingClientRect().top < innerHeight")
    assert page.locator("#cell-150").bounding_box()["y"] >= 0
    page.close()


def test_all_of_it_is_laid_out_when_the_browser_has_nothing_else_to_do(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(report_page(page_facts(cells=200)), "utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.wait_for_function(f"() => ({LAID_OUT})(['#rounds', '#cells', '#machine']).every(Boolean)")
    assert page.locator("img").count()
    page.wait_for_function("() => [...document.images].every((picture) => picture.complete && picture.naturalWidth)")
    page.close()


def test_all_tables_and_pictures_are_printed_and_nothing_is_cut_off(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(report_page(page_facts("a-model-with-a-long-name-" * 4)), "utf-8")
    context = browser.new_context(color_scheme="dark", viewport={"width": A4_WIDE, "height": 1100})
    page = context.new_page()
    page.add_init_script("globalThis.requestIdleCallback = () => {};")
    page.goto(file.as_uri())
    assert page.evaluate(SEEN).count(False) > 0
    page.emulate_media(media="print")
    page.wait_for_function(f"() => ({SEEN})().every(Boolean)")
    assert page.evaluate("() => document.documentElement.scrollWidth") == A4_WIDE
    assert page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == "light"
    assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(29, 35, 40)"
    context.close()


@pytest.mark.parametrize("viewer", sorted(ORIGINS))
def test_one_click_opens_a_trace_in_a_viewer(browser: Any, tmp_path: Path, viewer: str) -> None:
    text = report_page(page_facts())
    file, *_ = trace_files(text, tmp_path)
    file.parent.mkdir()
    file.write_text("the trace")
    context = browser.new_context()
    context.route(f"{ORIGINS[viewer]}/**", lambda route: route.fulfill(body=VIEWER, content_type="text/html"))
    context.grant_permissions(["local-network-access"])  # what the browser asks a person for
    page = context.new_page()
    with (
        served_report(lambda links: with_links(text, links).encode(), trace_files(text, tmp_path), 0) as address,
        context.expect_page() as opened,
    ):
        page.goto(address)
        page.get_by_role("link", name=viewer).first.click()
        opened.value.wait_for_function("() => document.title")
        assert opened.value.title() == "the trace"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_nobody_stumbles(
    browser: Any, axe: str, pages: dict[str, str], scheme: Literal["light", "dark"], size: tuple[int, int]
) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(pages["tame"])
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert violations(page, axe) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") == size[0]
    context.close()
