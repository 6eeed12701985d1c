"""Which weight files are there, and whether they hold as many bytes as the manifest needs. Reads no file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from framegate.errors import WeightsError
from framegate.models.manifest import WeightGroup
from framegate.models.shards import shard_files
from framegate.models.topology import ModelJson

_NUMBER = re.compile(r"shard-?(\d+)(?:-?of-?\d+)?[^/]*$")


@dataclass(frozen=True)
class ShardState:
    """A weight file: its path as the manifest has it, and its bytes; None and the problem where it cannot be used."""

    path: str
    size: int | None
    problem: str = ""


@dataclass(frozen=True)
class ShardsReport:
    """All weight files, and for each group that does not add up a sentence."""

    shards: tuple[ShardState, ...]
    problems: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Paths of the files that cannot be used."""
        return tuple(shard.path for shard in self.shards if shard.size is None)


def look_at_shards(model: ModelJson) -> ShardsReport:
    """Look at every shard on this disk."""
    states = {shard: _look(model, shard) for shard in model.shards}
    problems = []
    for group in model.groups:
        sizes = [states[path].size for path in group.paths]
        have, need = sum(size or 0 for size in sizes), group.stored_bytes
        if None not in sizes and (have < need if group.has_strings else have != need):
            least = "at least " if group.has_strings else ""
            names = ", ".join(group.paths[:3]) + (", …" if len(group.paths) > 3 else "")
            problems.append(f"{names or 'no shard'}: {have} bytes, and the weights need {least}{need}")
    return ShardsReport(tuple(states[shard] for shard in model.shards), tuple(problems))


def order_notes(model: ModelJson) -> list[str]:
    """A sentence for each group whose shards are listed in another order than their numbers say.

    Their bytes are read in the order of the list, by TF.js too: weights in another order are wrong without a word.
    """
    notes = []
    for group in model.groups:
        numbers = [int(match[1]) if (match := _NUMBER.search(path)) else None for path in group.paths]
        known = [number for number in numbers if number is not None]
        if len(known) == len(numbers) and known != sorted(known):
            at = next(at for at in range(1, len(known)) if known[at] < known[at - 1])
            notes.append(
                f"shards are read in the order of weightsManifest, which lists {group.paths[at - 1]} before"
                f" {group.paths[at]}: if that is the order of text, not of numbers, the weights are wrong, in TF.js too"
            )
    return notes


def _look(model: ModelJson, shard: str) -> ShardState:
    try:
        (path,) = shard_files(replace(model, groups=(WeightGroup((shard,), ()),)))
        return ShardState(shard, path.stat().st_size)
    except WeightsError as error:
        return ShardState(shard, None, str(error))
