"""How soon a browser has opened a report of many cells, from the disk."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from framegate.browser.chromium import find_chromium, flags
from framegate.report.html.gather import BesideRun, gather
from framegate.report.html.page import report_page
from speed.figures import Figures, report
from speed.stored_runs import stored_run

CELLS = 500
OPENINGS = 7

# Seconds from when the page was asked for until its load event has ended.
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"


def measure() -> Figures:
    """Seconds."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "report.html")
        file.write_text(report_page(gather(stored_run(CELLS), BesideRun(Path(folder)))), "utf-8")
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=flags("software"))
        loads_s = []
        for _ in range(OPENINGS):
            page = browser.new_page()
            page.goto(file.as_uri())
            page.wait_for_function(f"() => ({LOADED})() > 0")
            loads_s.append(page.evaluate(LOADED))
            page.close()
        browser.close()
    return {f"load-{CELLS}": median(loads_s)}


if __name__ == "__main__":
    report(measure)
