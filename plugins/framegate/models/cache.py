"""Folders of the cache: filled all at once or not at all, and made again when a file has changed."""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import logging
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from framegate.errors import SourceError
from framegate.leftovers import clear, owned_folder

CONTENTS = ".contents.json"
"""The file in each folder of the cache that names the others, each with its SHA-256."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LOG = logging.getLogger(__name__)


def filled(folder: Path, fill: Callable[[Path], None]) -> Path:
    """``folder``, which ``fill(temporary_folder)`` fills unless it is there, whole and unchanged.

    A folder that is being filled has another name, so one that a killed process left is never taken for a model. If a
    file is missing, or its bytes have changed, the whole folder is made again, and one line says so. A file is hashed
    once per process (1.3 GB a second on one core of an AMD EPYC) and again when its size or time has changed.

    Raises:
        SourceError: the cache cannot be read or written.
    """
    with cache_errors(folder.parent):
        clear(folder.parent)
        damage = _damage(folder)
        if damage is None:
            return folder
        if damage:
            say_damaged(folder, damage)
        with partial_folder(folder.parent) as partial:
            whole = partial / "whole"
            whole.mkdir()
            fill(whole)
            _write_contents(whole)
            # A temporary folder is its owner's alone; a cache may be shared.
            whole.chmod(folder.parent.stat().st_mode & 0o777)
            _put(whole, folder, partial / "before")
    return folder


@contextlib.contextmanager
def partial_folder(parent: Path) -> Iterator[Path]:
    """A new folder inside the cache for unfinished files; it is removed at the end of the block.

    Raises:
        SourceError: the cache cannot be written.
    """
    with cache_errors(parent):
        parent.mkdir(parents=True, exist_ok=True)
        with owned_folder("partial", parent) as partial:
            yield partial


@contextlib.contextmanager
def cache_errors(place: Path) -> Iterator[None]:
    """Turn the operating system's errors about a place in the cache into one that says what helps.

    Raises:
        SourceError: in place of an OSError.
    """
    try:
        yield
    except OSError as error:
        space = "free some space, or " if error.errno in _FULL else ""
        raise SourceError(
            f"{place}: cannot write to the cache ({error.strerror or error}); {space}set FRAMEGATE_CACHE to a folder of"
            " yours"
        ) from error


def displace(path: Path, aside: Path) -> None:
    """Move a file, link or folder out of the way, if there is one."""
    with contextlib.suppress(FileNotFoundError):
        path.rename(aside)


def say_damaged(path: Path, damage: str) -> None:
    """Log one line: as a warning, which Python shows on stderr and pytest at the end of the run."""
    _LOG.warning("%s: damaged in the cache (%s), so it is made again", path, damage)


def is_whole(folder: Path) -> bool:
    """Whether a folder of the cache is there, and holds what it was filled with.

    Raises:
        SourceError: the cache cannot be read.
    """
    with cache_errors(folder.parent):
        return _damage(folder) is None


def _damage(folder: Path) -> str | None:
    """What is wrong with a folder: empty if it is missing, None if nothing is wrong."""
    if not os.path.lexists(folder):
        return ""
    if not folder.is_dir():
        return "it is not a folder"
    try:
        contents = json.loads((folder / CONTENTS).read_bytes())
        hashes = {str(name): str(digest) for name, digest in contents.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return f"its {CONTENTS} cannot be read"
    return next((f"{name} {what}" for name, digest in hashes.items() if (what := _change(folder / name, digest))), None)


def _change(file: Path, digest: str) -> str:
    try:
        status = file.lstat()
    except OSError:
        return "is missing"
    if not stat.S_ISREG(status.st_mode):
        return "is not a file"
    try:
        have = _sha256(file, _Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))
    except OSError:
        return "cannot be read"
    return "" if have == digest else "was changed"


class _Stamp(NamedTuple):
    """Facts of a file that differ once it is written again."""

    bytes: int
    modified_ns: int
    changed_ns: int
    inode: int


@functools.lru_cache(maxsize=4096)
def _sha256(file: Path, stamp: _Stamp) -> str:  # noqa: ARG001 - the stamp is part of what is asked
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _write_contents(folder: Path) -> None:
    files = sorted(Path(base) / name for base, _, names in os.walk(folder) for name in names)
    hashes = {}
    for file in files:
        with file.open("rb") as opened:
            hashes[file.relative_to(folder).as_posix()] = hashlib.file_digest(opened, "sha256").hexdigest()
    (folder / CONTENTS).write_text(json.dumps(hashes, indent=0), "utf-8")


def _put(whole: Path, folder: Path, before: Path) -> None:
    """Move a folder to its place, in place of a damaged one."""
    if _damage(folder) is None:
        # Another process was first: its folder holds the same, and ours goes.
        return
    displace(folder, before)
    try:
        whole.rename(folder)
    except OSError:
        if _damage(folder) is not None:
            raise
