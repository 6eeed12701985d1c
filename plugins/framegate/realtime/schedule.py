"""When the frames of a camera are due, and how often a second a user may ask for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from framegate.errors import UsageError

MAX: Final = "max"
"""In place of a rate: the highest one that is sustained."""

LOWEST, HIGHEST = 0.1, 1000.0
"""Rates that can be asked for, in frames per second."""

Rate = float | Literal["max"]


@dataclass(frozen=True)
class Schedule:
    """A camera's clock, which waits for nobody.

    Each time follows from the frame's number alone, so that errors of many steps cannot add up.

    Attributes:
        rate: frames per second.
        began_s: when frame 0 is due.
    """

    rate: float
    began_s: float

    def due_s(self, number: int) -> float:
        """When a frame is due."""
        return self.began_s + number / self.rate

    def number_due(self, now_s: float) -> int:
        """Number of the newest frame that is due by then; -1 before the first."""
        number = max(-1, math.floor((now_s - self.began_s) * self.rate))
        # A product that is rounded may fall on the other side of a frame's time than the quotient above.
        if self.due_s(number + 1) <= now_s:
            return number + 1
        return number - 1 if number >= 0 and self.due_s(number) > now_s else number


def parse_rate(flag: str, text: str) -> Rate:
    """Frames per second as a user writes them: ``30``, ``29.97``, ``30000/1001``; or ``max``.

    Raises:
        UsageError: the text is something else, or a rate that no camera has.
    """
    if text == MAX:
        return MAX
    try:
        numerator, *denominators = map(float, text.split("/", 1))
        rate = numerator / math.prod(denominators)
    except (ValueError, ZeroDivisionError):
        rate = math.nan
    if not LOWEST <= rate <= HIGHEST:
        raise UsageError(
            f"{flag} {text!r} is not a rate from {LOWEST:g} to {HIGHEST:g} frames per second"
            " (30, 29.97, 30000/1001), nor max"
        )
    return rate
