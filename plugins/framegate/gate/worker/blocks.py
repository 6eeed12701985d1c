"""The benchmark fixture of a worker that runs its function in blocks, on demand."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import pytest
from pytest_benchmark.fixture import BenchmarkFixture, FixtureAlreadyUsed

from .channel import Channel
from .memory import forget_peak, peak_bytes, resident_bytes
from .messages import Block, Ready, Stored, Timings

CANARY = bytes(1 << 18)


class Blocks:
    """Puts a benchmark fixture in place that runs its function in blocks, on demand."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    @pytest.fixture
    def benchmark(self, request: pytest.FixtureRequest, benchmark: BenchmarkFixture) -> BenchmarkFixture:
        """pytest-benchmark's own fixture, except when it is called."""
        marker = request.node.get_closest_marker("gate")
        # pytest-benchmark asks for an object of its class, and gives no other way to make one.
        benchmark.__class__ = BlockBenchmark
        blocks = cast("BlockBenchmark", benchmark)
        blocks.gate_channel = self._channel
        blocks.gate_forgotten = forget_peak()
        blocks.gate_marker = {} if marker is None else dict(marker.kwargs)
        return blocks


class BlockBenchmark(BenchmarkFixture):
    """Calls its function when the gate asks for a block of rounds; ``stats`` stays None, as with timing off."""

    runs_blocks = True
    """Tells fixtures that measure elsewhere, as in a browser, to run one round per request."""
    gate_channel: Channel
    gate_marker: dict[str, Any]
    gate_forgotten: bool

    def __call__(self, function_to_benchmark: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run blocks until there are enough, and return what the function returns."""
        return self._serve(function_to_benchmark, args, kwargs, None, None)

    def pedantic(
        self,
        target: Callable[..., Any],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        setup: Callable[[], Any] | None = None,
        teardown: Callable[..., Any] | None = None,
        rounds: int = 1,
        warmup_rounds: int = 0,
        iterations: int = 1,
    ) -> Any:
        """The same; rounds and iterations are the gate's choice."""
        del rounds, warmup_rounds, iterations
        return self._serve(target, args, kwargs or {}, setup, teardown)

    def _serve(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        setup: Callable[[], Any] | None,
        teardown: Callable[..., Any] | None,
    ) -> Any:
        if self._mode:
            raise FixtureAlreadyUsed("the benchmark fixture can be used once in a test")
        self._mode = "blocks"
        rounds = Rounds(function, args, kwargs, setup, teardown, self._timer)
        rounds.run(1, 1)
        warm = min(rounds.run(2, 1)[0])
        self.gate_channel.send(Ready(self.name, warm, repeats=setup is None, marker=self.gate_marker))
        while isinstance(block := self.gate_channel.order(), Block):
            rounds.delay(block.delayed, block.delay_s)
            canary_s = min(_canary() for _ in range(3))
            self.gate_channel.send(Timings(canary_s, *rounds.run(block.rounds, block.iterations)))
        rounds.delay()
        memory = {"peak_bytes": peak_bytes() if self.gate_forgotten else None, "steady_bytes": resident_bytes()}
        counts = {name: value for name, value in self.extra_info.items() if isinstance(value, dict)}
        self.gate_channel.send(Stored({**counts, "memory": memory}))
        return rounds.call()


class Rounds:
    """A function's rounds, with the seconds of its stages where it keeps them.

    A function keeps them if it, or its attribute ``timer``, has ``samples``: stage -> seconds of each call so far.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        setup: Callable[[], Any] | None,
        teardown: Callable[..., Any] | None,
        clock: Callable[[], float],
    ) -> None:
        self._function, self._args, self._kwargs = function, args, kwargs
        self._setup, self._teardown, self._clock = setup, teardown, clock
        self._timer: Any = function if hasattr(function, "samples") else getattr(function, "timer", None)
        self._delay_s = 0.0

    def delay(self, stage: str = "total", seconds: float = 0.0) -> None:
        """Add ``seconds`` of real work to a stage, or to the whole call for ``total``; none by default."""
        slow = getattr(self._timer, "slow", None)
        self._delay_s = seconds if stage == "total" else 0.0
        if slow is not None:
            slow({} if stage == "total" else {stage: seconds})

    def call(self) -> Any:
        """One call, with its preparation, that is not timed."""
        args, kwargs = self._arguments()
        return self._function(*args, **kwargs)

    def run(self, rounds: int, iterations: int) -> tuple[list[float], dict[str, list[float]]]:
        """Seconds of each round, for one call of it, and the same for each stage."""
        seconds: list[float] = []
        stages: dict[str, list[float]] = {name: [] for name in getattr(self._timer, "samples", {})}
        for _ in range(rounds):
            args, kwargs = self._arguments()
            before = {name: len(self._timer.samples[name]) for name in stages}
            started = self._clock()
            for _ in range(iterations):
                self._function(*args, **kwargs)
                if self._delay_s:
                    work(self._delay_s)
            seconds.append((self._clock() - started) / iterations)
            for name, values in stages.items():
                values.append(sum(self._timer.samples[name][before[name] :]) / iterations)
            if self._teardown is not None:
                self._teardown(*args, **kwargs)
        return seconds, stages

    def _arguments(self) -> tuple[Sequence[Any], Mapping[str, Any]]:
        prepared = self._setup() if self._setup is not None else None
        return prepared or (self._args, self._kwargs)


def work(seconds: float) -> None:
    """Keep the processor busy for that long."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def _canary() -> float:
    started = time.perf_counter()
    hashlib.sha256(bytearray(CANARY)).digest()
    return time.perf_counter() - started
