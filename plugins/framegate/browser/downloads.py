"""How much a page downloads: the bytes of what it asked for, as they are and as gzip sends them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

LEVEL = 6
"""Of gzip, as most servers have it."""
_CHUNK = 1 << 20
"""Bytes that are read at once, so that a large file is never in memory as a whole."""


class Download(NamedTuple):
    """Bytes of some files.

    Attributes:
        raw: bytes as they are.
        gzip: each packed by gzip.
    """

    raw: int
    gzip: int


def download_of(files: Mapping[str, Path | bytes]) -> Download:
    """The bytes of files, by name: bytes, or the file that has them.

    Raises:
        OSError: one cannot be read.
    """
    sizes = [_packed(content) if isinstance(content, bytes) else _file(content) for content in files.values()]
    return Download(sum(size.raw for size in sizes), sum(size.gzip for size in sizes))


def _file(path: Path) -> Download:
    status = path.stat()
    return Download(status.st_size, _gzip(path, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=1024)
def _gzip(path: Path, size: int, modified_ns: int) -> int:
    del size, modified_ns
    packer = zlib.compressobj(LEVEL, wbits=31)
    with path.open("rb") as file:
        packed = sum(len(packer.compress(chunk)) for chunk in iter(lambda: file.read(_CHUNK), b""))
    return packed + len(packer.flush())


def _packed(content: bytes) -> Download:
    return Download(len(content), len(zlib.compress(content, LEVEL, wbits=31)))
