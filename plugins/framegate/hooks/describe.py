"""What each stored result says of itself: ``extra_info["frame"]``, with the same keys in every suite."""

from __future__ import annotations

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
    "threads",
    "renderer",
    "gl",
    "gl_renderer",
    "is_software",
    "vsync",
)

FrameInfo = dict[str, Any]


@pytest.fixture
def frame_info(request: pytest.FixtureRequest, benchmark: Any) -> FrameInfo:
    """The cell's ``extra_info["frame"]``: all keys are there, null where they do not apply.

    The fixtures that open a backend fill in what only they know (``model_sha256``, ``threads``, ``gl``,
    ``gl_renderer``, ``is_software``, ``vsync``).
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
