"""What is known of a benchmark before it is judged, the same for both modes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from framegate.gate.verdicts import Finding, Verdict


class Estimate(Protocol):
    """A family's change: the logarithm of a ratio of times, or a difference of shares.

    Each way of measuring has an estimate of its own, which knows how sure it is.
    """

    @property
    def change(self) -> float:
        """The middle of the estimate."""

    @property
    def p(self) -> float | None:
        """Chance of such a change in identical code; None where it was not tested."""

    def interval(self, limit: float) -> tuple[float, float]:
        """The interval of the change, given the smallest change that counts."""

    def least(self, limit: float) -> float | None:
        """The smallest slowdown that would have been flagged, given the smallest that counts; None if nobody knows."""

    def verdict(self, limit: float, p: float | None) -> Verdict:
        """The verdict, given the smallest change that counts, and p after the correction for many families."""


@dataclass(frozen=True)
class Sample:
    """What was measured of one family.

    Attributes:
        estimate: its change.
        seconds: medians of base and candidate; None where the family is not a time.
    """

    estimate: Estimate
    seconds: tuple[float, float] | None = None


@dataclass(frozen=True)
class Evidence:
    """What is known of a benchmark.

    Attributes:
        key: its name.
        finding: the finding on a benchmark that could not be compared; None for all others.
        families: family -> sample, of the times and of the share of missed frames.
        counts: exact count -> (base, candidate).
        memory: family -> bytes of each launch, for the base and for the candidate.
        unsure: reason that is given where the total cannot be told from chance.
    """

    key: str
    finding: Finding | None = None
    families: Mapping[str, Sample] = field(default_factory=dict)
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    memory: tuple[Sequence[Mapping[str, int]], Sequence[Mapping[str, int]]] = ((), ())
    unsure: str = ""


@dataclass(frozen=True)
class Excuse:
    """The machine, as the reason why a benchmark may be slower although its code is not.

    Attributes:
        most: logarithm of the largest change that it explains.
        reason: the sentence that the user reads.
        explains_missed: whether it explains missed frames, too, however many.
    """

    most: float
    reason: str
    explains_missed: bool = False
