"""Files that are there in full or not at all, whatever ends the process that writes them."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from framegate.errors import FrameError, UsageError

_SHORT = 50


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there in full or not at all; one that is there is replaced in one step.

    Raises:
        OSError: it cannot be written; ``path`` is as it was.
    """
    with whole_file(path) as file:
        file.write(content)


def check_can_be_written(files: Iterable[Path | None], flag: str = "") -> None:
    """See to it that files can be written that a user names, before anything is measured.

    Args:
        files: the files; None for one that nobody asked for.
        flag: the option that names them, where one alone does.

    Raises:
        UsageError: one cannot.
    """
    for file in files:
        if file is None:
            continue
        named, folder = f"{flag} {file}".lstrip(), file.absolute().parent
        if not folder.is_dir():
            raise UsageError(f"{named} cannot be written: there is no folder {folder}; make it, or name another")
        try:
            _check_writable(file)
        except OSError as error:
            raise UsageError(f"{named} cannot be written: {error.strerror or error}; name another file") from error


def check_folder(folder: Path, flag: str) -> None:
    """The same of files in a folder, which is made where it is not there.

    Raises:
        UsageError: no file can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_writable(folder / "framegate")
    except OSError as error:
        raise UsageError(
            f"{flag} {folder}: no file can be written there ({error.strerror or error}); name another folder"
        ) from error


def _check_writable(file: Path) -> None:
    """See that `whole_file` can write a file, before there is anything to write.

    Raises:
        OSError: it cannot.
    """
    if file.is_dir():
        raise IsADirectoryError(0, "it is a folder")
    if file.exists():
        if not os.access(file, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if not file.is_file():
            return
    half = _half(Path(os.path.realpath(file)))
    half.touch()
    half.unlink()


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
    half = _half(path)
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


def _half(path: Path) -> Path:
    """A name for what is not whole yet: that of no other writer, and not as long as a name may be."""
    return path.with_name(f".{path.name[:_SHORT]}-{secrets.token_hex(4)}")


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no such call, and needs none: its rename is on the disk when it returns.
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def writable_file(path: Path, what: str) -> Iterator[BinaryIO]:
    """The same as `whole_file` of something that a run writes, in a folder that is made where it is not there.

    Raises:
        FrameError: the file, called ``what``, cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            yield file
    except OSError as error:
        raise FrameError(
            f"{path}: the {what} cannot be written ({error.strerror or error}); name another folder"
        ) from error
