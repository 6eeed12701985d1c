"""The largest model that holds a rate, of models whose names differ in one number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from framegate.realtime.breakpoint import breakpoint_of
from framegate.report.realtime import backends_of, subject_of
from framegate.report.section import Section
from framegate.results.cell import CellResult

RATES = (24.0, 30.0, 60.0)
"""Rates of cameras, where no cell had one."""

FEWEST = 3
"""Sizes between which a time can be said to follow a line."""

NUMBER = re.compile(r"\d+")


def limit_sections(results: Sequence[CellResult]) -> Iterator[Section]:
    """A line for each family and rate, by the seconds that each frame takes where the next one waits for it."""
    runs = [result.realtime for result in results if result.realtime]
    rates = sorted({part.rate for part in runs if part.rate and not part.search}) or RATES
    families = {name: sizes for name, sizes in _families(results).items() if len(sizes) >= FEWEST}
    if families:
        yield Section(
            "the largest model that holds a rate on this machine, by the time of a frame in single-stream",
            notes=[_line(name, sizes, rate) for name, sizes in families.items() for rate in rates],
        )


def _families(results: Sequence[CellResult]) -> dict[str, dict[float, Sequence[float]]]:
    """Name with an N in place of a number -> that number -> seconds of the frames."""
    families: dict[str, dict[float, Sequence[float]]] = {}
    for result in results:
        part = result.realtime
        if part and part.scenario == "single-stream" and part.ages_s:
            subject = subject_of(result.frame)
            for number in dict.fromkeys(NUMBER.findall(subject)):
                # Every place of it: a model's own size stands in its name and after it.
                name = re.sub(rf"(?<!\d){number}(?!\d)", "N", subject) + backends_of(result.frame)
                families.setdefault(name, {})[float(number)] = part.ages_s
    return families


def _line(name: str, samples_s: Mapping[float, Sequence[float]], rate: float) -> str:
    point = breakpoint_of(samples_s, rate)
    smallest, largest = min(samples_s), max(samples_s)
    if not point.size:
        return f"{name}: does not hold {rate:.6g} fps at N = {smallest:.0f}, the smallest that was tried"
    if point.size == largest:
        return f"{name}: holds {rate:.6g} fps at N = {largest:.0f}, the largest that was tried"
    return f"{name}: holds {rate:.6g} fps up to N = {point.size:.0f} [{point.low:.0f}, {point.high:.0f}]"
