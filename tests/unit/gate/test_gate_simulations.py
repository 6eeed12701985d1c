"""Both rules on thousands of simulated runs of which the truth is known, each with a seed of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log, log1p

import numpy as np
import pytest
from numpy.typing import NDArray

from framegate.gate.ab import Pair, Turn, conclude, measure
from framegate.gate.floors import PAIRS_FLOOR, STORED_FLOOR, Floors
from framegate.gate.pairs import BLOCK_PAIRS, Measured
from framegate.gate.statistics import against_history
from framegate.gate.verdicts import Finding, Verdict

Numbers = NDArray[np.float64]
Launches = Callable[[np.random.Generator, tuple[int, ...]], Numbers]
SUITE = 30
FAMILIES = ("total", "inference", "convert", "p95")
SHARE = 0.5  # of the total that convert takes
BLOCK = 0.005  # what is left of the noise in the fastest round of a block


def normal(deviation: float) -> Launches:
    """A process that is luckier than another, the whole of its life."""
    return lambda chance, shape: chance.normal(0, deviation, shape)


def heavy(deviation: float) -> Launches:
    """Student's t with two degrees of freedom: no variance at all."""
    return lambda chance, shape: deviation * chance.standard_t(2, shape)


def twice_as_slow(deviation: float) -> Launches:
    """One launch in twenty takes twice the time."""
    return lambda chance, shape: chance.normal(0, deviation, shape) + log(2) * (chance.random(shape) < 0.05)


class Simulated:
    """Pairs of launches of a suite, of whose benchmarks the first few are slower in ``convert``."""

    def __init__(
        self, chance: np.random.Generator, launches: Launches, *, slower: float = 0.0, many: int = 1, drift: float = 0.0
    ) -> None:
        self._chance, self._launches, self._drift = chance, launches, drift
        self._keys = [f"test_{index}" for index in range(SUITE)]
        self._truth = np.zeros((SUITE, len(FAMILIES), 1))
        self._truth[:many] = np.log1p([[slower], [0.0], [slower / SHARE], [slower]])

    def __call__(self, wanted: Sequence[str] | None, _: Turn) -> Pair:
        """One pair: a launch effect on either side, blocks in random order, and a machine that gets slower."""
        chosen = [index for index, key in enumerate(self._keys) if wanted is None or key in wanted]
        shape = (len(chosen), len(FAMILIES), 1)
        # The total and its 95th percentile share their launch's luck; stages have some of their own.
        luck = self._launches(self._chance, shape) - self._launches(self._chance, shape)
        luck[:, 3] = luck[:, 0]
        order = self._chance.choice((-1.0, 1.0), (len(chosen), 1, BLOCK_PAIRS))
        noise = self._chance.normal(0, BLOCK * 2**0.5, (len(chosen), len(FAMILIES), BLOCK_PAIRS))
        blocks = self._truth[chosen] + luck + noise + self._drift * order
        values = np.median(blocks, axis=2)
        seconds = 2e-3 * np.exp(values)
        return {
            self._keys[index]: Measured(
                dict(zip(FAMILIES, map(float, values[row]), strict=True)),
                {family: (2e-3, float(after)) for family, after in zip(FAMILIES, seconds[row], strict=True)},
            )
            for row, index in enumerate(chosen)
        }


def decided(trials: int, seed: int, launches: Launches, **about: float) -> list[tuple[Finding, ...]]:
    chance = np.random.default_rng(seed)
    floors = Floors(general=PAIRS_FLOOR)
    suites = (
        Simulated(
            chance,
            launches,
            slower=about.get("slower", 0.0),
            many=int(about.get("many", 1)),
            drift=about.get("drift", 0.0),
        )
        for _ in range(trials)
    )
    return [conclude(measure(suite, floors), floors) for suite in suites]


def is_flagged(finding: Finding) -> bool:
    return finding.verdict is Verdict.REGRESSED


def shares(suites: Sequence[Sequence[Finding]]) -> tuple[float, float]:
    """Of benchmarks that were flagged, and of suites with one that was."""
    flagged = [sum(map(is_flagged, findings)) for findings in suites]
    return sum(flagged) / (len(suites) * SUITE), sum(map(bool, flagged)) / len(suites)


QUIET = [
    pytest.param(normal(0.01), 0.0, id="launches differ by 1 %"),
    pytest.param(normal(0.02), 0.0, id="launches differ by 2 %"),
    pytest.param(heavy(0.01), 0.0, id="heavy tails"),
    pytest.param(twice_as_slow(0.015), 0.0, id="one launch in twenty is twice as slow"),
    pytest.param(normal(0.015), 0.02, id="the machine drifts by 2 % from block to block"),
]


@pytest.mark.parametrize(("launches", "drift"), QUIET)
def test_identical_code_is_not_flagged(launches: Launches, drift: float) -> None:
    benchmarks, suites = shares(decided(100, 6, launches, drift=drift))
    assert benchmarks <= 0.005
    assert suites <= 0.01


@pytest.mark.parametrize("launches", [normal(0.07), heavy(0.07)], ids=["normal", "heavy tails"])
def test_where_launches_differ_by_seven_percent_it_says_so_and_does_not_cry_wolf(launches: Launches) -> None:
    suites = decided(60, 7, launches)
    assert shares(suites)[0] <= 0.005
    inconclusive = sum(each.verdict is Verdict.INCONCLUSIVE for findings in suites for each in findings)
    assert inconclusive > 0.5 * 60 * SUITE


@pytest.mark.parametrize(
    ("deviation", "slower", "found"),
    [(0.01, 0.10, 0.95), (0.015, 0.10, 0.95), (0.02, 0.10, 0.95), (0.01, 0.05, 0.75), (0.015, 0.05, 0.75)],
)
def test_a_slower_stage_is_found_and_named(deviation: float, slower: float, found: float) -> None:
    suites = decided(80, 8, normal(deviation), slower=slower)
    first = [findings[0] for findings in suites]
    assert sum(map(is_flagged, first)) / 80 >= found
    named = [each for each in first if any(shift.family == "convert" for shift in each.worst())]
    assert len(named) >= 0.99 * sum(map(is_flagged, first))
    others = [findings[1:] for findings in suites]
    assert shares(others)[0] <= 0.005


def test_where_every_benchmark_is_slower_five_percent_are_found_at_two_percent_noise() -> None:
    suites = decided(50, 9, normal(0.02), slower=0.05, many=SUITE)
    assert shares(suites)[0] >= 0.75


def test_faster_is_never_called_slower() -> None:
    suites = decided(60, 10, normal(0.02), slower=-0.10)
    assert not any(is_flagged(findings[0]) for findings in suites)
    assert sum(findings[0].verdict is Verdict.IMPROVED for findings in suites) >= 0.95 * 60


@pytest.mark.parametrize("launches", [normal(0.01), normal(0.02), normal(0.07), heavy(0.02), twice_as_slow(0.02)])
@pytest.mark.parametrize("runs", [1, 3, 10])
def test_the_stored_mode_flags_identical_code_in_five_of_a_hundred_at_most(launches: Launches, runs: int) -> None:
    chance = np.random.default_rng(11)
    trials = 1000
    flagged = 0
    for _ in range(trials):
        # Each run has a day of its own besides.
        days = chance.normal(0, 0.01, (runs + 1, 1))
        values = days + launches(chance, (runs + 1, 5))
        found = against_history(values[-1].tolist(), values[:-1].tolist())
        flagged += found.verdict(log1p(STORED_FLOOR)) is Verdict.REGRESSED
    assert flagged / trials <= 0.05


def test_the_stored_mode_finds_ten_percent_at_the_noise_of_numpy() -> None:
    chance = np.random.default_rng(12)
    found = 0
    for _ in range(1000):
        values = chance.normal(0, 0.02, (11, 5))
        slower = against_history((values[-1] + log1p(0.10)).tolist(), values[:-1].tolist())
        found += slower.verdict(log1p(STORED_FLOOR)) is Verdict.REGRESSED
    assert found >= 950
