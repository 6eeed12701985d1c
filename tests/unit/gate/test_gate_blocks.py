"""The rounds of a worker's block."""

import itertools
from collections.abc import Iterator

import pytest

from framegate.gate.worker.blocks import Rounds


class Frames:
    """A function whose ``warm`` runs in its first call only, and whose ``draw`` runs twice in each."""

    def __init__(self) -> None:
        self.samples: dict[str, list[float]] = {"warm": [], "draw": []}

    def __call__(self) -> None:
        if not self.samples["warm"]:
            self.samples["warm"].append(4.0)
        self.samples["draw"] += [1.0, 2.0]


@pytest.fixture
def ticks() -> Iterator[int]:
    """A clock of which each reading is a second later."""
    return itertools.count()


def test_a_stage_has_the_seconds_that_one_call_of_the_function_spends_in_it(ticks: Iterator[int]) -> None:
    rounds = Rounds(Frames(), (), {}, None, None, lambda: float(next(ticks)))
    assert rounds.run(2, 4) == ([0.25, 0.25], {"warm": [1.0, 0.0], "draw": [3.0, 3.0]})
