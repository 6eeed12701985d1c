"""The kinds of browsers there are, by what ``--frame-browser`` calls them."""

from __future__ import annotations

from collections.abc import Mapping

from framegate.browser.adb import ADB
from framegate.browser.chromium import CHROMIUM, ChromiumChannel
from framegate.browser.engine import Engine
from framegate.browser.firefox import FIREFOX
from framegate.words import BrowserName

ENGINES: Mapping[BrowserName, Engine] = {
    "auto": CHROMIUM,
    "chromium": ChromiumChannel("chromium", "Chromium"),
    "chrome": ChromiumChannel("chrome", "Google Chrome"),
    "msedge": ChromiumChannel("msedge", "Microsoft Edge"),
    "firefox": FIREFOX,
    "adb": ADB,
}
