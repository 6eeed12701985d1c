"""Find a model's shards, compare their sizes with the manifest before anything is allocated, and read them."""

from __future__ import annotations

import hashlib
import stat
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from framegate.errors import WeightsError
from framegate.models.files import impostor
from framegate.models.manifest import WeightGroup
from framegate.models.memory import check_fits
from framegate.models.topology import ModelJson

_CHUNK = 1 << 20


def shard_files(model: ModelJson) -> tuple[Path, ...]:
    """Every shard's path, in manifest order.

    Raises:
        WeightsError: a shard is missing, is not a regular file, or is a link out of the model's folder.
    """
    return tuple(_find(model.path, shard) for shard in model.shards)


def weight_bytes(model: ModelJson) -> int:
    """Number of bytes of all shards.

    Raises:
        WeightsError: as `shard_files`.
    """
    return sum(file.stat().st_size for file in shard_files(model))


def model_sha256(model: ModelJson) -> str:
    """Hex digest over ``model.json`` and its shards, in manifest order.

    Raises:
        WeightsError: as `shard_files`, or their sizes do not fit the manifest: then nothing is read.
        ModelError: there is less memory than they have bytes.
    """
    digest = hashlib.sha256()
    for group in model.groups:
        check_fits(model.path, "it has weights", sum(_sizes(model, group)[1]))
    for path in (model.path, *shard_files(model)):
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def read_group(model: ModelJson, group: WeightGroup) -> NDArray[np.uint8]:
    """The bytes of a group's shards, one after another: uint8 (n,), read straight into place.

    Raises:
        WeightsError: a shard is missing, truncated, over-long or outside the model's folder.
    """
    files, sizes = _sizes(model, group)
    data = np.empty(sum(sizes), np.uint8)
    view, at = data.data, 0
    for path, size in zip(files, sizes, strict=True):
        _read_into(path, view[at : at + size])
        at += size
    return data


def _sizes(model: ModelJson, group: WeightGroup) -> tuple[list[Path], list[int]]:
    """A group's shards and how many bytes they have, which is what the manifest says."""
    files = [_find(model.path, shard) for shard in group.paths]
    sizes = [file.stat().st_size for file in files]
    _check_sizes(model.path, group, files, sizes)
    return files, sizes


def _find(model_path: Path, shard: str) -> Path:
    folder = model_path.parent.resolve()
    path = model_path.parent / shard
    try:
        target = path.resolve(strict=True)
        mode = target.stat().st_mode
    except (OSError, RuntimeError, ValueError):
        name, query, _ = shard.partition("?")
        if query:
            raise WeightsError(
                f"{path}: shard is missing; its path ends in the query of a URL, which no file has in its name:"
                f" write {name!r} into {model_path.name}"
            ) from None
        raise WeightsError(
            f"{path}: shard is missing, {model_path.name} lists it; copy or download the model again, shards included"
        ) from None
    if not target.is_relative_to(folder):
        raise WeightsError(
            f"{path}: shard is a link that leaves the model's folder (to {target}); copy the file to its place"
        )
    if not stat.S_ISREG(mode):
        raise WeightsError(f"{path}: shard is not a regular file; copy or download the model again")
    return path


def _check_sizes(model_path: Path, group: WeightGroup, files: Sequence[Path], sizes: Sequence[int]) -> None:
    have, need = sum(sizes), group.stored_bytes
    if have == need or (group.has_strings and have > need):
        return
    if not files:
        raise WeightsError(f"{model_path}: weights need {need} bytes and no shard is listed; convert the model again")
    for file in files:
        if instead := impostor(file):
            raise WeightsError(f"{file}: shard holds no weights: {instead}")
    at = _suspect(sizes)
    what = "truncated" if have < need else "over-long"
    least = "at least " if group.has_strings else ""
    raise WeightsError(
        f"{files[at]}: shard is {what}: the weights need {least}{need} bytes and their"
        f" {len(files)} shard{'s hold' if len(files) > 1 else ' holds'} {have}; copy or download the model again"
    )


def _suspect(sizes: Sequence[int]) -> int:
    """The converter cuts all shards but the last to one size, so the odd one out is to blame, else the last."""
    if len(sizes) > 2:
        usual = Counter(sizes[:-1]).most_common(1)[0][0]
        odd = [at for at, size in enumerate(sizes[:-1]) if size != usual]
        if odd:
            return odd[0]
    return len(sizes) - 1


def _read_into(path: Path, view: memoryview) -> None:
    got = 0
    try:
        with path.open("rb", buffering=0) as file:
            while got < len(view):
                count = file.readinto(view[got:])
                if not count:
                    break
                got += count
    except OSError as error:
        raise WeightsError(f"{path}: shard cannot be read ({error.strerror}); check the file") from error
    if got < len(view):
        raise WeightsError(f"{path}: shard is truncated: it shrank from {len(view)} to {got} bytes while it was read")
