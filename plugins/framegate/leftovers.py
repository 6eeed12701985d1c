"""Temporary folders that stay nobody's: the next run removes those whose owner was killed.

Nothing runs in a process after SIGKILL. So the owner holds a lock on the folder itself, which the kernel gives back
when the process ends, however it ends, and which every process on the machine sees, in containers that share the
folder's parent as well. Whoever makes a folder first removes those beside it that nobody holds.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from framegate.errors import FramegateError

PREFIX = "framegate-"
"""What the names of all temporary folders begin with."""

_NAME = re.compile(rf"{PREFIX}[a-z]+-([0-9a-f]{{8}})([0-9a-f]{{4}})")
# Where a folder cannot be locked (Windows, some network disks), no living process is at work on one this old.
_STALE_S = 24 * 3600.0
# Each try is lost only to a process that clears at that very moment.
_TRIES = 100


@contextlib.contextmanager
def temporary_folder(kind: str, parent: Path | None = None) -> Iterator[Path]:
    """A new folder for temporary files; it is removed at the end of the block, or by the next run.

    Args:
        kind: what it is for, in lower-case letters, for its name.
        parent: the folder to make it in; the system's for temporary files, if None.

    Raises:
        FramegateError: it cannot be made.
    """
    place = Path(tempfile.gettempdir()) if parent is None else parent
    with contextlib.ExitStack() as opened:
        try:
            folder = opened.enter_context(owned_folder(kind, place))
        except OSError as error:
            raise FramegateError(
                f"{place}: cannot make a temporary folder ({error.strerror}); free some space there, or set TMPDIR to"
                " a folder of yours"
            ) from error
        yield folder


@contextlib.contextmanager
def owned_folder(kind: str, parent: Path) -> Iterator[Path]:
    """`temporary_folder`, with the errors of the operating system.

    Raises:
        OSError: it cannot be made.
    """
    clear(parent)
    folder, handle = _made(kind, parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def clear(parent: Path) -> None:
    """Remove the temporary folders of this user in a folder that nobody holds; what cannot be removed stays."""
    with contextlib.suppress(OSError), os.scandir(parent) as entries:
        # Names first: a busy folder for temporary files holds thousands of others.
        left = [Path(entry.path) for entry in entries if _is_ours(entry.name) and entry.is_dir(follow_symlinks=False)]
        for folder in left:
            _clear_one(folder)


def _made(kind: str, parent: Path) -> tuple[Path, int | None]:
    for _ in range(_TRIES):
        folder = parent / _name(kind)
        folder.mkdir(mode=0o700)
        # Who clears may come between the two, and take the folder for a leftover: then there is another one.
        with contextlib.suppress(FileNotFoundError, BlockingIOError):
            handle = _lock(folder)
            if handle is None or _is_there(folder, handle):
                return folder, handle
            os.close(handle)
    raise OSError(errno.EBUSY, "each new folder was removed at once")


def _clear_one(folder: Path) -> None:
    with contextlib.suppress(OSError):
        status = folder.lstat()
        if status.st_uid != _user():
            return
        handle = _lock(folder)
        if handle is not None or time.time() - status.st_mtime > _STALE_S:
            shutil.rmtree(folder, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def _lock(folder: Path) -> int | None:
    """A handle that holds the folder until it is closed; None where folders cannot be locked.

    Raises:
        BlockingIOError: another process holds it.
        OSError: it is not there, or is a link.
    """
    try:
        import fcntl
    except ImportError:
        return None
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    except OSError:
        os.close(handle)
        return None
    return handle


def _is_there(folder: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), folder.lstat())
    except FileNotFoundError:
        return False


def _name(kind: str) -> str:
    """A name that holds its own check: a folder that a user gave a similar name is never taken for ours."""
    chosen = secrets.token_hex(4)
    return f"{PREFIX}{kind}-{chosen}{_check(chosen)}"


def _is_ours(name: str) -> bool:
    match = _NAME.fullmatch(name)
    return match is not None and match[2] == _check(match[1])


def _check(chosen: str) -> str:
    return hashlib.sha256(f"{PREFIX}{chosen}".encode()).hexdigest()[:4]


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0
