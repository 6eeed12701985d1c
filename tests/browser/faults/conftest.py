"""What is done to these browsers is done to nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from framegate.browser.driver import Browser


@pytest.fixture
def browser_of_pages(start_browser: Callable[[], Browser]) -> Callable[[], Browser]:
    """A browser per page."""
    return start_browser
