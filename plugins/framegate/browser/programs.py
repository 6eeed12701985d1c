"""Programs that a user names."""

from __future__ import annotations

from pathlib import Path

from framegate.errors import UsageError


def named_program(path: str) -> Path:
    """The program at a path.

    Raises:
        UsageError: there is no such file.
    """
    if not Path(path).is_file():
        raise UsageError(f"--frame-browser-path {path!r} is no file; name the browser's program")
    return Path(path)
