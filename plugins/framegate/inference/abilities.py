"""What some runtimes and loaded models can do beyond their interface, such as to compute on a number of threads.

Whoever uses an ability checks for it. A runtime of yours needs to import nothing from here: a method of that
name is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from framegate.interfaces import Runtime, RuntimeFactory


@runtime_checkable
class TakesThreads(Protocol):
    """A runtime whose number of threads can be chosen; one that has no such choice leaves this out."""

    def use_threads(self, count: int) -> None:
        """Compute on ``count`` threads from now on; called once, before the first ``load``.

        Raises:
            BackendUnavailable: the library can no longer change them in this process.
        """
        ...


@runtime_checkable
class Chosen(Protocol):
    """A loaded model that runs in one runtime chosen from several, as those of ``auto`` do."""

    @property
    def runtime(self) -> str:
        """The name of the runtime that was taken."""
        ...

    @property
    def trial_s(self) -> Mapping[str, float]:
        """Seconds of the fastest run that each runtime had in the trial, fastest first."""
        ...


def open_runtime(factory: RuntimeFactory, threads: int) -> Runtime:
    """Make a runtime and give it its threads, if it has a choice.

    Raises:
        BackendUnavailable: the runtime cannot run here, or can no longer change its threads.
    """
    runtime = factory()
    if isinstance(runtime, TakesThreads):
        runtime.use_threads(threads)
    return runtime


def in_words(threads: int) -> str:
    """``1 thread``, ``2 threads``."""
    return f"{threads} thread{'s' if threads > 1 else ''}"
