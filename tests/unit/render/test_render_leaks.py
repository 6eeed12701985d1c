from __future__ import annotations

import collections
import ctypes
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from framegate.errors import GLError
from framegate.gl import shaders
from framegate.interfaces import GLContext, Size
from framegate.render import builtin

OpenContext = Callable[[str], GLContext]
KINDS = ("Textures", "Framebuffers", "Renderbuffers", "Buffers", "VertexArrays")
real_context = pytest.mark.parametrize("context_name", ["egl", "glfw", "osmesa"])
TENSOR = np.random.default_rng(0).random((64, 48, 3), np.float32)


@contextmanager
def counted_objects(gl: Any) -> Iterator[collections.Counter[str]]:
    """How many OpenGL objects of each kind were made inside the block and not deleted."""
    alive: collections.Counter[str] = collections.Counter()

    def wrap(name: str, kind: str, step: int, *, many: bool) -> Callable[..., Any]:
        call = getattr(gl, name)

        def counting(*args: Any) -> Any:
            alive[kind] += step * (args[0] if many else 1)
            return call(*args)

        return counting

    with pytest.MonkeyPatch.context() as patch:
        for kind in KINDS:
            for verb, step in (("Gen", 1), ("Delete", -1)):
                patch.setattr(gl, f"gl{verb}{kind}", wrap(f"gl{verb}{kind}", kind, step, many=True))
        for kind in ("Program", "Shader"):
            for verb, step in (("Create", 1), ("Delete", -1)):
                patch.setattr(gl, f"gl{verb}{kind}", wrap(f"gl{verb}{kind}", kind, step, many=False))
        yield alive


@real_context
@pytest.mark.parametrize("renderer_name", builtin())
def test_all_that_a_renderer_makes_is_deleted(
    renderer_name: str, context_name: str, shared_context: OpenContext
) -> None:
    context = shared_context(context_name)
    with context.current(), counted_objects(context.functions) as alive:
        renderer = builtin()[renderer_name](context)
        for shape in ((5, 7, 3), (64, 48, 3)):
            renderer.prepare(shape, "float32")
            renderer.draw(np.zeros(shape, np.float32))
        during = +alive
        renderer.close()
        if renderer_name != "null":
            assert during["Textures"] >= 2
            assert during["Framebuffers"] == 2
        assert not +alive
        assert not -alive, "something was deleted twice"


@real_context
def test_a_renderer_that_fails_to_prepare_leaves_nothing(
    context_name: str, shared_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = shared_context(context_name)
    with context.current(), counted_objects(context.functions) as alive:
        monkeypatch.setattr("framegate.render.gl_texture._FRAGMENT", "#version 330 core\nvoid main() { nonsense; }\n")
        renderer = builtin()["gl-texture"](context)
        with pytest.raises(GLError, match=r"the driver refuses a fragment shader: .*nonsense"):
            renderer.prepare((4, 4, 3), "float32")
        assert not +alive


@real_context
def test_a_program_that_does_not_link_leaves_nothing(context_name: str, shared_context: OpenContext) -> None:
    context = shared_context(context_name)
    vertex = "#version 330 core\nout vec2 a; void main() { a = vec2(0.0); gl_Position = vec4(0.0); }\n"
    fragment = "#version 330 core\nin vec4 a; out vec4 c; void main() { c = a; }\n"
    with context.current(), counted_objects(context.functions) as alive:
        with pytest.raises(GLError, match=r"the driver cannot link a program: .+"):
            shaders.link(context.functions, vertex, fragment)
        assert not +alive


@real_context
def test_a_screen_gives_back_its_framebuffers(context_name: str, shared_context: OpenContext) -> None:
    context = shared_context(context_name)
    with context.current(), counted_objects(context.functions) as alive:
        screen = context.screen(Size(8, 8))
        assert +alive == {"Textures": 2, "Framebuffers": 2}
        screen.close()
        screen.close()
        assert not +alive


@real_context
@pytest.mark.parametrize("renderer_name", ["opencv", "numpy", "gl-texture"])
def test_drawing_again_and_again_allocates_nothing_that_stays(
    renderer_name: str, context_name: str, shared_context: OpenContext
) -> None:
    context = shared_context(context_name)
    with context.current():
        renderer = builtin()[renderer_name](context)
        renderer.prepare(TENSOR.shape, "float32")
        for _ in range(20):
            renderer.draw(TENSOR)
        tracemalloc.start()
        try:
            renderer.draw(TENSOR)
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            for _ in range(100):
                renderer.draw(TENSOR)
            after, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        renderer.close()
    assert after - before < 2_000
    # A frame's worth of buffers would be 12 KiB or more; what is left are the integers that pass addresses on.
    assert peak - before < TENSOR.nbytes // 8


def test_the_counter_sees_a_leak(shared_context: OpenContext) -> None:
    context = shared_context("egl")
    gl = context.functions
    with context.current(), counted_objects(gl) as alive:
        name = ctypes.c_uint()
        gl.glGenTextures(1, ctypes.byref(name))
        assert +alive == {"Textures": 1}
        gl.glDeleteTextures(1, ctypes.byref(name))
        assert not +alive
