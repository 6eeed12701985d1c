"""Stored runs, each parsed once: its columns are kept in the cache, under the digest of its file."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from framegate.errors import HistoryError
from framegate.machine import usable_cores
from framegate.paths import cache_dir
from framegate.processes import child_environment, completed, module_command
from framegate.runs.columns import NUMBERS, ROUND, TEXTS, RoundSeconds, RunColumns, columns_of
from framegate.values import Array
from framegate.work import long_work

_LAYOUT = 1
"""Of the files in the cache; to be raised where a column of the same name comes to hold something else."""
BATCH = 100
"""New runs for which it pays to start a process."""
MOST_NAMED = 1000
"""Runs that a command line has room for."""
BATCH_S = 600.0
"""Seconds that a process may take."""
UNUSED_S = 90 * 24 * 3600.0
"""Seconds after which columns that nobody has read since are removed: those of runs that are no more, or of another
layout, and what a killed process has left half-written."""


def open_runs(paths: Iterable[Path], *, with_rounds: bool = False) -> Iterator[RunColumns]:
    """The columns of stored runs, in the order of their files.

    Args:
        paths: files of pytest-benchmark.
        with_rounds: whether to have what the rounds took as well; one run at a time is in memory then.

    Raises:
        HistoryError: a file cannot be read.
    """
    if with_rounds:
        yield from (open_run(path, with_rounds=True) for path in paths)
        return
    for outcome in _outcomes(list(paths)):
        if isinstance(outcome, HistoryError):
            raise outcome
        yield outcome


def readable_runs(paths: Sequence[Path]) -> tuple[list[RunColumns], list[HistoryError]]:
    """The columns of the stored runs that can be read, and what is wrong with the others."""
    runs: list[RunColumns] = []
    errors: list[HistoryError] = []
    what = f"reading {len(paths):,} stored run{'s' if len(paths) != 1 else ''}"
    with long_work(what):
        for outcome in _outcomes(paths):
            if isinstance(outcome, HistoryError):
                errors.append(outcome)
            else:
                runs.append(outcome)
    return runs, errors


def _outcomes(paths: Sequence[Path]) -> Iterator[RunColumns | HistoryError]:
    """The columns of each run, or why it cannot be read."""
    with ThreadPoolExecutor(usable_cores()) as threads:
        # Most of this is the files' digests, for which hashlib lets other threads go on.
        kept = list(threads.map(_kept_run, paths))
        new = [path for path, run in zip(paths, kept, strict=True) if run is None]
        if new:
            _forget_unused()
        if len(new) >= BATCH:
            # Parsing is Python's own work, of which its threads do one at a time.
            size = min(max(BATCH, ceil(len(new) / usable_cores())), MOST_NAMED)
            list(threads.map(_parse_apart, [new[at : at + size] for at in range(0, len(new), size)]))
    for path, run in zip(paths, kept, strict=True):
        yield run or _outcome(path)


def _kept_run(path: Path) -> RunColumns | None:
    """The columns of a run that was opened before; None of another one, and where it cannot be read."""
    # Whatever is wrong with the columns or the file: who opens the run itself is told.
    with suppress(Exception):
        return replace(_load(_kept_file(_digest(path)), with_rounds=False), path=path)
    return None


def _forget_unused() -> None:
    """Remove the cached columns that nobody has read for `UNUSED_S`."""
    with suppress(OSError):
        for file in _folder().iterdir():
            if file.stat().st_mtime < time.time() - UNUSED_S:
                file.unlink(missing_ok=True)


def _parse_apart(paths: Sequence[Path]) -> None:
    """Have a process open runs, after which they are kept; what it does not get done is done here."""
    with suppress(OSError, subprocess.TimeoutExpired):
        completed(module_command(__name__, *map(str, paths)), BATCH_S, env=child_environment())


def _outcome(path: Path) -> RunColumns | HistoryError:
    try:
        return open_run(path)
    except HistoryError as error:
        return error


def open_run(path: Path, *, with_rounds: bool = False) -> RunColumns:
    """The columns of one stored run.

    Args:
        path: its file.
        with_rounds: whether to have what the rounds took as well.

    Raises:
        HistoryError: the file cannot be read.
    """
    try:
        sha256 = _digest(path)
        kept = _kept_file(sha256)
        # Damaged columns raise anything; they are made again of the run.
        with suppress(Exception):
            return replace(_load(kept, with_rounds=with_rounds), path=path)
        run = columns_of(_decoded(path.read_bytes()), path, sha256)
    except (OSError, ValueError, RecursionError) as error:
        raise HistoryError(f"{path} cannot be read: {error}; restore it, or leave it out") from error
    _keep(kept, run)
    return run if with_rounds else replace(run, rounds=None)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kept_file(sha256: str) -> Path:
    return _folder() / f"{_layout()}-{sha256}.npz"


def _folder() -> Path:
    return cache_dir() / "runs"


def _decoded(text: bytes) -> Any:
    """What a file says, some times as fast as by ``json`` where it holds nothing that only Python takes for JSON."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def _layout() -> str:
    """The form of the cached files: another set of columns is another form."""
    names = "\n".join([str(_LAYOUT), *TEXTS, "", *NUMBERS])
    return hashlib.sha256(names.encode()).hexdigest()[:8]


def _load(kept: Path, *, with_rounds: bool) -> RunColumns:
    """What the cache has of a run; of a damaged file numpy and zipfile raise whatever they come upon."""
    with kept.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
        facts: dict[str, Any] = json.loads(bytes(file["facts"]))
        words = [[None, *map(sys.intern, vocabulary)] for vocabulary in facts["words"]]
        codes, numbers = file["codes"].tolist(), file["numbers"]
        rounds = None
        if with_rounds:
            rounds = RoundSeconds(file["seconds"], file["stretches"], facts["names"], file["launches"])
    texts = {
        name: [vocabulary[code] for code in row] for name, vocabulary, row in zip(TEXTS, words, codes, strict=True)
    }
    # So that `_forget_unused` leaves it.
    with suppress(OSError):
        os.utime(kept)
    stages = [name for name in facts["names"] if name != ROUND]
    columns = dict(zip(NUMBERS, numbers, strict=True))
    return RunColumns(kept, facts["sha256"], facts["head"], texts, columns, stages, rounds)


def _keep(kept: Path, run: RunColumns) -> None:
    """Write the columns into the cache; a cache that cannot be written to costs time the next time, and no more."""
    if run.rounds is None:
        return
    vocabularies = [list(dict.fromkeys(text for text in texts if text is not None)) for texts in run.texts.values()]
    places = [{None: 0, **{word: at for at, word in enumerate(words, 1)}} for words in vocabularies]
    codes = [[place[text] for text in texts] for place, texts in zip(places, run.texts.values(), strict=True)]
    facts = {"sha256": run.sha256, "head": run.head, "words": vocabularies, "names": run.rounds.names}
    arrays: dict[str, Array] = {
        "facts": np.frombuffer(json.dumps(facts).encode(), np.uint8),
        "codes": np.array(codes, np.int32),
        "numbers": np.array([*run.numbers.values()], np.float64),
        "seconds": run.rounds.seconds,
        "stretches": run.rounds.stretches,
        "launches": run.rounds.launches,
    }
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        # Not files.whole_file, which waits for the disk: what a crash damages here is read from the run again.
        with tempfile.NamedTemporaryFile(dir=kept.parent, prefix=".half-", delete=False) as file:
            half = Path(file.name)
            try:
                np.savez(file, **arrays)  # type: ignore[arg-type] # it fears that one is called allow_pickle
                file.close()
                half.replace(kept)
            finally:
                half.unlink(missing_ok=True)


if __name__ == "__main__":
    for _name in sys.argv[1:]:
        with suppress(HistoryError):
            open_run(Path(_name))
