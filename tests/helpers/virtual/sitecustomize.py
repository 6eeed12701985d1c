"""Time that passes only when someone looks at the clock: what is measured is the same on every machine, however busy.

A function that never looks takes no time: pytest-benchmark would call it for ever, to fill a round.
Python imports this by itself in a process whose ``PYTHONPATH`` names the folder.
"""

import itertools
import time

TICK_S = 1e-6

_ticks = itertools.count()


def perf_counter() -> float:
    """Seconds; one more tick with each call."""
    return next(_ticks) * TICK_S


time.perf_counter = perf_counter
