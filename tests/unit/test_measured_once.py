"""What a run has measured is read once when it is over."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from stored_runs import stored_entry

from framegate.hooks.report import IS_OVER, measured


class Benchmark:
    """Counts how often it is read."""

    has_error = False

    def __init__(self) -> None:
        self.reads = 0

    def as_dict(self, *, include_data: bool) -> dict[str, Any]:
        del include_data
        self.reads += 1
        return stored_entry("test_a", framegate={"version": 1})


def test_what_was_measured_is_read_once_when_the_run_is_over() -> None:
    benchmark = Benchmark()
    session = SimpleNamespace(benchmarks=[benchmark])
    config: Any = SimpleNamespace(
        stash=pytest.Stash(), pluginmanager=SimpleNamespace(get_plugin=lambda name: session if name else None)
    )
    assert [len(measured(config)), len(measured(config)), benchmark.reads] == [1, 1, 2]
    config.stash[IS_OVER] = True
    assert [len(measured(config)), len(measured(config)), benchmark.reads] == [1, 1, 3]
