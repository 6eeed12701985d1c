"""What every OpenGL context shares; a kind of context adds three methods and a way to find functions."""

from __future__ import annotations

import ctypes
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Self

from framegate.errors import BackendUnavailable, GLError
from framegate.gl.process import has_drawn, refuse_process
from framegate.gl.screen import GLScreen
from framegate.glfunctions import GetProcAddress, GLFunctions
from framegate.interfaces import AS_TO_PIXELS, Drawing, GLInfo
from framegate.machine import is_software

if TYPE_CHECKING:
    from framegate.interfaces import Screen, Size

GL_VERSIONS = ((4, 6), (4, 5), (4, 3), (4, 1), (3, 3))
"""Core profile versions to ask for, best first; 3.3 is the least that the renderers need."""


class _Current(threading.local):
    """The contexts this thread has made current, innermost last: the driver too keeps one such state per thread."""

    def __init__(self) -> None:
        self.stack: list[BaseContext] = []


_current = _Current()


class BaseContext(ABC):
    """An OpenGL core context of 3.3 or newer.

    A subclass makes its context, then calls this constructor, which looks at it and releases it if it will not do.

    Args:
        get_proc_address: function that finds the context's functions while it is current.
        checked: raise OpenGL's errors at the call that caused them; slow.

    Raises:
        BackendUnavailable: the context is older than 3.3, or would crash beside the TensorFlow of this process.
        GLError: the context cannot be made current.
    """

    name: str

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """Look at the process before a driver is loaded."""
        refuse_process(cls.__name__.removesuffix("Context").lower())
        return super().__new__(cls)

    def __init__(self, get_proc_address: GetProcAddress, *, checked: bool = False) -> None:
        self._functions = GLFunctions(get_proc_address, checked=checked)
        self._released = False
        with ExitStack() as undo:
            undo.callback(self.release)
            with self.current():
                self._info = _describe(self.name, self._functions)
            has_drawn()
            undo.pop_all()

    @abstractmethod
    def _make_current(self) -> None:
        """Make this context current in this thread, in which none is; raise GLError if it will not."""

    @abstractmethod
    def _clear_current(self) -> None:
        """Leave this thread without a current context."""

    @abstractmethod
    def _destroy(self) -> None:
        """Give back everything the constructor took; the context is not current."""

    @property
    def functions(self) -> GLFunctions:
        """OpenGL entry points of this very context."""
        return self._functions

    def info(self) -> GLInfo:
        """What the context says of itself; asked once, so that it need not be current."""
        return self._info

    @contextmanager
    def current(self) -> Iterator[None]:
        """Make the context current inside a ``with`` block; blocks nest, also with other contexts' blocks.

        Raises:
            GLError: the context is released, the process was forked from one that has drawn, or the driver refuses.
        """
        if self._released:
            raise GLError(f"the {self.name} context is released; make a new one")
        refuse_process(self.name)
        stack = _current.stack
        outer = stack[-1] if stack else None
        try:
            _switch(outer, self)
        except GLError:
            _switch(None, outer)
            raise
        stack.append(self)
        try:
            yield
        finally:
            stack.pop()
            _switch(self, outer)

    def screen(self, size: Size, drawing: Drawing = AS_TO_PIXELS) -> Screen:
        """A framebuffer of that size; the context must be current, here and in all of the screen's methods."""
        return GLScreen(self._functions, size, drawing)

    def finish(self) -> None:
        """Return when all that was asked of the device is done."""
        self._functions.glFinish()

    def release(self) -> None:
        """Give the context back, with all that lives in it; a second call does nothing."""
        if self._released:
            return
        if _current.stack and _current.stack[-1] is self:
            self._clear_current()
        self._released = True
        self._destroy()


def _switch(before: BaseContext | None, after: BaseContext | None) -> None:
    """Change the thread's current context; EGL, GLX and OSMesa each refuse or ignore what the others left current."""
    if before is after:
        return
    if before is not None and not before._released:  # noqa: SLF001 - one class's own state
        before._clear_current()  # noqa: SLF001
    if after is not None and not after._released:  # noqa: SLF001
        after._make_current()  # noqa: SLF001


def _describe(name: str, gl: GLFunctions) -> GLInfo:
    vendor, renderer, version = (_text(gl, which) for which in (gl.GL_VENDOR, gl.GL_RENDERER, gl.GL_VERSION))
    numbers = (ctypes.c_int(), ctypes.c_int())
    gl.glGetIntegerv(gl.GL_MAJOR_VERSION, ctypes.byref(numbers[0]))
    gl.glGetIntegerv(gl.GL_MINOR_VERSION, ctypes.byref(numbers[1]))
    if (numbers[0].value, numbers[1].value) < GL_VERSIONS[-1]:
        raise BackendUnavailable(
            f"{name} gives OpenGL {version} ({renderer}), and 3.3 is the least that will do", "install a newer driver"
        )
    return GLInfo(vendor, renderer, version, is_software(renderer))


def _text(gl: GLFunctions, which: int) -> str:
    address = gl.glGetString(which)
    return ctypes.string_at(address).decode(errors="replace") if address else "unknown"
