from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from framegate.gl.timer import Timestamps, device_clock
from framegate.interfaces import GLContext

OpenContext = Callable[[str], GLContext]


@pytest.mark.parametrize("name", ["egl", "glfw", "osmesa"])
def test_times_what_is_asked_for_and_gives_its_query_back(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    with context.current():
        before = context.functions.alive()
        with ExitStack() as objects:
            seconds = device_clock(context, objects)
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
        assert device_clock(context, objects) is None
        assert Timestamps.of(context, objects) is None


@pytest.mark.parametrize("name", ["egl", "glfw", "osmesa"])
def test_a_device_notes_when_it_did_each_part(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    with context.current():
        before = context.functions.alive()
        with ExitStack() as objects:
            timestamps = Timestamps.of(context, objects)
            assert timestamps is not None
            asked: list[int] = []
            for turn in range(2):
                for part in ("upload", "draw"):
                    timestamps.around(part, asked.append)(turn)
            context.finish()
            parts = timestamps.take()
            assert asked == [0, 0, 1, 1]
            assert [part for part, *_ in parts] == ["upload", "draw"] * 2
            edges = [at_s for _, *part_s in parts for at_s in part_s]
            assert edges == sorted(edges)
            assert edges[0] > 0
            timestamps.is_on = False
            timestamps.around("draw", asked.append)(2)
            assert (asked[-1], timestamps.take()) == (2, [])
            # By the clock of this process, the device is now where it was read to be, or further.
            offset_s, error_s = timestamps.offset()
            assert error_s >= 0
            if sys.platform == "linux":  # where Mesa's clock is that of time.perf_counter
                assert abs(offset_s) <= error_s
        assert context.functions.alive() == before


def test_the_shortest_look_says_where_a_device_s_clock_stands(
    shared_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = shared_context("egl")
    gl = context.functions
    # Looks take 1 s but for one, which takes 0.25 s; the device says 2 s in all.
    readings = [at_s for look in range(9) for at_s in (10.0 * look, 10.0 * look + (0.25 if look == 4 else 1.0))]

    def two_seconds(_name: int, answer: Any) -> None:
        ctypes.cast(answer, ctypes.POINTER(ctypes.c_int64))[0] = 2_000_000_000

    with context.current(), ExitStack() as objects:
        _ = gl.glGetInteger64v
        monkeypatch.setattr(gl, "glGetInteger64v", two_seconds)
        timestamps = Timestamps(gl, objects, iter(readings).__next__)
        assert timestamps.offset() == (38.125, 0.125)
