"""A real Chromium and the real TF.js, or the reason why there is none; in CI the set-up must have brought them."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from framegate.browser.chromium import find_chromium, flags
from framegate.browser.driver import Browser
from framegate.browser.tfjs import tfjs_files
from framegate.errors import BackendUnavailable, SourceError
from framegate.paths import cache_dir

StartBrowser = Callable[[], Browser]


def lacking(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program."""
    if importlib.util.find_spec("playwright") is None:
        lacking("playwright is not installed")
    try:
        return find_chromium()
    except BackendUnavailable as error:
        lacking(str(error))
        raise


@pytest.fixture(scope="session")
def tfjs(chromium: Path) -> Path:
    """The cache with the files of TF.js, for tests that need a browser as well."""
    del chromium
    try:
        tfjs_files(cache_dir())
    except (BackendUnavailable, SourceError) as error:
        lacking(str(error))
    return cache_dir()


@pytest.fixture
def start_browser(chromium: Path) -> Iterator[StartBrowser]:
    """Starts browsers, which are ended with the test."""
    with ExitStack() as started:

        def start() -> Browser:
            browser = Browser(chromium, flags("software"))
            started.callback(browser.close)
            return browser

        yield start
