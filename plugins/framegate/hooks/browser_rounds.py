"""Fixture: rounds in the page, whose times become the benchmark's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from framegate.errors import WrongOutput
from framegate.hooks.browser import CLOCK, BrowserPath
from framegate.hooks.browser_blocks import PageRounds
from framegate.hooks.describe import FrameInfo
from framegate.hooks.options import options_of
from framegate.results.page import Arrivals, Kernels, PageLaunch
from framegate.results.parts import Stages

if TYPE_CHECKING:
    from framegate.browser.results import Delivered, Rounds

LEAST, MOST, BUDGET_S = 3, 500, 2.0
ANIMATE_S = 1.0
AFTER_ROUNDS, AFTER_DELIVERED = "the last measured round", "the last delivered frame"
UNHURRIED_S = 5.0
"""A first run longer than this is no warm-up that is worth another one."""


@dataclass(frozen=True)
class Launch:
    """What one browser measured for the cell.

    Attributes:
        rounds: measured one after another.
        delivered: as the browser asked for them.
        start_s: from its start to the end of the first measured frame; None if another cell had that frame.
    """

    rounds: Rounds
    delivered: Delivered
    start_s: float | None

    @property
    def median_s(self) -> float:
        """Seconds of a frame."""
        return median(self.rounds.wholes_s)


@pytest.fixture
def measure_page(
    pytestconfig: pytest.Config,
    benchmark: Any,
    browser_path: BrowserPath,
    frame_info: FrameInfo,
) -> Callable[[], None]:
    """Runs rounds in the page and hands their times to the benchmark; a page that leaves tensors behind fails."""

    def measure() -> None:
        page, options = browser_path.page, options_of(pytestconfig).browser
        if not benchmark.enabled:
            verify_nothing_left(page.rounds(1, 1, 0.0))
            browser_path.look(AFTER_ROUNDS)
            benchmark.pedantic(lambda: None)
            return
        if getattr(benchmark, "runs_blocks", False):
            benchmark.pedantic(PageRounds(page, pytestconfig.stash[CLOCK], verify_nothing_left))
            browser_path.look(AFTER_ROUNDS)
            return
        launches = _launches(browser_path, options.launches)
        clock = pytestconfig.stash[CLOCK]
        wholes_s = list(chain.from_iterable(launch.rounds.wholes_s for launch in launches))
        times = iter(wholes_s)
        benchmark.pedantic(lambda: clock.advance(next(times)), rounds=len(wholes_s), iterations=1)
        stages = store_launches(benchmark.extra_info, launches)
        about = benchmark.extra_info["browser"]
        page = browser_path.page
        about |= {"methods": dict(page.methods()), "readback_s": page.readback()}
        if options.kernels:
            kernels = Kernels.of(
                page.kernels(),
                stages.medians_s["inference"],
                has_timer=page.info["has_timer"],
                is_software=frame_info["is_software"],
            )
            about["kernels"] = asdict(kernels)

    return measure


def store_launches(extra_info: dict[str, Any], launches: Sequence[Launch]) -> Stages:
    """Put what all launches have measured into a cell's ``extra_info``."""
    stages = Stages(joined(launches))
    stages.store(extra_info)
    extra_info["browser"] |= {
        "dispatch_s": list(chain.from_iterable(launch.rounds.dispatch_s for launch in launches)),
        "outside": max(launch.rounds.outside for launch in launches),
        "raf": asdict(delivered([launch.delivered for launch in launches])),
        "tensors_left": sum(launch.rounds.tensors_left for launch in launches),
        "bytes_left": sum(launch.rounds.bytes_left for launch in launches),
        "launches": [asdict(PageLaunch(launch.median_s, launch.rounds.frames, launch.start_s)) for launch in launches],
    }
    return stages


def _launches(path: BrowserPath, count: int) -> list[Launch]:
    return [_launch(path, renewed=count > 1) for _ in range(count)]


def _launch(path: BrowserPath, *, renewed: bool) -> Launch:
    if renewed and path.page.is_used:
        path.renew()
    is_first = not path.page.is_used
    rounds = path.page.rounds(LEAST, MOST, BUDGET_S, int(path.first_s < UNHURRIED_S))
    verify_nothing_left(rounds)
    path.look(AFTER_ROUNDS)
    animated = path.page.animate(ANIMATE_S)
    verify_nothing_left(animated)
    path.look(AFTER_DELIVERED)
    return Launch(rounds, animated, rounds.first_at_s - path.page.started_at_s if is_first else None)


def joined(launches: Sequence[Launch]) -> dict[str, list[float]]:
    """Seconds of every round by stage, one launch after another."""
    stages = launches[0].rounds.stages_s
    return {stage: [each for launch in launches for each in launch.rounds.stages_s[stage]] for stage in stages}


def delivered(animated: Sequence[Delivered]) -> Arrivals:
    """What came to the canvas in all launches."""
    return Arrivals.of(
        frames=sum(each.frames for each in animated),
        callbacks=sum(each.callbacks for each in animated),
        seconds=sum(each.seconds for each in animated),
    )


def verify_nothing_left(measured: Rounds | Delivered) -> None:
    """Refuse a page that grows.

    Raises:
        WrongOutput: tensors or bytes were left behind.
    """
    if measured.tensors_left > 0 or measured.bytes_left > 0:
        raise WrongOutput(
            f"{measured.frames} frames left {measured.tensors_left} tensors and {measured.bytes_left} bytes behind"
        )
