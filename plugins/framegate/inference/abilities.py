"""What some runtimes and loaded models can do besides; whoever uses it looks whether it is there.

A runtime of one's own needs to import none of this: a method of that name is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable


@runtime_checkable
class TakesThreads(Protocol):
    """A runtime whose number of threads can be chosen; one that has no such choice leaves this out."""

    def use_threads(self, count: int) -> None:
        """Compute on so many threads from here on; called once, before the first ``load``.

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
