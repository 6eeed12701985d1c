"""What this machine can do at best: bytes a second from memory, multiply-accumulates a second in a matrix product."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from framegate.measure.stages import Clock
from framegate.results.model_size import Ceilings

COPIED_BYTES = 256 * 2**20
"""More than any cache of a CPU holds."""
SIDE = 1024
ROUNDS = 5


def measure_ceilings(clock: Clock = time.perf_counter) -> Ceilings:
    """Measure both, best of five; takes about a second and 256 MiB."""
    memory = np.ones(COPIED_BYTES // 8, np.int64)
    left, right = (np.ones((SIDE, SIDE), np.float32) for _ in range(2))
    product = np.empty_like(left)
    return Ceilings(
        read_bytes_per_s=COPIED_BYTES / best(memory.sum, clock),
        macs_per_s=SIDE**3 / best(lambda: np.matmul(left, right, out=product), clock),
    )


def best(call: Callable[[], object], clock: Clock, rounds: int = ROUNDS) -> float:
    """Seconds of the fastest of several calls."""
    seconds = []
    for _ in range(rounds):
        before = clock()
        call()
        seconds.append(clock() - before)
    return min(seconds)
