"""How many threads a runtime computes on: one number for all of them."""

from __future__ import annotations

import os

from framegate.inference.abilities import TakesThreads
from framegate.interfaces import Runtime, RuntimeFactory


def available() -> int:
    """The cores that this process may use, which are fewer than the machine's in a container or under taskset."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_runtime(factory: RuntimeFactory, threads: int) -> Runtime:
    """Make a runtime and give it its threads, if it has a choice.

    Raises:
        BackendUnavailable: the runtime cannot run here, or no longer with so many threads.
    """
    runtime = factory()
    if isinstance(runtime, TakesThreads):
        runtime.use_threads(threads)
    return runtime


def in_words(threads: int) -> str:
    """``1 thread``, ``2 threads``."""
    return f"{threads} thread{'s' if threads > 1 else ''}"
