"""What a browser noted by itself while frames were measured in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self


@dataclass(frozen=True)
class BrowserEvents:
    """Events of a browser, and where its clock stands beside that of the frames.

    Attributes:
        events: trace events, with times in microseconds of the browser's own clock.
        offset_s: seconds from the zero of that clock to the zero of the clock that timed the frames.
        error_s: by how much the offset may be wrong.
    """

    events: Sequence[Mapping[str, Any]]
    offset_s: float
    error_s: float

    def moved(self, by_s: float) -> Self:
        """The same beside a clock whose zero is that much later."""
        return replace(self, offset_s=self.offset_s + by_s)
