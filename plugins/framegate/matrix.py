"""The benchmark matrix: which cells there are, and what they are called."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

AXES = ("model", "size", "preprocess", "runtime", "renderer", "gl", "scenario", "pipeline")
"""The axes in the order in which they stand in a test id; the last one varies fastest."""

Row = tuple[str, ...]


def cells(
    axes: Sequence[str], values: Mapping[str, Sequence[str]], own: Callable[[str, str | None], Sequence[str]]
) -> Iterator[Row]:
    """All cells over the given axes, one string per axis.

    Args:
        axes: a subset of ``AXES``, in that order.
        values: what to run on each axis.
        own: what a model (or none) has of its own on an axis, in place of ``values``; empty where it has nothing.
    """
    for model in values["model"] if "model" in axes else [None]:
        choices = [_choices(axis, model, values, own) for axis in axes]
        rows = itertools.product(*choices)
        # All cells of a model in one runtime stand together, so that it is loaded once.
        yield from sorted(rows, key=_place(axes.index("runtime"), choices)) if "runtime" in axes else rows


def _choices(
    axis: str,
    model: str | None,
    values: Mapping[str, Sequence[str]],
    own: Callable[[str, str | None], Sequence[str]],
) -> Sequence[str]:
    if axis == "model" and model is not None:
        return [model]
    return own(axis, model) or values[axis]


def _place(index: int, choices: Sequence[Sequence[str]]) -> Callable[[Row], int]:
    return lambda row: choices[index].index(row[index])


def cell_id(row: Row) -> str:
    """``esrgan-slim-x2-128-greyscale+invert-tensorflow-gl-texture-egl``."""
    return "-".join(row)
