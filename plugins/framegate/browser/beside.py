"""What a page could do beside its model, from what it says of its animation and of its answers to a mouse."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from framegate.realtime.bounds import upper_bound
from framegate.results.page import Beside

TAIL = 0.99


def beside_of(lasting_ms: float, ticks_ms: Sequence[float], delays_ms: Sequence[float]) -> Beside:
    """A page's account in numbers.

    Args:
        lasting_ms: how long it was.
        ticks_ms: when its animation was asked for a frame, from the beginning.
        delays_ms: times from a move of a mouse button to the page's answer.
    """
    bound_ms = upper_bound(delays_ms, TAIL)
    return Beside(
        seconds=lasting_ms / 1000,
        ticks=len(ticks_ms),
        ticks_per_s=1000 * len(ticks_ms) / lasting_ms,
        longest_gap_s=max(after - before for before, after in pairwise([0.0, *ticks_ms, lasting_ms])) / 1000,
        inputs=len(delays_ms),
        delay_p99_s=None if bound_ms is None else bound_ms / 1000,
        delay_longest_s=max(delays_ms, default=0.0) / 1000,
    )
