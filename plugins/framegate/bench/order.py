"""The cells of a run in the order of what they tell of their models."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple


class CellPlace(NamedTuple):
    """What a cell is a cell of.

    Attributes:
        kind: kind of the pipeline.
        model: name of the model.
        runtime: name of the runtime.
        axes: all else that tells its cells apart: the steps, the renderer, the context.
    """

    kind: str
    model: str
    runtime: str
    axes: Hashable


Rank = tuple[int, int, int, int]


def ranks(cells: Sequence[CellPlace]) -> list[Rank]:
    """A rank for each cell; the lowest comes first.

    All runtimes take the first renderer before one takes the second, and all models are run by the first runtime before
    one is run by the second; steps and contexts count as renderers do. What is first is what stands first in ``cells``.
    """
    kinds = _places(cell.kind for cell in cells)
    models = _places(cell.model for cell in cells)
    runtimes = {kind: _places(cell.runtime for cell in cells if cell.kind == kind) for kind in kinds}
    others = {
        subject: _places(cell.axes for cell in cells if (cell.kind, cell.model) == subject)
        for subject in {(cell.kind, cell.model) for cell in cells}
    }
    return [
        (
            others[cell.kind, cell.model][cell.axes],
            runtimes[cell.kind][cell.runtime],
            models[cell.model],
            kinds[cell.kind],
        )
        for cell in cells
    ]


def is_needed_first(rank: Rank) -> bool:
    """Whether a cell is needed for a first answer: the first runtime with the first renderer."""
    return rank[:2] == (0, 0)


def _places(names: Iterable[Hashable]) -> dict[Hashable, int]:
    return {name: place for place, name in enumerate(dict.fromkeys(names))}
