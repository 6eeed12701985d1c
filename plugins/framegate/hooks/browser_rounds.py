"""Fixture: rounds in the page, whose times become the benchmark's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from framegate.errors import WrongOutput
from framegate.hooks.browser import CLOCK, BrowserPath
from framegate.hooks.report import STAGE_ROWS
from framegate.report.stages import StageRow

if TYPE_CHECKING:
    from framegate.browser.session import Rounds

LEAST, MOST, BUDGET_S = 3, 500, 2.0


@pytest.fixture
def measure_page(
    pytestconfig: pytest.Config, request: pytest.FixtureRequest, benchmark: Any, browser_path: BrowserPath
) -> Callable[[], None]:
    """Runs rounds in the page and hands their times to the benchmark; a page that leaves tensors behind fails."""

    def measure() -> None:
        timed = benchmark.enabled
        rounds = browser_path.page.rounds(LEAST, MOST if timed else LEAST, BUDGET_S if timed else 0.0)
        verify_nothing_left(rounds)
        wholes = iter([sum(parts) for parts in zip(*rounds.stages_s.values(), strict=True)])
        clock = pytestconfig.stash[CLOCK]
        count = len(rounds.dispatch_s)
        benchmark.pedantic(lambda: clock.advance(next(wholes)), rounds=count, iterations=1)
        if benchmark.stats is None:
            return
        benchmark.extra_info["stages_s"] = dict(rounds.stages_s)
        benchmark.extra_info["browser"] |= {"dispatch_s": list(rounds.dispatch_s), "outside": rounds.outside}
        tables = pytestconfig.stash.setdefault(STAGE_ROWS, {})
        row = StageRow.of(request.node.callspec.id, rounds.stages_s)
        tables.setdefault(request.node.originalname, []).append(row)

    return measure


def verify_nothing_left(rounds: Rounds) -> None:
    """Refuse a page that grows.

    Raises:
        WrongOutput: tensors or bytes were left behind.
    """
    if rounds.tensors_left > 0 or rounds.bytes_left > 0:
        raise WrongOutput(
            f"{len(rounds.dispatch_s)} frames left {rounds.tensors_left} tensors and {rounds.bytes_left} bytes behind"
        )
