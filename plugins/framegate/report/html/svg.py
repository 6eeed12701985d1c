"""Small drawings in SVG that stand in a page without a script: texts are escaped, colours are the page's classes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from framegate.report.comparison import STAGES
from framegate.report.html.facts import StageTime

WIDE = 1000
"""Units of a drawing from its left to its right end."""
_HIGH = 16
_LEAST = 1.5
"""Units below which nobody sees a part."""
_LOW, _TOP = 0.7, 1.6
"""Times the median between which rounds are drawn."""
_BINS = 60


def stage_class(stage: str) -> str:
    """The class that has a stage's colour; stages of other plugins share one."""
    return f"s{STAGES.index(stage)}" if stage in STAGES else "sx"


def stage_bar(stages: Sequence[StageTime], longest_s: float, budget_s: float | None = None) -> Markup:
    """The stages of one cell side by side, to scale.

    Args:
        stages: the stages; of no seconds in all there is no bar.
        longest_s: seconds that fill the whole width.
        budget_s: seconds at which a line stands; None for no line.
    """
    parts, left = [], 0.0
    for stage in stages:
        wide = WIDE * stage.seconds / longest_s if longest_s else 0.0
        if wide >= _LEAST:
            parts.append(
                Markup('<rect class="{}" x="{:.4g}" width="{:.4g}" height="{}"/>').format(
                    stage_class(stage.name), left, wide, _HIGH
                )
            )
        left += wide
    if budget_s is not None:
        at = WIDE * budget_s / longest_s
        parts.append(Markup('<line x1="{:.4g}" x2="{:.4g}" y2="{}"/>').format(at, at, _HIGH))
    return drawing("bar", _HIGH, stages_text(stages), Markup().join(parts))


def stages_text(stages: Sequence[StageTime]) -> str:
    """The same in words: ``inference 5.11 ms (94 %), draw 0.33 ms (6 %)``."""
    total_s = sum(stage.seconds for stage in stages)
    return ", ".join(
        f"{stage.name} {three_digits(stage.seconds)} ms ({100 * stage.seconds / total_s:.0f} %)"
        for stage in stages
        if total_s
    )


def rounds_strip(rounds_s: Sequence[float], median_s: float) -> Markup:
    """How often the rounds took how long, from 0.7 to 1.6 times the median, which is marked.

    Args:
        rounds_s: seconds of the rounds.
        median_s: their median, which is positive.
    """
    counts = [0] * _BINS
    for seconds in rounds_s:
        bin_ = int((seconds / median_s - _LOW) / (_TOP - _LOW) * _BINS)
        if 0 <= bin_ < _BINS:
            counts[bin_] += 1
    most, step = max(counts) or 1, WIDE / _BINS
    steps = [f"M0 {_HIGH}"]
    for bin_, (before, count) in enumerate(pairwise([0, *counts, 0])):
        if before != count:
            steps.append(f"H{bin_ * step:.4g}V{_HIGH - _HIGH * count / most:.3g}")
    middle = WIDE * (1 - _LOW) / (_TOP - _LOW)
    drawn = Markup('<path d="{}"/><line x1="{:.4g}" x2="{:.4g}" y2="{}"/>').format(
        "".join(steps), middle, middle, _HIGH
    )
    about = f"{len(rounds_s)} rounds from {three_digits(min(rounds_s))} to {three_digits(max(rounds_s))} ms"
    return drawing("rounds", _HIGH, about, drawn)


def beyond(rounds_s: Sequence[float], median_s: float) -> int:
    """Count of the rounds that `rounds_strip` has no room for."""
    return sum(not _LOW <= seconds / median_s < _TOP for seconds in rounds_s)


def three_digits(seconds: float) -> str:
    """Three digits: ``0.00312``, ``5.11``, ``2340``."""
    ms = 1000 * seconds
    return f"{ms:.0f}" if ms >= 100 else f"{ms:.3g}"


def drawing(kind: str, high: int, about: str, content: Markup) -> Markup:
    """As wide as its place, which may squeeze it: texts belong beside it; what it is about is shown below a pointer."""
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img"><title>{}</title>{}</svg>'
    ).format(kind, WIDE, high, about, content)
