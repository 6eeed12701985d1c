"""One row per op or layer, and what was uncertain on the way there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from framegate.analysis.tensors import Dim, MismatchError, Shape, Tensor
from framegate.errors import UsageError
from framegate.models.manifest import WeightEntry

FLOATS = frozenset({"complex64", "float16", "float32"})
_FLOAT32_BYTES = 4


@dataclass(frozen=True)
class Row:
    """An op or layer.

    Attributes:
        name: name in model.json; layers of nested models are ``model/layer``.
        kind: op or layer class.
        detail: window, stride and what is fused into it, for a reader.
        shape: shape of its (first) output.
        assumed: whether the shape rests on a convention, because what decides it is not in model.json.
        macs: multiply-accumulates of one run; None where the shapes do not say.
        weights: the weights that it is the first to take.
    """

    name: str
    kind: str
    detail: str
    shape: Shape
    assumed: bool
    macs: Dim
    weights: tuple[WeightEntry, ...] = ()

    @property
    def parameters(self) -> int:
        """Count of its trained numbers, which are its floats; integers and text belong to the graph."""
        return sum(entry.size for entry in self.weights if entry.dtype in FLOATS)

    @property
    def stored_bytes(self) -> int:
        """Bytes of its weights in the shards, integers included."""
        return sum(entry.stored_bytes for entry in self.weights)

    @property
    def float32_bytes(self) -> int:
        """Bytes of its parameters once they are float32, as a backend holds them."""
        return self.parameters * _FLOAT32_BYTES


@dataclass
class Walk:
    """The results of a walk through a model.

    Attributes:
        rows: the rows, in the order of computation.
        shapes: output of the model -> its shape.
        kinds: how often each op or layer class occurs, and with which activations it was written.
        unused: weights that nothing takes.
        notes: assumptions and misfits, a sentence each.
        takes: layer -> the shapes that it is called on first.
        inputs: node of a graph -> what is known of the tensors that it takes.
        looped: whether something runs as often as the data say, or not at all.
    """

    rows: list[Row] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    unused: tuple[WeightEntry, ...] = ()
    notes: list[str] = field(default_factory=list)
    takes: dict[str, list[Shape]] = field(default_factory=dict)
    inputs: dict[str, Sequence[Tensor]] = field(default_factory=dict)
    looped: bool = False

    def count(self, kind: str) -> None:
        """Count one more of a kind."""
        self.kinds[kind] = self.kinds.get(kind, 0) + 1

    @property
    def macs(self) -> int:
        """Sum over the rows that are known."""
        return sum(row.macs or 0 for row in self.rows)

    @property
    def macs_exact(self) -> bool:
        """Whether every row's count is known and made once."""
        return not self.looped and all(row.macs is not None for row in self.rows)


class Misfits:
    """What to do with ops or layers whose inputs do not fit: the first is a note of the walk, others are counted.

    Args:
        walk: the walk that takes the notes.
        path: the model's file.
        strict: whether the first is an error: then the user chose the size.
    """

    def __init__(self, walk: Walk, path: Path, *, strict: bool) -> None:
        self._walk, self._path, self._strict = walk, path, strict
        self._count = 0

    def add(self, kind: str, name: str, error: MismatchError) -> None:
        """Count an op or a layer.

        Raises:
            UsageError: if strict.
        """
        refusal = f"{kind} {name!r} cannot take {error}"
        if self._strict:
            raise UsageError(f"{self._path}: does not work at this size: {refusal}; leave --size out or try another")
        if not self._count:
            self._walk.notes.append(refusal)
        self._count += 1

    def count_others(self, others: str) -> None:
        """Note how many there are beside the first; ``others`` says what they are and lack."""
        if self._count > 1:
            self._walk.notes.append(f"{self._count - 1} more {others}")


def entries_by_name(entries: Iterable[WeightEntry]) -> Mapping[str, WeightEntry]:
    """Weight name -> weight."""
    return {entry.name: entry for entry in entries}
