"""Shader programs, with the compiler's own words when it refuses."""

from __future__ import annotations

import ctypes
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from framegate.errors import GLError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from framegate.glfunctions import GLFunctions


def link(gl: GLFunctions, sources: Mapping[str, str]) -> int:
    """A program of these shaders, by stage (``vertex``, ``fragment``, ``compute``); the caller deletes it.

    Raises:
        GLError: the driver refuses a shader or the program; nothing is left behind.
    """
    with ExitStack() as undo, ExitStack() as shaders:
        program = gl.glCreateProgram()
        undo.callback(gl.glDeleteProgram, program)
        for stage, source in sources.items():
            shader = gl.glCreateShader(getattr(gl, f"GL_{stage.upper()}_SHADER"))
            shaders.callback(gl.glDeleteShader, shader)
            _compile(gl, shader, stage, source)
            gl.glAttachShader(program, shader)
            shaders.callback(gl.glDetachShader, program, shader)
        gl.glLinkProgram(program)
        if not _asked(gl.glGetProgramiv, program, gl.GL_LINK_STATUS):
            raise GLError(f"the driver cannot link a program: {_log(gl, 'Program', program)}")
        undo.pop_all()
    return int(program)


def _compile(gl: GLFunctions, shader: int, what: str, source: str) -> None:
    text = ctypes.c_char_p(source.encode())
    gl.glShaderSource(shader, 1, ctypes.byref(text), None)
    gl.glCompileShader(shader)
    if not _asked(gl.glGetShaderiv, shader, gl.GL_COMPILE_STATUS):
        raise GLError(f"the driver refuses a {what} shader: {_log(gl, 'Shader', shader)}")


def _asked(get: Callable[[int, int, Any], None], name: int, what: int) -> int:
    value = ctypes.c_int()
    get(name, what, ctypes.byref(value))
    return value.value


def _log(gl: GLFunctions, kind: str, name: int) -> str:
    buffer = ctypes.create_string_buffer(4096)
    getattr(gl, f"glGet{kind}InfoLog")(name, len(buffer), None, buffer)
    return buffer.value.decode(errors="replace") or "no reason given"
