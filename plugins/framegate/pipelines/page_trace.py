"""What a trace is made of that comes from a page: the readings of its clock, and what its browser noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from framegate.measure.stages import TimedCall

if TYPE_CHECKING:
    from framegate.browser.results import PageRounds, PageRun
    from framegate.measure.events import BrowserEvents
    from framegate.measure.stages import KeepCall
    from framegate.pipelines.base import StagesS

    KeepEvents = Callable[[BrowserEvents], object]


class PageTrace:
    """Hands on what a page and its browser say of frames.

    Args:
        keep_events: function that is given what the browser noted itself; None where it is to note nothing.

    Attributes:
        keep: function that is given the readings of each frame's stages; None hands none on.
    """

    def __init__(self, keep_events: KeepEvents | None = None) -> None:
        self.keep: KeepCall | None = None
        self._keep_events = keep_events
        self._rounds = 0

    @property
    def is_noted(self) -> bool:
        """Whether the browser is to note what it does."""
        return self._keep_events is not None

    def add_rounds(self, rounds: PageRounds) -> None:
        """Hand on rounds: on the page's clock, or on that of the browser's events, which all launches share."""
        zero_s = 0.0 if rounds.events is None else rounds.events.offset_s
        self._add_events(None if rounds.events is None else rounds.events.moved(-zero_s))
        numbers = range(self._rounds, self._rounds + rounds.frames)
        self._add_frames(numbers, [at_s - zero_s for at_s in rounds.began_s], rounds.stages_s)
        self._rounds += rounds.frames

    def add_run(self, measured: PageRun) -> None:
        """Hand on a run, which is on this process' clock."""
        self._add_events(measured.events)
        sights = measured.run.sights
        self._add_frames([s.frame for s in sights], [s.began_s for s in sights], measured.stages_s)

    def _add_events(self, events: BrowserEvents | None) -> None:
        if self._keep_events is not None and events is not None:
            self._keep_events(events)

    def _add_frames(self, numbers: Sequence[int], began_s: Sequence[float], stages_s: StagesS) -> None:
        if self.keep is None:
            return
        ends_s: list[float] = []
        for place, (number, at_s) in enumerate(zip(numbers, began_s, strict=True)):
            of_frame = {stage: seconds[place] for stage, seconds in stages_s.items()}
            lane = lane_of(at_s, ends_s)
            call = TimedCall.of(number, at_s, of_frame, f"page {lane + 1}" if lane else "page")
            ends_s[lane : lane + 1] = [call.readings_s[-1]]
            self.keep(call)


def lane_of(began_s: float, ends_s: Sequence[float]) -> int:
    """The first track for a frame that begins then: tracks end at these seconds, and a new one follows them."""
    return next((lane for lane, end_s in enumerate(ends_s) if end_s <= began_s), len(ends_s))
