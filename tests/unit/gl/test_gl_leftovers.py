from __future__ import annotations

import ctypes
from collections.abc import Callable

import pytest

from framegate.errors import GLError
from framegate.gl.leftovers import watch
from framegate.interfaces import GLContext

OpenContext = Callable[[str], GLContext]
KINDS = ("Textures", "Framebuffers", "Renderbuffers", "Buffers", "VertexArrays", "Samplers", "Queries")


@pytest.mark.parametrize("name", ["egl", "glfw", "osmesa", "null"])
def test_a_context_that_is_left_as_it_was_is_fine(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    with context.current():
        watch(context)()


@pytest.mark.parametrize("kind", KINDS)
def test_objects_of_every_kind_are_counted(kind: str, shared_context: OpenContext) -> None:
    context = shared_context("egl")
    names = (ctypes.c_uint * 2)()
    with context.current():
        look_again = watch(context)
        getattr(context.functions, f"glGen{kind}")(2, names)
        with pytest.raises(GLError, match=rf"^OpenGL objects are left behind \({kind} \+2\); delete in close"):
            look_again()
        look_back = watch(context)
        getattr(context.functions, f"glDelete{kind}")(2, names)
        look_again()
        with pytest.raises(GLError, match=rf"\({kind} -2\)"):
            look_back()


def test_errors_before_and_after_are_told_apart(new_context: OpenContext) -> None:
    context = new_context("egl")
    gl = context.functions
    gl.checked = False
    with context.current():
        gl.glEnable(0)
        with pytest.raises(GLError, match=r"^OpenGL failed at what came before this cell: GL_INVALID_ENUM"):
            watch(context)
        look_again = watch(context)
        gl.glViewport(0, 0, -1, -1)
        with pytest.raises(GLError, match=r"^OpenGL failed at a call of this cell .*: GL_INVALID_VALUE"):
            look_again()
        look_again()
    context.release()
