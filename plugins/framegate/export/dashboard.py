"""A run as github-action-benchmark takes it, with its tool ``customSmallerIsBetter``."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, nan
from typing import Any

from framegate.runs.columns import RunColumns

_UNIT = "ms"
_NAMED = ("runtime_version", "gl_renderer", "browser")


def dashboard_entries(run: RunColumns) -> Iterator[dict[str, Any]]:
    """An entry for each benchmark: the median of its rounds in ms; of a run against a clock, that of its frames' ages.

    A benchmark without either, or whose median is not a number, has no entry.
    """
    for place, key in enumerate(run.keys):
        numbers = {name: float(values[place]) for name, values in run.numbers.items()}
        value_s, is_clocked = float(run.typical_s[place]), bool(run.is_clocked[place])
        if not isfinite(value_s):
            continue
        entry = {"name": f"{key}: age" if is_clocked else key, "unit": _UNIT, "value": 1000 * value_s}
        half_s = nan if is_clocked else (numbers["q3_s"] - numbers["q1_s"]) / 2
        if isfinite(half_s):
            entry["range"] = f"± {1000 * half_s:.3g}"
        yield {**entry, "extra": "\n".join(_lines(run, place, numbers, is_clocked=is_clocked))}


def _lines(run: RunColumns, place: int, numbers: dict[str, float], *, is_clocked: bool) -> Iterator[str]:
    if is_clocked:
        yield "median of the frames' ages"
    elif isfinite(numbers["rounds"]):
        yield f"median of {numbers['rounds']:.0f} rounds; range: half the distance of their quartiles"
    yield from (text for name in _NAMED if (text := run.texts[name][place]))
    if "cpu" in run.machine:
        yield run.machine["cpu"]
