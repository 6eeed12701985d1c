"""Whether a run had come to rest, so that its numbers are those of a longer one too."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

STRETCHES = 10
"""Of each half. The ages of frames that follow each other are alike; medians of stretches are much less so."""

FEWEST = 100
"""Ages, five for each stretch."""

UNEVEN = 16
"""Of 100 pairs. Of two halves that are alike, one is ahead in all but so many or fewer in 1 % of the runs at most: the
critical value of Mann and Whitney's U for ten against ten."""

CLOSE = 0.02
"""Share of the median by which halves may differ, however surely they do."""


def has_settled(ages_s: Sequence[float]) -> bool | None:
    """Whether the ages of the second half are those of the first; None where there are too few to say.

    The run is cut into twenty stretches, and the medians of the ten later ones are compared with those of the ten
    earlier ones by a rank test at 1 %. A difference of 2 % or less is none.
    """
    if len(ages_s) < FEWEST:
        return None
    length = len(ages_s) // (2 * STRETCHES)
    # What does not fill a stretch is left out at the beginning, where a run is least itself.
    spare = len(ages_s) - 2 * STRETCHES * length
    medians_s = [median(ages_s[begin : begin + length]) for begin in range(spare, len(ages_s), length)]
    first_s, second_s = medians_s[:STRETCHES], medians_s[STRETCHES:]
    ahead = sum((late_s > early_s) + (late_s == early_s) / 2 for early_s in first_s for late_s in second_s)
    is_uneven = min(ahead, STRETCHES**2 - ahead) <= UNEVEN
    return not (is_uneven and abs(median(second_s) - median(first_s)) > CLOSE * median(first_s))
