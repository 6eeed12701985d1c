from __future__ import annotations

import ctypes
import inspect
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from framegate.errors import BackendUnavailable, GLError
from framegate.glfunctions import GLFunctions
from framegate.interfaces import GLContext

OpenContext = Callable[[str], GLContext]
real_context = pytest.mark.parametrize("name", ["egl", "glfw", "osmesa"])

IMPORTS = """
import sys
import framegate.contexts, framegate.renderers
assert framegate.contexts.builtin() and framegate.renderers.builtin()
import framegate.render.verify, framegate.glfunctions, framegate.gl.context
import framegate.contexts.auto, framegate.contexts.egl, framegate.contexts.glfw_window, framegate.contexts.osmesa
import framegate.renderers.opencv, framegate.renderers.gl_texture
import framegate.renderers.numba_, framegate.renderers.gl_upload_numba
print([name for name in ("OpenGL", "glfw", "cv2", "numba", "pytest") if name in sys.modules])
"""
DECLARATIONS = """
import os
from framegate.glfunctions import GLFunctions
print(GLFunctions(lambda name: 0).GL_RGBA8, os.environ.get("PYOPENGL_PLATFORM"))
"""


def run_python(code: str, **environment: str) -> str:
    clean = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "PYOPENGL_PLATFORM"}}
    clean["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, env=clean | environment, capture_output=True, text=True, check=True).stdout.strip()


def test_importing_every_module_imports_no_graphics_library() -> None:
    assert run_python(IMPORTS) == "[]"


def test_declarations_need_no_display_and_leave_the_environment_alone() -> None:
    assert run_python(DECLARATIONS) == "32856 None"


def test_a_platform_that_the_user_chose_is_kept() -> None:
    assert run_python(DECLARATIONS, PYOPENGL_PLATFORM="osmesa") == "32856 osmesa"


@real_context
def test_unchecked_functions_are_bare_and_check_finds_the_error(name: str, new_context: OpenContext) -> None:
    context = new_context(name)
    gl = context.functions
    gl.checked = False
    assert not gl.checked
    with context.current():
        assert not inspect.isfunction(gl.glEnable)
        gl.glEnable(0)
        gl.glEnable(0)
        with pytest.raises(GLError, match=r"^OpenGL failed at the test: GL_INVALID_ENUM \(0x0500\)$"):
            gl.check("the test")
        gl.check("the test, now clean")
    context.release()


@real_context
def test_checked_functions_raise_at_the_call(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    gl = context.functions
    with context.current():
        with pytest.raises(GLError, match=r"^OpenGL failed at glBindTexture: GL_INVALID_ENUM \(0x0500\)$"):
            gl.glBindTexture(0, 0)
        with pytest.raises(GLError, match=r"^OpenGL failed at glViewport: GL_INVALID_VALUE \(0x0501\)$"):
            gl.glViewport(0, 0, -1, -1)


def test_check_leaves_no_error_for_the_next_question() -> None:
    gl = GLFunctions(lambda _: 0)
    flags = [0x0500, 0x0502, 0x0505]
    vars(gl)["glGetError"] = lambda: flags.pop(0) if flags else 0
    with pytest.raises(GLError, match="GL_INVALID_ENUM"):
        gl.check("drawing")
    gl.check("drawing again")


def test_a_lost_context_does_not_hang_the_question_for_errors() -> None:
    gl = GLFunctions(lambda _: 0)
    vars(gl)["glGetError"] = lambda: 0x0507
    with pytest.raises(GLError, match=r"GL_CONTEXT_LOST \(0x0507\)"):
        gl.check("drawing")


def test_a_function_that_the_context_lacks_is_unavailable() -> None:
    with pytest.raises(BackendUnavailable, match="this OpenGL context has no glDispatchCompute; use a context with"):
        _ = GLFunctions(lambda _: None).glDispatchCompute


def test_pyopengl_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "OpenGL.raw.GL.VERSION.GL_1_0", None)
    with pytest.raises(
        BackendUnavailable, match=r"^PyOpenGL cannot be imported \(.+\); python -m pip install PyOpenGL$"
    ):
        _ = GLFunctions(lambda _: 0).GL_TEXTURE_WRAP_R


def test_a_name_that_opengl_does_not_know_is_an_attribute_error() -> None:
    gl = GLFunctions(lambda _: 0)
    for name in ("glNoSuchThing", "GL_NO_SUCH_THING", "other"):
        with pytest.raises(AttributeError, match=name):
            getattr(gl, name)


def test_signatures_are_pyopengls_with_every_pointer_an_address() -> None:
    from OpenGL.raw.GL.VERSION import GL_1_1, GL_3_0

    assert GL_1_1.GL_RGBA8 == GLFunctions(lambda _: 0).GL_RGBA8
    gl = GLFunctions(lambda _: 0xDEAD)
    assert gl.glTexSubImage2D.argtypes == (
        *(ctypes.c_uint, ctypes.c_int, ctypes.c_int, ctypes.c_int),
        *(ctypes.c_uint, ctypes.c_uint, ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p),
    )
    assert gl.glGetString.restype is ctypes.c_void_p
    assert gl.glMapBufferRange.restype is ctypes.c_void_p
    assert gl.glViewport.restype is None
    assert gl.glClearColor.argtypes == (ctypes.c_float,) * 4
    assert GL_3_0.glMapBufferRange is not gl.glMapBufferRange
