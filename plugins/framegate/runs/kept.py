"""Stored runs, each parsed once: its columns are kept in the cache, under the digest of its file."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from framegate.errors import HistoryError
from framegate.paths import cache_dir
from framegate.runs.columns import NUMBERS, ROUND, TEXTS, RoundSeconds, RunColumns, columns_of
from framegate.values import Array
from framegate.work import long_work

_LAYOUT = 1
"""Of the files in the cache; to be raised where a column of the same name comes to hold something else."""
_DAMAGED = (OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile)
"""What reading a file raises that is not there, or not there in full."""


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
    # Most of the work is the files' digests, for which hashlib lets other threads go on.
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        yield from threads.map(open_run, paths)


def readable_runs(paths: Sequence[Path]) -> tuple[list[RunColumns], list[HistoryError]]:
    """The columns of the stored runs that can be read, and what is wrong with the others."""
    runs: list[RunColumns] = []
    errors: list[HistoryError] = []
    what = f"reading {len(paths):,} stored run{'s' if len(paths) != 1 else ''}"
    with long_work(what), ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        for outcome in threads.map(_outcome, paths):
            if isinstance(outcome, HistoryError):
                errors.append(outcome)
            else:
                runs.append(outcome)
    return runs, errors


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
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        kept = cache_dir() / "runs" / f"{_layout()}-{sha256}.npz"
        with suppress(*_DAMAGED):
            return replace(_load(kept, with_rounds=with_rounds), path=path)
        run = columns_of(_decoded(path.read_bytes()), path, sha256)
    except (OSError, ValueError, RecursionError) as error:
        raise HistoryError(f"{path} cannot be read: {error}; restore it, or leave it out") from error
    _keep(kept, run)
    return run if with_rounds else replace(run, rounds=None)


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
