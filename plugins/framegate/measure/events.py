"""What others noted while frames were measured: a browser its events, a device of OpenGL when it did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self


@dataclass(frozen=True)
class BrowserEvents:
    """Events of a browser, and where its clock stands beside that of the frames.

    Attributes:
        events: trace events, with times in microseconds of the browser's own clock.
        offset_s: seconds from the zero of that clock to the zero of the clock that timed the frames.
        error_s: bound of the offset's error.
    """

    events: Sequence[Mapping[str, Any]]
    offset_s: float
    error_s: float

    def moved(self, by_s: float) -> Self:
        """The same beside a clock whose zero is that much later."""
        return replace(self, offset_s=self.offset_s + by_s)


class DeviceSlice(NamedTuple):
    """A part of a frame, as the device's clock saw it.

    Attributes:
        frame: number of the frame; None where it has none.
        name: what the device did: ``upload``, ``draw`` or ``present``.
        began_s: when it began.
        ended_s: when it had ended.
    """

    frame: int | None
    name: str
    began_s: float
    ended_s: float


@dataclass(frozen=True)
class DeviceWork:
    """What a device did for frames, on the clock that timed them.

    Attributes:
        name: the device, by its own name.
        slices: what it did, in the order of time.
        error_s: bound of the offset between its clock and the other.
    """

    name: str
    slices: Sequence[DeviceSlice]
    error_s: float
