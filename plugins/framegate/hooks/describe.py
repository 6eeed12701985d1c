"""What each stored result says of itself: ``extra_info["frame"]``, with the same keys in every suite."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.options import options_of

if TYPE_CHECKING:
    from framegate.results.parts import Cell

OPENCV = ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless")
DISTRIBUTIONS = {"numpy": ("numpy",), "opencv-python": OPENCV}
"""Libraries that every suite computes with, and what may bring them; the others say their versions as runtimes."""

INSTRUMENTS = pytest.StashKey[set[str]]()


class FrameInfo:
    """The record of a cell, which is stored anew whenever a fixture knows more of it.

    Attributes:
        cell: what is known by now.
    """

    def __init__(self, cell: Cell, extra_info: dict[str, Any]) -> None:
        self.cell = cell
        self._extra_info = extra_info
        self.add()

    def add(self, **facts: Any) -> None:
        """Fill in fields of the record."""
        self.cell = replace(self.cell, **facts)
        self.cell.store(self._extra_info)


@pytest.fixture
def frame_info(request: pytest.FixtureRequest, benchmark: Any) -> FrameInfo:
    """The cell's ``extra_info["frame"]``, in which all keys are there: null where they do not apply.

    The fixtures that open a backend fill in what only they know (``model_sha256``, ``runtime_version``,
    ``threads``, ``gl``, ``gl_renderer``, ``is_software``, ``vsync``).
    """
    from framegate.matrix import AXES
    from framegate.results.parts import FORM_VERSION, Cell, FedFrames, Form

    callspec = getattr(request.node, "callspec", None)
    params = {} if callspec is None else callspec.params
    options = options_of(request.config)
    Form(FORM_VERSION).store(benchmark.extra_info)
    info = FrameInfo(Cell(**{axis: params.get(f"frame_{axis}") for axis in AXES}), benchmark.extra_info)
    FedFrames(options.source, options.fit).store(benchmark.extra_info)
    return info


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Note what watches the process now, as coverage may be gone when results are stored."""
    if "benchmark" in getattr(item, "fixturenames", ()):
        from framegate.gate.worker.instruments import instruments

        item.config.stash.setdefault(INSTRUMENTS, set()).update(instruments())


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Store them, if there are any."""
    names = config.stash.get(INSTRUMENTS, set())
    if names:
        output_json["machine_info"]["instruments"] = sorted(names)


@pytest.hookimpl(optionalhook=True)  # pytest-benchmark may be switched off
def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """Store the versions of what every suite computes with."""
    from framegate.machine import installed_version

    machine_info["versions"] = {name: installed_version(*brought_by) for name, brought_by in DISTRIBUTIONS.items()}
