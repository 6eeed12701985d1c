"""The benchmark matrix: which cells there are, and what they are called."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

AXES = ("model", "size", "preprocess", "runtime", "renderer", "gl")
"""The axes in the order in which they stand in a test id; the last one varies fastest."""

Row = tuple[str, ...]


def cells(
    axes: Sequence[str], values: Mapping[str, Sequence[str]], sizes: Callable[[str | None], Sequence[str]]
) -> Iterator[Row]:
    """All cells over the given axes, one string an axis.

    Args:
        axes: a subset of ``AXES``, in that order.
        values: what to run on each axis but ``size``.
        sizes: the sizes of a model, or without a model (None).
    """
    rest = [values[axis] for axis in axes if axis not in ("model", "size")]
    for model in values["model"] if "model" in axes else [None]:
        named = [] if model is None else [model]
        sized = [[size] for size in sizes(model)] if "size" in axes else [[]]
        for size in sized:
            for others in itertools.product(*rest):
                yield (*named, *size, *others)


def cell_id(row: Row) -> str:
    """``esrgan-slim-x2-128-greyscale+invert-tensorflow-gl-texture-egl``."""
    return "-".join(row)
