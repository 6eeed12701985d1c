"""What a stored run says of itself beside its benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from framegate.results.parts import Part


@dataclass(frozen=True)
class RunNote(Part):
    """How a run was started, and what of it has no result.

    Attributes:
        options: options of Framegate that were given, as a command line takes them.
        budget_s: seconds that a frame may take to count as real-time.
        skipped: reason -> names of the cells that could not run.
        failed: reason -> names of the cells that failed.
    """

    key = "framegate"
    options: tuple[str, ...] = ()
    budget_s: float | None = None
    skipped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
