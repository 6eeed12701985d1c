"""The pytest plugin in the gate's worker processes: one file, the same on both sides of a comparison.

It stands alone, and is put on the path of a worker by itself, so that the code that measures is never what is under
test, even where that is Framegate. A worker is told what to do through a connection; when that ends, so does it.

In the mode ``launch`` benchmarks run as they always do. In the mode ``blocks`` the ``benchmark`` fixture warms up,
says that it is ready, and runs its function when it is told to.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any, cast

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

CHANNEL = "FRAMEGATE_GATE_CHANNEL"
"""The environment variable with the connection's port, key and side; it is taken out when it has been read."""
LOST = 3
OFF: dict[str, Any] = {
    "gate": None,
    "benchmark_autosave": False,
    "benchmark_save": False,
    "benchmark_compare": None,
    "benchmark_compare_fail": None,
    "benchmark_histogram": None,
    "benchmark_cprofile": None,
    "xmlpath": None,
    "numprocesses": None,
    "dist": "no",
    "tx": [],
}
"""Options that are the gate's own concern, whether they come from the command line or an ini file."""
CANARY = bytes(1 << 18)
PASSED = ("passed", "")


class Channel:
    """JSON objects to and from the gate."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, **message: Any) -> None:
        """Send one object."""
        self._connection.send_bytes(json.dumps(message, default=str).encode())

    def receive(self) -> dict[str, Any]:
        """Wait for one object; the process ends here if the gate has ended."""
        try:
            message: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            os._exit(LOST)
        return message

    def end_with_the_gate(self) -> None:
        """End this process as soon as the gate ends; for workers that are told nothing more."""
        threading.Thread(target=self.receive, name="gate", daemon=True).start()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Connect, and learn what to do."""
    port, key, side = os.environ.pop(CHANNEL).split(":")
    channel = Channel(Client(("127.0.0.1", int(port)), authkey=bytes.fromhex(key)))
    channel.send(side=side, process=os.getpid())
    orders = channel.receive()
    for name, value in OFF.items():
        if hasattr(config.option, name):
            setattr(config.option, name, value)
    config.pluginmanager.register(Worker(channel, orders))
    if orders["mode"] == "blocks":
        config.pluginmanager.register(Blocks(channel))
    else:
        channel.end_with_the_gate()


class Worker:
    """Says what was collected and how each benchmark ended."""

    def __init__(self, channel: Channel, orders: Mapping[str, Any]) -> None:
        self._channel = channel
        self._keys = orders.get("keys")
        self._only_collects = orders["mode"] == "collect"
        self._ended = PASSED

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what was not asked for."""
        if self._keys is not None:
            out = [item for item in items if item.name not in self._keys]
            items[:] = [item for item in items if item.name in self._keys]
            config.hook.pytest_deselected(items=out)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say what there is, and where this process looks for modules."""
        collected = [
            {
                "key": item.name,
                "function": getattr(item, "originalname", item.name),
                "params": {name: str(value) for name, value in _params(item).items()},
                "path": str(item.path),
            }
            for item in session.items
            if "benchmark" in getattr(item, "fixturenames", ())
        ]
        config = session.config
        self._channel.send(
            collected=collected,
            errors=session.testsfailed,
            path=sys.path,
            prefixes=[sys.prefix, sys.base_prefix],
            root=str(config.rootpath),
            ini=str(config.inipath or ""),
            settings={name: _ini(config, name) for name in ("gate_floor", "gate_same")},
        )
        if self._only_collects:
            session.items.clear()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Report how a benchmark ended, by the first of its phases that did not pass."""
        report = yield
        if report.outcome != "passed" and self._ended[0] == "passed":
            self._ended = (report.outcome, _reason(report))
        if report.when == "teardown":
            self._channel.send(outcome=self._ended[0], reason=self._ended[1], key=item.name)
            self._ended = PASSED
        return report

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Say which files the modules came from, so that it can be seen whose code was measured."""
        files = sorted(
            {str(file) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))}
        )
        with contextlib.suppress(OSError):  # a gate that has gone needs no goodbye
            self._channel.send(finished=int(exitstatus), files=files)


class Blocks:
    """Puts a benchmark fixture in place that runs its function in blocks, on demand."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    @pytest.fixture
    def benchmark(self, request: pytest.FixtureRequest, benchmark: BenchmarkFixture) -> BenchmarkFixture:
        """pytest-benchmark's own fixture, but for what happens when it is called."""
        marker = request.node.get_closest_marker("gate")
        # pytest-benchmark asks for an object of its class, and gives no other way to make one.
        benchmark.__class__ = BlockBenchmark
        blocks = cast("BlockBenchmark", benchmark)
        blocks.gate_channel = self._channel
        blocks.gate_marker = {} if marker is None else dict(marker.kwargs)
        return blocks


class BlockBenchmark(BenchmarkFixture):
    """Calls its function when the gate asks for a block of rounds; ``stats`` stays None, as with timing off."""

    gate_channel: Channel
    gate_marker: dict[str, Any]

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
        self._mode = "blocks"
        rounds = Rounds(function, args, kwargs, setup, teardown, self._timer)
        rounds.run(1, 1)
        warm = min(rounds.run(2, 1)["rounds_s"])
        self.gate_channel.send(
            ready=self.name, seconds=warm, repeats=setup is None, stages=rounds.stages(), marker=self.gate_marker
        )
        while True:
            order = self.gate_channel.receive()
            if "block" not in order:
                break
            block = order["block"]
            rounds.delay(order.get("delay"))
            canary_s = min(_canary() for _ in range(3))
            self.gate_channel.send(canary_s=canary_s, **rounds.run(block["rounds"], block["iterations"]))
        rounds.delay(None)
        counts = {name: value for name, value in self.extra_info.items() if isinstance(value, dict)}
        self.gate_channel.send(measured=self.name, extra_info=counts)
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

    def stages(self) -> list[str]:
        """Names of the stages."""
        return list(getattr(self._timer, "samples", {}))

    def delay(self, delay: Mapping[str, Any] | None) -> None:
        """Put real work into a stage (or around the function, for ``total``): as many seconds of it as are given."""
        slow = getattr(self._timer, "slow", None)
        stage, seconds = ("total", 0.0) if delay is None else (delay["stage"], delay["seconds"])
        self._delay_s = seconds if stage == "total" else 0.0
        if slow is not None:
            slow({} if stage == "total" else {stage: seconds})

    def call(self) -> Any:
        """One call, with its preparation, outside of any time."""
        args, kwargs = self._arguments()
        return self._function(*args, **kwargs)

    def run(self, rounds: int, iterations: int) -> dict[str, Any]:
        """Seconds of each round, for one call of it, and the same for each stage."""
        seconds: list[float] = []
        stages: dict[str, list[float]] = {name: [] for name in self.stages()}
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
                taken = self._timer.samples[name][before[name] :]
                values.append(sum(taken) / len(taken))
            if self._teardown is not None:
                self._teardown(*args, **kwargs)
        return {"rounds_s": seconds, "stages_s": stages}

    def _arguments(self) -> tuple[Sequence[Any], Mapping[str, Any]]:
        made = self._setup() if self._setup is not None else None
        return made or (self._args, self._kwargs)


def work(seconds: float) -> None:
    """Keep the processor busy for that long."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def _canary() -> float:
    started = time.perf_counter()
    hashlib.sha256(bytearray(CANARY)).digest()
    return time.perf_counter() - started


def _params(item: pytest.Item) -> dict[str, Any]:
    callspec = getattr(item, "callspec", None)
    return {} if callspec is None else dict(callspec.params)


def _ini(config: pytest.Config, name: str) -> list[str]:
    try:
        return list(config.getini(name))
    except (ValueError, KeyError):
        return []


def _reason(report: Any) -> str:
    if report.outcome == "passed":
        return ""
    longrepr = report.longrepr
    if isinstance(longrepr, tuple):
        return str(longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(longrepr, "reprcrash", None)
    text = str(crash.message if crash is not None else longrepr).strip()
    return text.splitlines()[0] if text else report.outcome


def copy_into(folder: Path) -> str:
    """Write this file into a folder, to be imported from there; returns the name of the module."""
    name = "framegate_gate_worker"
    (folder / f"{name}.py").write_text(Path(__file__).read_text("utf-8"), "utf-8")
    return name
