from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from framegate.gl.timer import device_clock
from framegate.interfaces import GLContext

OpenContext = Callable[[str], GLContext]


@pytest.mark.parametrize("name", ["egl", "glfw", "osmesa"])
def test_times_what_is_asked_for_and_gives_its_query_back(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    with context.current():
        before = context.functions.alive()
        with ExitStack() as objects:
            seconds = device_clock(context.functions, objects)
            assert seconds is not None
            asked: list[str] = []
            assert 0 <= seconds(lambda: asked.append("once")) < 10
            assert asked == ["once"]
        assert context.functions.alive() == before


def test_a_context_that_counts_no_time_has_no_clock(
    shared_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = shared_context("egl")
    gl = context.functions

    def no_bits(_target: int, _name: int, answer: Any) -> None:
        ctypes.cast(answer, ctypes.POINTER(ctypes.c_int))[0] = 0

    with context.current(), ExitStack() as objects:
        _ = gl.glGetQueryiv
        monkeypatch.setattr(gl, "glGetQueryiv", no_bits)
        assert device_clock(gl, objects) is None
