"""Pairs of launches, made from numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp

from framegate.gate.ab import Pair, RunPair, Turn
from framegate.gate.pairs import Measured
from framegate.gate.verdicts import MISSED


def measured(base_s: float = 1e-3, canary: float = 0.0, **ratios: float) -> Measured:
    """A benchmark whose families are that much slower, in logarithms, on the candidate's side."""
    seconds = {family: (base_s, base_s * exp(ratio)) for family, ratio in ratios.items() if family != MISSED}
    return Measured(dict(ratios), seconds, canaries=[canary] * 6)


def scripted(pairs: Sequence[Mapping[str, Measured]]) -> tuple[RunPair, list[tuple[Sequence[str] | None, Turn]]]:
    """A ``run_pair`` that returns these one after another, of what is wanted; and what it was called with."""
    left = list(pairs)
    calls: list[tuple[Sequence[str] | None, Turn]] = []

    def run_pair(wanted: Sequence[str] | None, turn: Turn) -> Pair:
        calls.append((wanted, turn))
        return {key: value for key, value in left.pop(0).items() if wanted is None or key in wanted}

    return run_pair, calls


def always(make: Callable[[], Mapping[str, Measured]]) -> RunPair:
    """A ``run_pair`` that makes each pair anew."""

    def run_pair(wanted: Sequence[str] | None, _: Turn) -> Pair:
        return {key: value for key, value in make().items() if wanted is None or key in wanted}

    return run_pair
