"""How long a test waits before it takes something for hung: longer than the slowest and busiest machine needs."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 600.0


def until(condition: Callable[[], object]) -> None:
    """Wait for it.

    Raises:
        AssertionError: it does not come about.
    """
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
