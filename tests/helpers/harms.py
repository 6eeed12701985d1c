"""Ways in which a file of the cache is damaged, or cannot be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Harm = Callable[[Path], None]


def flip(path: Path) -> None:
    """Change one bit in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    """Keep the first half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    """Keep nothing."""
    path.write_bytes(b"")


def remove(path: Path) -> None:
    """Delete it."""
    path.unlink()


def replace_by_a_folder(path: Path) -> None:
    """Put a folder in its place that is not empty."""
    path.unlink()
    (path / "inside").mkdir(parents=True)


def replace_by_a_link(path: Path) -> None:
    """Put a link in its place, to a device that has no bytes."""
    path.unlink()
    path.symlink_to("/dev/null")


HARMS: tuple[Harm, ...] = (flip, cut, empty, remove, replace_by_a_folder, replace_by_a_link)


@contextmanager
def full_disk(left: int) -> Iterator[None]:
    """Have each file end after so many bytes; in C++ a write fails as on a full disk, in Python it says EFBIG."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
