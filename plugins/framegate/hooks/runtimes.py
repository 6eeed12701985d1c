"""Fixtures: runtimes, each with its threads."""

from __future__ import annotations

import pytest

from framegate.hooks.describe import FrameInfo
from framegate.hooks.options import OPTIONS
from framegate.hooks.outcome import named
from framegate.hooks.registries import REGISTRIES
from framegate.interfaces import Runtime, TakesThreads
from framegate.once import Once
from framegate.runtimes.threads import available, open_runtime


@pytest.fixture(scope="session")
def frame_threads(pytestconfig: pytest.Config) -> int:
    """On how many threads the runtimes of this run compute."""
    return pytestconfig.stash[OPTIONS].threads or available()


@pytest.fixture(scope="session")
def runtimes(pytestconfig: pytest.Config, frame_threads: int) -> Once[str, Runtime]:
    """Each runtime, made at its first use."""
    factories = pytestconfig.stash[REGISTRIES].runtimes
    return Once(lambda name: open_runtime(factories[name], frame_threads))


@pytest.fixture
def runtime(
    pytestconfig: pytest.Config,
    frame_runtime: str,
    frame_threads: int,
    runtimes: Once[str, Runtime],
    frame_info: FrameInfo,
) -> Runtime:
    """The cell's runtime."""
    with named(pytestconfig, "runtime", frame_runtime):
        made = runtimes(frame_runtime)
    frame_info["threads"] = frame_threads if isinstance(made, TakesThreads) else None
    return made
