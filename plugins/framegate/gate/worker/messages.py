"""What gate and workers say to each other: one JSON object per line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    """Any message."""


@dataclass(frozen=True)
class Hello(Message):
    """A worker's first words.

    Attributes:
        key: the secret that only the gate's own workers know.
        side: index of the worker.
    """

    key: str
    side: int


@dataclass(frozen=True)
class Collect(Message):
    """An order: collect, and run nothing."""


@dataclass(frozen=True)
class RunAll(Message):
    """An order: run the benchmarks as pytest always does."""


@dataclass(frozen=True)
class Measure(Message):
    """An order: run benchmarks in blocks, on demand.

    Attributes:
        keys: names of the benchmarks, in the order in which they run.
    """

    keys: Sequence[str]


@dataclass(frozen=True)
class Block(Message):
    """An order: run a block of rounds of the current benchmark.

    Attributes:
        rounds: number of rounds.
        iterations: calls per round.
        delay_s: seconds of work that are added to each call.
        delayed: the stage that the work is added to, or ``total``.
    """

    rounds: int
    iterations: int
    delay_s: float = 0.0
    delayed: str = "total"


@dataclass(frozen=True)
class LetGo(Message):
    """An order: end the current benchmark."""


@dataclass(frozen=True)
class Benchmark:
    """A benchmark that was collected.

    Attributes:
        key: its name, parameters included.
        function: name of the function.
        params: name -> value of each parameter, as text.
        path: its file.
    """

    key: str
    function: str
    params: Mapping[str, str]
    path: str


@dataclass(frozen=True)
class Collection(Message):
    """What a worker has collected, and where it finds its modules.

    Attributes:
        benchmarks: the benchmarks, in their order.
        path: ``sys.path``.
        prefixes: folders in which the interpreter has its packages.
        root: pytest's root folder.
        ini: pytest's ini file; empty without one.
        settings: the gate's own settings in that file.
        instruments: tools that watch the process, such as coverage.
    """

    benchmarks: Sequence[Benchmark]
    path: Sequence[str] = ()
    prefixes: Sequence[str] = ()
    root: str = ""
    ini: str = ""
    settings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    instruments: Sequence[str] = ()


@dataclass(frozen=True)
class Ready(Message):
    """A benchmark has warmed up and waits for its blocks.

    Attributes:
        key: its name.
        seconds: the faster of two calls.
        repeats: whether a round may have several calls.
        marker: arguments of its ``gate`` marker.
    """

    key: str
    seconds: float
    repeats: bool = True
    marker: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Timings(Message):
    """What a block measured.

    Attributes:
        canary_s: seconds of work that is always the same.
        rounds_s: seconds of one call, for each round.
        stages_s: stage -> the same.
    """

    canary_s: float
    rounds_s: Sequence[float]
    stages_s: Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Stored(Message):
    """What a finished benchmark has stored about itself.

    Attributes:
        extra_info: the objects in its ``extra_info``.
    """

    extra_info: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome(Message):
    """How a benchmark ended.

    Attributes:
        outcome: ``passed``, ``failed`` or ``skipped``.
        reason: why it did not pass.
        key: its name.
    """

    outcome: str
    reason: str = ""
    key: str = ""


@dataclass(frozen=True)
class Finished(Message):
    """A worker's last words.

    Attributes:
        exit_code: pytest's exit code.
        files: files that the modules came from.
        waited: the time in which the process could have run, as a multiple of that in which it did; 0 where it is not
            known.
    """

    exit_code: int
    files: Sequence[str] = ()
    waited: float = 0.0


KINDS: Mapping[str, Callable[..., Message]] = {kind.__name__: kind for kind in Message.__subclasses__()}


def encode(message: Message) -> bytes:
    """A message as a line."""
    return json.dumps([type(message).__name__, message], default=_plain).encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of a line.

    Raises:
        ValueError: the line holds no message.
    """
    try:
        name, fields = json.loads(line)
        if name == Collection.__name__:
            fields["benchmarks"] = [Benchmark(**benchmark) for benchmark in fields["benchmarks"]]
        return KINDS[name](**fields)
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"no message: {error!r}") from error


def _plain(value: object) -> object:
    return vars(value) if is_dataclass(value) else str(value)
