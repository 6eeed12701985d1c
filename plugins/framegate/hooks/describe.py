"""What each stored result says of itself: ``extra_info["frame"]``, with the same keys in every suite."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pytest

from framegate.hooks.options import OPTIONS
from framegate.matrix import AXES

FRAME_KEYS = (
    "model",
    "model_sha256",
    "size",
    "preprocess",
    "runtime",
    "runtime_version",
    "threads",
    "renderer",
    "gl",
    "gl_renderer",
    "is_software",
    "vsync",
)

VERSIONS = ("numpy", "opencv-python")
"""Libraries that every suite computes with; the others say their versions as runtimes."""

FrameInfo = dict[str, Any]


@pytest.fixture
def frame_info(request: pytest.FixtureRequest, benchmark: Any) -> FrameInfo:
    """The cell's ``extra_info["frame"]``: all keys are there, null where they do not apply.

    The fixtures that open a backend fill in what only they know (``model_sha256``, ``runtime_version``,
    ``threads``, ``gl``, ``gl_renderer``, ``is_software``, ``vsync``).
    """
    info: FrameInfo = dict.fromkeys(FRAME_KEYS)
    callspec = getattr(request.node, "callspec", None)
    params = {} if callspec is None else callspec.params
    for axis in AXES:
        info[axis] = params.get(f"frame_{axis}")
    benchmark.extra_info["frame"] = info
    options = request.config.stash[OPTIONS]
    benchmark.extra_info["frames"] = {"source": options.source, "fit": options.fit}
    return info


def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """Store the versions of what every suite computes with."""
    machine_info["versions"] = {name: _version(name) for name in VERSIONS}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
