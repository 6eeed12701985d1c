"""Files that are there in full or not at all, whatever ends the process that writes them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_SHORT = 50


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there in full or not at all; one that is there is replaced in one step.

    Raises:
        OSError: it cannot be written; ``path`` is as it was.
    """
    with whole_file(path) as file:
        file.write(content)


def check_writable(file: Path) -> None:
    """See that a file can be written, before there is anything to write; its folder is made.

    Raises:
        OSError: it cannot.
    """
    if file.is_dir():
        raise IsADirectoryError(0, "it is a folder")
    file.parent.mkdir(parents=True, exist_ok=True)
    probe = file.with_name(f".{file.name}-{os.getpid()}")
    probe.touch()
    probe.unlink()


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to piece by piece, which is there in full when the block ends, and not at all if it raises.

    Where there is a link, it is the file that it leads to; a device or a pipe, such as ``/dev/stdout``, is written to
    as it is.

    Raises:
        OSError: it cannot be written; ``path`` is as it was.
    """
    if not path.name or path.is_dir():
        raise IsADirectoryError("it is a folder")
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    path = Path(os.path.realpath(path))
    # Of no other writer, and of no name that a user has chosen. It is not as long as a name may be.
    half = path.with_name(f".{path.name[:_SHORT]}-{secrets.token_hex(4)}")
    try:
        with half.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        _sync_folder(path.parent)
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no such call, and needs none: its rename is on the disk when it returns.
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
