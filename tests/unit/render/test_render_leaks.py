from __future__ import annotations

import ctypes
import os
import sys
import tracemalloc
from collections.abc import Callable

import numpy as np
import psutil
import pytest

from framegate.errors import GLError
from framegate.gl import shaders
from framegate.interfaces import Drawing, GLContext, Size
from framegate.renderers import builtin

OpenContext = Callable[[str], GLContext]
real_context = pytest.mark.parametrize("context_name", ["egl", "glfw", "osmesa"])
# FRAMEGATE_DRAWS=50000 takes two minutes.
DRAWS = int(os.environ.get("FRAMEGATE_DRAWS", "4000"))
TENSOR = np.random.default_rng(0).random((64, 48, 3), np.float32)


@real_context
@pytest.mark.parametrize("renderer_name", builtin())
def test_all_that_a_renderer_makes_is_deleted(
    renderer_name: str, context_name: str, shared_context: OpenContext
) -> None:
    context = shared_context(context_name)
    with context.current():
        before = context.functions.alive()
        renderer = builtin()[renderer_name](context)
        for shape in ((5, 7, 3), (64, 48, 3)):
            renderer.prepare(shape, "float32")
            renderer.draw(np.zeros(shape, np.float32))
        during = context.functions.alive()
        renderer.close()
        assert during != before or renderer_name == "null"
        assert context.functions.alive() == before


@real_context
def test_a_renderer_that_fails_to_prepare_leaves_nothing(
    context_name: str, shared_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = shared_context(context_name)
    with context.current():
        before = context.functions.alive()
        monkeypatch.setattr("framegate.render.texels._FRAGMENT", "#version 330 core\nvoid main() {{ nonsense; }}\n")
        renderer = builtin()["gl-texture"](context)
        with pytest.raises(GLError, match=r"the driver refuses a fragment shader: .*nonsense"):
            renderer.prepare((4, 4, 3), "float32")
        assert context.functions.alive() == before


@real_context
def test_a_program_that_does_not_link_leaves_nothing(context_name: str, shared_context: OpenContext) -> None:
    context = shared_context(context_name)
    vertex = "#version 330 core\nout vec2 a; void main() { a = vec2(0.0); gl_Position = vec4(0.0); }\n"
    fragment = "#version 330 core\nin vec4 a; out vec4 c; void main() { c = a; }\n"
    with context.current():
        before = context.functions.alive()
        with pytest.raises(GLError, match=r"the driver cannot link a program: .+"):
            shaders.link(context.functions, {"vertex": vertex, "fragment": fragment})
        assert context.functions.alive() == before


@real_context
def test_a_screen_gives_back_its_framebuffers(context_name: str, shared_context: OpenContext) -> None:
    context = shared_context(context_name)
    with context.current():
        before = context.functions.alive()
        screen = context.screen(Size(8, 8))
        screen.canvas()
        assert context.functions.alive() != before
        screen.close()
        screen.close()
        assert context.functions.alive() == before


@real_context
@pytest.mark.parametrize(
    "renderer_name", ["opencv", "numpy", "numba", *[name for name in builtin() if name.startswith("gl-")]]
)
def test_drawing_again_and_again_allocates_nothing_that_stays(
    renderer_name: str, context_name: str, shared_context: OpenContext
) -> None:
    context = shared_context(context_name)
    with context.current():
        renderer = builtin()[renderer_name](context)
        renderer.prepare(TENSOR.shape, "float32")
        # What something else in the process allocates in passing is not there the next time; what draw leaves is.
        tries = [allocations(lambda: renderer.draw(TENSOR)) for _ in range(3)]
        renderer.close()
    assert min(kept for kept, _ in tries) < 2_000
    # A frame's worth of buffers would be 12 KiB or more; what is left are the integers that pass addresses on.
    assert min(passing for _, passing in tries) < TENSOR.nbytes // 8


def allocations(draw: Callable[[], None]) -> tuple[int, int]:
    """Bytes that stay after a hundred draws, and the most that there were on the way."""
    for _ in range(20):
        draw()
    tracemalloc.start()
    try:
        draw()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(100):
            draw()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return after - before, peak - before


@real_context
@pytest.mark.parametrize("checked", [False, True])
def test_objects_are_counted_by_kind(context_name: str, checked: bool, new_context: OpenContext) -> None:  # noqa: FBT001
    context = new_context(context_name)
    gl = context.functions
    gl.checked = checked
    names = (ctypes.c_uint * 2)()
    with context.current():
        assert gl.alive() == {}
        gl.glGenTextures(2, names)
        program = gl.glCreateProgram()
        assert gl.alive() == {"Program": 1, "Textures": 2}
        gl.glDeleteTextures(1, names)
        gl.glDeleteProgram(program)
        gl.glDeleteProgram(0)
        assert gl.alive() == {"Textures": 1}
        gl.glDeleteTextures(1, ctypes.byref(names, ctypes.sizeof(ctypes.c_uint)))
        assert gl.alive() == {}
    context.release()


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is asked of Linux")
@pytest.mark.parametrize("renderer_name", [name for name in builtin() if name != "null"])
def test_many_draws_leave_no_memory_and_no_object(renderer_name: str, shared_context: OpenContext) -> None:
    context = shared_context("egl")
    tensor = np.random.default_rng(0).random((4, 4, 3), np.float32)
    context.functions.checked = False
    with context.current():
        renderer = builtin()[renderer_name](context)
        renderer.prepare(tensor.shape, "float32", Drawing(out_of_range="clamp"))
        for _ in range(DRAWS // 4):
            renderer.draw(tensor)
        objects = context.functions.alive()
        before = psutil.Process().memory_info().rss
        for _ in range(DRAWS):
            renderer.draw(tensor)
        grown = psutil.Process().memory_info().rss - before
        assert context.functions.alive() == objects
        renderer.close()
    context.functions.checked = True
    assert grown < 128 * DRAWS, f"{grown / DRAWS:.1f} bytes per draw"
