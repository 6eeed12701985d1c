"""Fixtures: runtimes, each with its threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.options import options_of
from framegate.hooks.outcome import named
from framegate.hooks.registries import registries_of
from framegate.hooks.report import note

if TYPE_CHECKING:
    from framegate.hooks.describe import FrameInfo
    from framegate.interfaces import Runtime
    from framegate.once import Once

NoteChoice = Callable[[object], None]


@pytest.fixture(scope="session")
def frame_threads(pytestconfig: pytest.Config) -> int:
    """On how many threads the runtimes of this run compute."""
    from framegate.inference.threads import available

    return options_of(pytestconfig).threads or available()


@pytest.fixture(scope="session")
def runtimes(pytestconfig: pytest.Config, frame_threads: int) -> Once[str, Runtime]:
    """Each runtime, made at its first use."""
    from framegate.inference.threads import open_runtime
    from framegate.once import Once

    factories = registries_of(pytestconfig).runtimes
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
    from framegate.inference.abilities import TakesThreads

    with named(pytestconfig, "runtime", frame_runtime):
        made = runtimes(frame_runtime)
    frame_info["runtime_version"] = made.describe()
    frame_info["threads"] = frame_threads if isinstance(made, TakesThreads) else None
    return made


@pytest.fixture
def note_choice(pytestconfig: pytest.Config, frame_model: str, frame_info: FrameInfo, benchmark: Any) -> NoteChoice:
    """Stores which runtime ``auto`` took for the cell's model and the times of its trial, and notes the last choice."""
    from framegate.inference.abilities import Chosen

    def note_it(loaded: object) -> None:
        if isinstance(loaded, Chosen):
            frame_info["runtime"] = loaded.runtime
            benchmark.extra_info["trial_s"] = dict(loaded.trial_s)
            times = ", ".join(f"{name} {seconds * 1e3:.3g}" for name, seconds in loaded.trial_s.items())
            line = f"auto took {loaded.runtime} for {frame_model} (best run in ms: {times})"
            note(pytestconfig, line, about=f"auto for {frame_model}")

    return note_it
