"""OpenGL entry points of one context, with PyOpenGL's signatures and constants.

PyOpenGL binds a process to one platform. What it knows about OpenGL has no such limit, so only its declarations are
used here: every context brings its own addresses, and contexts of different kinds live in one process.
"""

from __future__ import annotations

import ctypes
import functools
import importlib
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from framegate.errors import BackendUnavailable, GLError

GetProcAddress = Callable[[bytes], int | None]

_MAKES = re.compile(
    "gl(?P<verb>Gen|Create|Fence|Delete)"
    "(?P<kind>Textures|Framebuffers|Renderbuffers|Buffers|VertexArrays|Samplers|Queries|Program|Shader|Sync)"
)
_VERSIONS = [f"{major}_{minor}" for major, last in ((1, 5), (2, 1), (3, 3), (4, 6)) for minor in range(last + 1)]
_ERRORS = {
    0x0500: "GL_INVALID_ENUM",
    0x0501: "GL_INVALID_VALUE",
    0x0502: "GL_INVALID_OPERATION",
    0x0503: "GL_STACK_OVERFLOW",
    0x0504: "GL_STACK_UNDERFLOW",
    0x0505: "GL_OUT_OF_MEMORY",
    0x0506: "GL_INVALID_FRAMEBUFFER_OPERATION",
    0x0507: "GL_CONTEXT_LOST",
}
# ctypes' own simple types pass as they are; whatever else PyOpenGL declares is an address.
_SIMPLE = ctypes.c_int.__mro__[1]
_WINDOWS = sys.platform == "win32"
_PROTOTYPE: Callable[..., Any] = getattr(ctypes, "WINFUNCTYPE" if _WINDOWS else "CFUNCTYPE")


class GLFunctions:
    """``gl.glClear`` and ``gl.GL_RGBA8``, for exactly one context, found at first use and then plain attributes.

    A function is a bare ctypes function: pointers are passed as integers, ctypes arrays, bytes or None, and nothing
    is checked between the caller and the driver. Call :meth:`check` where time is not taken.

    Args:
        get_proc_address: the address of an entry point, or 0 or None; the context is current when it is called.
        checked: ask for errors after every call and raise them; slow, and what tests use.
    """

    def __init__(self, get_proc_address: GetProcAddress, *, checked: bool = False) -> None:
        self._get_proc_address = get_proc_address
        self._checked = checked
        self._objects: Counter[str] = Counter()

    @property
    def checked(self) -> bool:
        """Whether every call is followed by a question for errors; set it before a renderer is built."""
        return self._checked

    @checked.setter
    def checked(self, value: bool) -> None:
        for name in [name for name in self.__dict__ if name.startswith("gl")]:
            delattr(self, name)
        self._checked = value

    def alive(self) -> dict[str, int]:
        """OpenGL objects that were made through these functions and not deleted, by kind: ``{"Textures": 2}``."""
        return {kind: count for kind, count in sorted(self._objects.items()) if count}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("GL_"):
            value = int(_declaration(name))
        elif name.startswith("gl"):
            value = self._function(name)
        else:
            raise AttributeError(name)
        setattr(self, name, value)
        return value

    def check(self, doing: str) -> None:
        """Raise what went wrong since the last question.

        Raises:
            GLError: names ``doing`` and the error code.
        """
        code = self.glGetError()
        if code:
            # More than one flag can be up; the next question must not find an old one. A lost context never stops.
            for _ in range(len(_ERRORS)):
                if not self.glGetError():
                    break
            raise GLError(f"OpenGL failed at {doing}: {_ERRORS.get(code, 'unknown error')} (0x{code:04X})")

    def _function(self, name: str) -> Any:
        declared = _declaration(name)
        address = self._get_proc_address(name.encode())
        if not address:
            raise BackendUnavailable(
                f"this OpenGL context has no {name}", "use a context with a newer OpenGL version, such as egl"
            )
        call = _PROTOTYPE(_result(declared.restype), *map(_argument, declared.argtypes or ()))(address)
        call = self._counting(name, call)
        return self._checking(name, call) if self._checked and name != "glGetError" else call

    def _counting(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        naming = _MAKES.fullmatch(name)
        if naming is None:
            return call
        step = -1 if naming["verb"] == "Delete" else 1
        many = naming["kind"].endswith("s")
        kind = naming["kind"]

        def counting(*args: Any) -> Any:
            # glDelete* passes over the name 0, as free() passes over NULL.
            self._objects[kind] += step * (args[0] if many else bool(step > 0 or args[0]))
            return call(*args)

        return counting

    def _checking(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def checking(*args: Any) -> Any:
            result = call(*args)
            self.check(name)
            return result

        return checking


def _argument(declared: Any) -> Any:
    return declared if isinstance(declared, type) and issubclass(declared, _SIMPLE) else ctypes.c_void_p


def _result(declared: Any) -> Any:
    return None if declared is None else _argument(declared)


@functools.cache
def _declaration(name: str) -> Any:
    """The constant, or the unresolved function object, that PyOpenGL declares under that name."""
    with _platform_chosen():
        for version in _VERSIONS:
            module = _import(f"OpenGL.raw.GL.VERSION.GL_{version}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"PyOpenGL declares no {name}")


def _import(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise BackendUnavailable(f"PyOpenGL cannot be imported ({error})", "python -m pip install PyOpenGL") from error


@contextmanager
def _platform_chosen() -> Iterator[None]:
    """Let PyOpenGL be imported without a display; it wants a platform though none of its functions is called."""
    variable = "PYOPENGL_PLATFORM"
    if not sys.platform.startswith("linux") or variable in os.environ or "OpenGL.platform" in sys.modules:
        yield
        return
    os.environ[variable] = "egl"
    try:
        yield
    finally:
        del os.environ[variable]
