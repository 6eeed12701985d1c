"""Runs on the disk: pytest-benchmark's own files, with a small file beside each accepted one.

A run is there in full or not at all, whenever the process that writes it is killed: it is written under another
name, brought to the disk, and renamed. Two processes never take the same number: a lock is held meanwhile, which the
operating system gives back when its owner ends, however it ends.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from framegate.errors import HistoryError, UsageError
from framegate.files import write_whole

ACCEPTED = ".accepted"
_RUN = re.compile(r"(\d{4,})_gate-(.+)\.json")
_NUMBERED = re.compile(r"(\d{4,9})_")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOCK_S = 60.0


@dataclass(frozen=True)
class StoredRun:
    """A run's file.

    Attributes:
        path: the file.
        number: the one its name starts with.
        name: name of the baseline that it belongs to.
    """

    path: Path
    number: int
    name: str

    @property
    def mark(self) -> Path:
        """The file that says that the run was accepted."""
        return self.path.with_suffix(ACCEPTED)


def check_name(name: str) -> str:
    """A baseline's name, if it can be one.

    Raises:
        UsageError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"--gate={name}: a baseline's name is letters, digits, '.', '_' and '-'; 64 of them at most")
    return name


class Store:
    """The runs in one folder.

    Args:
        folder: pytest-benchmark's folder for this kind of machine; it is made when it is first written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def runs(self, name: str | None = None) -> list[StoredRun]:
        """The runs there are, the oldest first; those of one baseline, if it is named."""
        runs = []
        for path in self.folder.glob("*_gate-*.json"):
            match = _RUN.fullmatch(path.name)
            if match and (name is None or match[2] == name):
                runs.append(StoredRun(path, int(match[1]), match[2]))
        return sorted(runs, key=lambda run: run.number)

    def accepted(self, name: str) -> list[tuple[StoredRun, dict[str, Any]]]:
        """Runs of a baseline that were accepted, with their contents, the oldest first.

        One that was accepted as a new beginning hides those before it.

        Raises:
            HistoryError: one of them cannot be read, or is not what was accepted.
        """
        accepted: list[tuple[StoredRun, dict[str, Any]]] = []
        marked = (path.with_suffix(".json") for path in self.folder.glob(f"*{ACCEPTED}"))
        lost = {path for path in marked if (match := _RUN.fullmatch(path.name)) and match[2] == name}
        for run in self.runs(name):
            if not run.mark.exists():
                continue
            lost.discard(run.path)
            mark = _object(run.mark)
            try:
                content = run.path.read_bytes()
            except OSError as error:
                raise HistoryError(f"{run.path} was accepted and cannot be read: {error}") from error
            if hashlib.sha256(content).hexdigest() != mark.get("sha256"):
                raise HistoryError(
                    f"{run.path} is not the run that was accepted: its content has changed. Restore it, or delete it"
                    f" and {run.mark.name}"
                )
            if mark.get("starts"):
                accepted.clear()
            accepted.append((run, _object(run.path)))
        if lost:
            missing = min(lost)
            raise HistoryError(f"{missing} was accepted and is gone; restore it, or delete {missing.stem}{ACCEPTED}")
        return accepted

    def save(self, name: str, content: dict[str, Any]) -> StoredRun:
        """Write a run under the next free number.

        Raises:
            HistoryError: it cannot be written.
        """
        text = json.dumps(content, allow_nan=False).encode()
        with _locked(self.folder):
            numbers = [int(match[1]) for path in self.folder.iterdir() if (match := _NUMBERED.match(path.name))]
            number = max(numbers, default=0) + 1
            path = self.folder / f"{number:04}_gate-{name}.json"
            write_file(path, text)
        return StoredRun(path, number, name)

    def accept(self, run: StoredRun, *, starts: bool = False) -> None:
        """Make a run part of its baseline; ``starts`` has the baseline begin with it.

        Raises:
            HistoryError: it cannot be read.
        """
        _object(run.path)
        digest = hashlib.sha256(run.path.read_bytes()).hexdigest()
        mark = {"sha256": digest, "at": datetime.now(UTC).isoformat(timespec="seconds"), "starts": starts}
        with _locked(self.folder):
            write_file(run.mark, json.dumps(mark).encode())


def read_run(path: Path) -> dict[str, Any]:
    """A stored run.

    Raises:
        HistoryError: it is not JSON, or not an object.
    """
    return _object(path)


def write_file(path: Path, content: bytes) -> None:
    """Write a file atomically: it is there in full or not at all.

    Raises:
        HistoryError: it cannot be written.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        raise HistoryError(f"{path} cannot be written: {error}") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".gate.lock").acquire(timeout=_LOCK_S):
            # Who writes holds the lock, so what is half written now was left by a process that was killed.
            for half in folder.glob(".*_gate-*"):
                half.unlink(missing_ok=True)
            yield
    except Timeout:
        raise HistoryError(f"{folder} has been locked by another run for {_LOCK_S:.0f} s; try again") from None
    except OSError as error:
        raise HistoryError(f"{folder} cannot be written to: {error}") from error


def _object(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"), parse_constant=_no_constant)
    except (OSError, ValueError) as error:
        raise HistoryError(
            f"{path} cannot be read: {error}. Restore it, or delete it with its {ACCEPTED} file"
        ) from error
    if not isinstance(content, dict):
        raise HistoryError(f"{path} holds {type(content).__name__}, not a stored run")
    return content


def _no_constant(text: str) -> float:
    raise ValueError(f"invalid number {text}")


def _newest(runs: Iterable[StoredRun]) -> StoredRun | None:
    """The run with the highest number, from the machine's folder that was written to last."""
    last: dict[Path, StoredRun] = {}
    for run in sorted(runs, key=lambda run: run.number):
        last[run.path.parent] = run
    return max(last.values(), key=lambda run: run.path.stat().st_mtime, default=None)


def find_run(folders: Iterable[Path], name: str | None, is_candidate: Callable[[StoredRun], bool]) -> StoredRun:
    """The run that a user names by its number or file; the newest of those that qualify, if none is named.

    Raises:
        UsageError: there is no such run, or several.
    """
    runs = [run for folder in folders for run in Store(folder).runs()]
    if name is None:
        newest = _newest(filter(is_candidate, runs))
        if newest is None:
            raise UsageError(
                "no run is stored here that is not accepted already; pytest --benchmark-only --gate makes one"
            )
        return newest
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 10 else None
    named = [run for run in runs if run.number == number or run.path.resolve() == Path(name).resolve()]
    if len(named) != 1:
        choices = ", ".join(str(run.path) for run in named or runs[-10:]) or "none"
        what = "several runs are" if named else "no run is"
        raise UsageError(f"{what} called {name!r}; there is: {choices}")
    return named[0]
