"""Fill a cache folder all at once or not at all, whatever kills the process and whoever fills it beside us."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from framegate.errors import SourceError
from framegate.leftovers import owned_folder


def filled(folder: Path, fill: Callable[[Path], None]) -> Path:
    """``folder``, after ``fill(temporary_folder)`` has made it unless it was there.

    A folder in the making has another name, so one that a killed process left is never taken for a model.

    Raises:
        SourceError: the cache cannot be written.
    """
    if folder.is_dir():
        return folder
    with partial_folder(folder.parent) as partial:
        fill(partial)
        # A temporary folder is its owner's alone; a cache may be shared.
        partial.chmod(folder.parent.stat().st_mode & 0o777)
        _rename(partial, folder)
    return folder


@contextlib.contextmanager
def partial_folder(parent: Path) -> Iterator[Path]:
    """A new folder in one of the cache's, for what is not whole yet; it is removed at the end of the block.

    Raises:
        SourceError: the cache cannot be written.
    """
    with contextlib.ExitStack() as opened:
        try:
            parent.mkdir(parents=True, exist_ok=True)
            partial = opened.enter_context(owned_folder("partial", parent))
        except OSError as error:
            raise SourceError(
                f"{parent}: cannot write to the cache ({error.strerror}); set FRAMEGATE_CACHE to a folder of yours"
            ) from error
        yield partial


def _rename(partial: Path, folder: Path) -> None:
    try:
        partial.rename(folder)
    except OSError:
        # Another process was first: its folder holds the same, and ours goes.
        if not folder.is_dir():
            raise
