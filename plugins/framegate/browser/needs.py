"""What a browser needs of this machine: its program, and a display for its window."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from framegate.errors import BackendUnavailable, UsageError


def find_program(path: str | None, names: Iterable[str], places: Iterable[Path] = ()) -> Path | None:
    """The program at ``path``, else the first that is installed; None if none is.

    Args:
        path: what the user names.
        names: what it may be called, where programs are looked for.
        places: where else it may be.

    Raises:
        UsageError: there is no file at ``path``.
    """
    if path is not None:
        return named_program(path)
    installed = (Path(place) for place in map(shutil.which, names) if place)
    return next(chain(installed, (place for place in places if place.is_file())), None)


def named_program(path: str) -> Path:
    """The program at a path.

    Raises:
        UsageError: there is no such file.
    """
    if not Path(path).is_file():
        raise UsageError(f"--frame-browser-path {path!r} is no file; name the browser's program")
    return Path(path)


def need_display() -> None:
    """Refuse to show a window where there is no display.

    Raises:
        BackendUnavailable: there is none.
    """
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise BackendUnavailable(
            "there is no display for the browser's window (neither DISPLAY nor WAYLAND_DISPLAY is set)",
            "leave --frame-headed out, or run under xvfb-run",
        )
