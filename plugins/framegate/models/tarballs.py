"""Tarballs as npm packs them, unpacked within bounds."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from framegate.errors import SourceError

RATIO = 100
"""How many times its own size a tarball may hold: weights hardly get smaller when packed, and text ten times."""
LEAST_BYTES = 2**26
"""What a tarball may hold however small it is."""


def unpack(name: str, archive: Path, into: Path, only: Collection[str] = ()) -> None:
    """Write a tarball's files to a folder, without the one folder that all of them are in.

    Links and devices are left out. It is done by hand: the tarfile of Debian 12's Python 3.11.2 has no safe filter yet.

    Args:
        name: name of the archive, for errors.
        archive: a tar file, packed by gzip.
        into: folder for the files.
        only: files to keep, as paths in the package; empty is all of them.

    Raises:
        SourceError: it is damaged, holds more than it may, or a file of it would leave the folder.
    """
    limit = max(LEAST_BYTES, RATIO * archive.stat().st_size)
    try:
        with gzip.open(archive) as packed, _open(_Bounded(packed, limit)) as tar:
            for member in tar:
                _write(tar, member, into, only)
    except (tarfile.TarError, OSError, EOFError, ValueError, zlib.error) as error:
        raise SourceError(f"{name} cannot be unpacked ({error}); nothing was cached") from error


def _open(file: _Bounded) -> tarfile.TarFile:
    # As a stream: nothing is read twice, so that what was read is what there is.
    return tarfile.open(fileobj=cast("BinaryIO", file), mode="r|", bufsize=2**20)


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path, only: Collection[str]) -> None:
    # Packages hold everything in one folder of any name; npm drops it, and so do we.
    inside = PurePosixPath(member.name).parts[1:]
    content = tar.extractfile(member) if member.isfile() and inside else None
    if content is None or (only and "/".join(inside) not in only):
        return
    if any(part == ".." or "\\" in part for part in inside):
        raise tarfile.ReadError(f"{member.name} leaves the package")
    path = into.joinpath(*inside)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file)


class _Bounded(io.BufferedIOBase):
    """A file that can be read up to a limit, in bytes."""

    def __init__(self, file: gzip.GzipFile, limit: int) -> None:
        self._file, self._limit, self._left = file, limit, limit

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes.

        Raises:
            ReadError: there are more than there may be.
        """
        data = self._file.read(self._left + 1 if size is None or size < 0 else min(size, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise tarfile.ReadError(
                f"it holds more than {self._limit / 2**20:.0f} MiB, {RATIO} times the size it is packed to and more"
            )
        return data
