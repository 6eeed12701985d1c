"""Models that hang: each is tried in another process first, and a benchmark that does not end, ends the run."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import pytest

from framegate.hooks.own import is_ours
from framegate.hooks.registries import catalogue_of, registries_of
from framegate.hooks.settings import options_of

if TYPE_CHECKING:
    from framegate.interfaces import ResolvedModel

VetModel = Callable[["ResolvedModel", str], None]


@pytest.fixture
def vet_model(pytestconfig: pytest.Config, frame_model: str) -> VetModel:
    """Has another process load and run the cell's model in a runtime, once, unless somebody vouches for it.

    A page runs a model in its browser; where Python converts the model for it, that is what is tried.
    """
    from framegate.browser.runtimes import PageRuntime
    from framegate.loading import trial

    def vet(model: ResolvedModel, runtime: str) -> None:
        entry = registries_of(pytestconfig).runtimes.get(runtime)
        trial.vet(model, (isinstance(entry, PageRuntime) and entry.converter) or runtime, deadline_s)

    spec = catalogue_of(pytestconfig).specs[frame_model]
    deadline_s = None if trial.is_trusted(spec) else options_of(pytestconfig).trial_s
    return vet


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Watch over a benchmark from its set-up until its end."""
    if not is_ours(item):
        return (yield)
    timeout_s = options_of(item.config).timeout_s
    timer = threading.Timer(timeout_s, _give_up, (item, timeout_s))
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()


def _give_up(item: pytest.Item, timeout_s: int) -> None:
    """End the process: nothing else ends what a library does in the thread that runs the benchmark."""
    with contextlib.suppress(Exception):
        capture = item.config.pluginmanager.getplugin("capturemanager")
        if capture is not None:
            capture.suspend_global_capture(in_=True)
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(
            f"\nframegate: {item.nodeid} did not end within {timeout_s} s, so the run ends here, without the results of"
            " this session; leave the model out, or give it more time (--frame-timeout)\n"
        )
        sys.stderr.flush()
    os._exit(1)
