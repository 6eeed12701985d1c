"""The stored runs that a user names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from framegate.errors import UsageError

_NUMBERED = re.compile(r"(\d{4,9})_.+")
_MOST_NAMED = 10


def run_files(names: Sequence[str], storage: Path) -> list[Path]:
    """Files of stored runs, in the order of their folders and numbers, without repeats.

    Args:
        names: files, folders, or numbers of runs in the storage; none are all runs of the storage.
        storage: pytest-benchmark's storage.

    Raises:
        UsageError: there is no such run, or several have that number.
    """
    stored = files_in(storage)
    if not names:
        if not stored:
            raise UsageError(
                f"no run is stored in {storage}; pytest --benchmark-only --benchmark-autosave stores one, and what"
                " --benchmark-json=FILE has written can be named"
            )
        return stored
    files = [file for name in names for file in _named(name, stored, storage)]
    return list({file.resolve(): file for file in files}.values())


def _named(name: str, stored: Sequence[Path], storage: Path) -> Sequence[Path]:
    path = Path(name)
    if path.is_dir():
        files = files_in(path)
        if not files:
            raise UsageError(f"{name}: no .json file is in this folder, nor in one that is in it")
        return files
    if path.is_file():
        return [path]
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 10 else None
    files = [file for file in stored if number is not None and run_number(file) == number]
    if len(files) != 1:
        choices = ", ".join(map(str, files or stored[-_MOST_NAMED:])) or "none"
        what = "several runs are" if files else "no run is"
        raise UsageError(f"{what} called {name!r} in {storage}; there is: {choices}")
    return files


def run_number(file: Path) -> int | None:
    """The number that the name of a stored run begins with; None where it has none."""
    match = _NUMBERED.fullmatch(file.stem)
    return int(match[1]) if match else None


def files_in(folder: Path) -> list[Path]:
    """The ``.json`` files of a folder and of the folders in it, by folder and number; none if it is not there."""
    files = [*folder.glob("*.json"), *folder.glob("*/*.json")]
    return sorted(files, key=lambda file: (file.parent, run_number(file) or 0, file.name))
