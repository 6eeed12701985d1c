"""Times that are compared within one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any


def best_of_interleaved(calls: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """Seconds of the fastest call of each, taken in turn so that the machine's mood meets all of them.

    Each call is made once more before it is timed: some libraries keep the cores busy for a while after they return.
    """
    best = [float("inf")] * len(calls)
    for _ in range(rounds):
        for index, call in enumerate(calls):
            call()
            started = time.perf_counter()
            call()
            best[index] = min(best[index], time.perf_counter() - started)
    return best
