"""A worker's part: it connects, follows orders, and reports what it collected and how each benchmark ended."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from .blocks import Blocks
from .channel import CHANNEL, OFF_VARIABLE, Channel
from .instruments import instruments
from .messages import Benchmark, Collect, Collection, Finished, Hello, Measure, Message, Outcome

PASSED = ("passed", "")


# Before other plugins read the options that are switched off here.
@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Connect, and learn what to do."""
    port, key, side = os.environ.pop(CHANNEL).split(":")
    off: dict[str, Any] = json.loads(os.environ.pop(OFF_VARIABLE))
    channel = Channel(socket.create_connection(("127.0.0.1", int(port))))
    channel.send(Hello(key, int(side)))
    order = channel.order()
    for name, value in off.items():
        if hasattr(config.option, name):
            setattr(config.option, name, value)
    config.pluginmanager.register(WorkerPlugin(channel, order))
    if isinstance(order, Measure):
        config.pluginmanager.register(Blocks(channel))
    else:
        channel.end_with_the_gate()


class WorkerPlugin:
    """Says what was collected and how each benchmark ended."""

    def __init__(self, channel: Channel, order: Message) -> None:
        self._channel = channel
        self._keys = order.keys if isinstance(order, Measure) else None
        self._only_collects = isinstance(order, Collect)
        self._ended = PASSED

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the benchmarks that were asked for, in the order in which they were."""
        if self._keys is not None:
            # In the same order on both sides, whatever other plugins think of it.
            order = {key: index for index, key in enumerate(self._keys)}
            benchmarks = [item for item in items if item.name in order and _is_benchmark(item)]
            out = [item for item in items if item not in benchmarks]
            items[:] = sorted(benchmarks, key=lambda item: order[item.name])
            config.hook.pytest_deselected(items=out)

    # Last, as it may empty the list that others look at.
    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Report the benchmarks, and where this process looks for modules."""
        benchmarks = [
            Benchmark(
                item.name,
                getattr(item, "originalname", item.name),
                {name: str(value) for name, value in _params(item).items()},
                str(item.path),
            )
            for item in session.items
            if _is_benchmark(item)
        ]
        config = session.config
        self._channel.send(
            Collection(
                benchmarks,
                path=sys.path,
                prefixes=[sys.prefix, sys.base_prefix],
                root=str(config.rootpath),
                ini=str(config.inipath or ""),
                settings={name: _ini(config, name) for name in ("gate_floor", "gate_same")},
                instruments=instruments(),
            )
        )
        if self._only_collects:
            session.items.clear()

    # Outermost, so that it sees what all others have made of the report.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Report how a benchmark ended, by the first of its phases that did not pass."""
        report = yield
        if not _is_benchmark(item):  # it may have the name of one
            return report
        if report.outcome != "passed" and self._ended[0] == "passed":
            self._ended = (report.outcome, _reason(report))
        if report.when == "teardown":
            self._channel.send(Outcome(*self._ended, key=item.name))
            self._ended = PASSED
        return report

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Report the files of the modules, so that the gate can check whose code was measured."""
        files = sorted(
            {str(file) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))}
        )
        with contextlib.suppress(OSError):  # a gate that has gone needs no goodbye
            self._channel.send(Finished(int(exitstatus), files, waited()))


def waited(schedule: Path = Path("/proc/self/schedstat")) -> float:
    """The time in which this process could have run, as a multiple of that in which it did; 0 where it is not known."""
    try:
        ran, waited_ns = map(int, schedule.read_text("ascii").split()[:2])
    except (OSError, ValueError):
        return 0.0
    return (ran + waited_ns) / ran if ran else 0.0


def _is_benchmark(item: pytest.Item) -> bool:
    return "benchmark" in getattr(item, "fixturenames", ())


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
