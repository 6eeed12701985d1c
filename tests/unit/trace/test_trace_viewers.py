"""What a viewer found is compared with what a trace says."""

from __future__ import annotations

import json

from viewers.contents import Contents
from viewers.perfetto import middle_ns

from framegate.measure.stages import TimedCall
from framegate.trace.keeper import Kept
from framegate.trace.write import Trace, trace_json

CALLS = [TimedCall(number, ("a", "b"), [number, number + 0.25, number + 0.75], "one") for number in range(4)]
TRACE = json.loads(trace_json(Trace("cell", 1, Kept(CALLS))))
SLICES = [("one", f"frame {number}", 750_000.0) for number in range(4)]
STAGES = [("one", "a", 250_000.0), ("one", "b", 500_000.0)] * 4


def test_the_same_is_the_same() -> None:
    written = Contents.of_trace(TRACE)
    assert written.differs_from(Contents.of([*SLICES, *STAGES])) == ""
    assert str(written) == "4 frames, 12 slices on 1 tracks, as written"


def test_what_a_viewer_lacks_is_named() -> None:
    written = Contents.of_trace(TRACE)
    longer = [("one", "frame 0", 750_002.0), *SLICES[1:], *STAGES]
    assert written.differs_from(Contents.of(longer)) == "'frame 0' lasts 750002 us, not 750000"
    assert written.differs_from(Contents.of([*SLICES, *STAGES[1:]])) == "3 of 4 slices 'a'"
    elsewhere = Contents.of([("two", name, taken_us) for _, name, taken_us in (*SLICES, *STAGES)], ["dropped: 3"])
    assert written.differs_from(elsewhere) == "dropped: 3; lacks the tracks one"


def test_the_middle_frames_are_shown() -> None:
    assert middle_ns(TRACE) == (965_000_000, 2_785_000_000)
