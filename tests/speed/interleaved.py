"""Times that are compared within one run."""

import time
from collections.abc import Callable, Sequence
from typing import Any


def best_of_interleaved(calls: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """Fastest call of each, taken in turn so that the machine's mood meets all of them.

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


def within(limit: float, ratio: Callable[[], float], tries: int = 5) -> tuple[bool, list[float]]:
    """Whether a ratio is within a limit in one of several tries, and what each of them gave.

    What a busy machine adds, it adds to one side more than to the other, for a while: a ratio that holds once is no
    accident, and one that never does is not the machine's.
    """
    found: list[float] = []
    while len(found) < tries and not (found and found[-1] <= limit):
        found.append(ratio())
    return found[-1] <= limit, found
