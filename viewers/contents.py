"""What is in a trace, in figures that every viewer can be asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Contents:
    """Slices of a trace.

    Attributes:
        slices: how many there are of each name.
        lasting_us: how long all of a name take together.
        tracks: names of the threads that have slices.
        complaints: what a viewer says that it did not understand.
    """

    slices: Mapping[str, int]
    lasting_us: Mapping[str, float]
    tracks: frozenset[str] = frozenset()
    complaints: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, slices: Iterable[tuple[str, str, float]], complaints: Iterable[str] = ()) -> Self:
        """Of slices' tracks, names, and microseconds."""
        counts: Counter[str] = Counter()
        lasting_us: Counter[str] = Counter()
        tracks = set()
        for track, name, taken_us in slices:
            counts[name] += 1
            lasting_us[name] += taken_us  # type: ignore[assignment] # a Counter adds up whatever is a number
            tracks.add(track)
        return cls(counts, lasting_us, frozenset(tracks), tuple(complaints))

    @classmethod
    def of_trace(cls, trace: Mapping[str, Any]) -> Self:
        """What is written in a trace."""
        events = trace["traceEvents"]
        names = {
            (event["pid"], event["tid"]): event["args"]["name"] for event in events if event["name"] == "thread_name"
        }
        slices = (event for event in events if event["ph"] == "X")
        return cls.of((names[event["pid"], event["tid"]], event["name"], event["dur"]) for event in slices)

    def differs_from(self, seen: Contents) -> str:
        """What a viewer found otherwise, in words; empty where it found the same, times to 1 us for each slice."""
        wrong = list(seen.complaints)
        if missing := self.tracks - seen.tracks:
            wrong.append(f"lacks the tracks {', '.join(sorted(missing))}")
        for name, count in self.slices.items():
            if seen.slices.get(name) != count:
                wrong.append(f"{seen.slices.get(name, 0)} of {count} slices {name!r}")
            elif abs(seen.lasting_us[name] - self.lasting_us[name]) > count:
                wrong.append(f"{name!r} lasts {seen.lasting_us[name]:.0f} us, not {self.lasting_us[name]:.0f}")
        return "; ".join(wrong)

    def __str__(self) -> str:
        frames = sum(count for name, count in self.slices.items() if name.startswith(("frame ", "load ")))
        return f"{frames} frames, {sum(self.slices.values())} slices on {len(self.tracks)} tracks, as written"
