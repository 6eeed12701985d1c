"""A GLFW window, hidden or not: OpenGL through the display server, with a back buffer to swap."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from framegate.errors import BackendUnavailable, GLError, WindowClosed
from framegate.gl.context import GL_VERSIONS, BaseContext
from framegate.gl.screen import GLScreen
from framegate.gl.x11 import DisplayWatch
from framegate.interfaces import ANYWHERE, AS_TO_PIXELS, Drawing, GLRequest, Size

if TYPE_CHECKING:
    from framegate.glfunctions import GLFunctions

_HINT = "give it a display: prefix the command with `xvfb-run -a` (sudo apt-get install -y xvfb libgl1)"


class GLFWContext(BaseContext):
    """An OpenGL core context in a window: hidden, and without waiting for the display, unless asked otherwise.

    Raises:
        BackendUnavailable: no GLFW, no display, or no core context of 3.3 or newer.
    """

    name = "glfw"

    def __init__(self, request: GLRequest = ANYWHERE, *, checked: bool = False) -> None:
        self._glfw = _library.acquire()
        self._window: Any = None
        self._keys: list[str] | None = None
        try:
            self._window = _window(self._glfw, visible=request.window)
        finally:
            if self._window is None:
                _library.release()
        super().__init__(self._address, checked=checked)
        self._is_visible = request.window
        # A driver without swap control is no reason to stop: it has no vertical synchronisation to switch off.
        with self.current(), _errors(self._glfw):
            vsync = request.vsync and controls_swaps(self._glfw)
            self._glfw.swap_interval(int(vsync))
        self._info = replace(self._info, vsync=vsync)

    def _address(self, function: bytes) -> int | None:
        address: int | None = self._glfw.get_proc_address(function.decode())
        return address

    def _make_current(self) -> None:
        _library.check_display()
        with _errors(self._glfw) as reasons:
            self._glfw.make_context_current(self._window)
        if reasons:
            raise GLError(f"GLFW refused to make its context current: {'; '.join(reasons)}")

    def _clear_current(self) -> None:
        self._glfw.make_context_current(None)

    def _destroy(self) -> None:
        self._glfw.destroy_window(self._window)
        _library.release()

    def pressed_keys(self) -> list[str]:
        """The keys that were pressed in the window since the last call: what each writes, or ``escape``.

        The first call has the window tell of them. They come in while it presents its frames, or in `wait`.
        """
        if self._keys is None:
            self._keys = []
            self._glfw.set_char_callback(self._window, lambda _, code: self._pressed(chr(code)))
            self._glfw.set_key_callback(
                self._window,
                lambda _, key, _scancode, action, _mods: (
                    self._pressed("escape") if (key, action) == (self._glfw.KEY_ESCAPE, self._glfw.PRESS) else None
                ),
            )
        pressed, self._keys[:] = list(self._keys), []
        return pressed

    def _pressed(self, key: str) -> None:
        if self._keys is not None:
            self._keys.append(key)

    def wait(self, seconds: float) -> None:
        """Let events of the window come in, for so many seconds or until one has.

        Raises:
            WindowClosed: the display server has ended.
        """
        self._glfw.wait_events_timeout(seconds)
        _library.check_display()

    def screen(self, size: Size, drawing: Drawing = AS_TO_PIXELS) -> WindowScreen:
        """A framebuffer of that size, and the window made as large, or as ``drawing`` says."""
        return WindowScreen(self._functions, size, drawing, self._glfw, self._window, is_visible=self._is_visible)


class WindowScreen(GLScreen):
    """A framebuffer object that is presented in a GLFW window.

    The window is made as large as the picture. One that is to be seen may become another size at any time, by its
    user or a window manager; the picture then fills it.
    """

    def __init__(
        self, gl: GLFunctions, size: Size, drawing: Drawing, glfw: Any, window: Any, *, is_visible: bool
    ) -> None:
        super().__init__(gl, size, drawing)
        self._is_visible = is_visible
        self._glfw = glfw
        self._window = window
        glfw.set_window_size(window, self.shown.size.width, self.shown.size.height)
        glfw.poll_events()
        # Mesa asks for a window's new size at a swap: without this one the first frame would meet the old buffer.
        glfw.swap_buffers(window)

    def present(self) -> None:
        """Ask for the framebuffer to be copied to the window's back buffer, and swap.

        Raises:
            WindowClosed: the window's user closed it, or the display server ended.
        """
        height, width = self._shown.size
        if self._is_visible:
            self._glfw.poll_events()
            if self._glfw.window_should_close(self._window):
                raise WindowClosed("the window was closed")
            width, height = self._glfw.get_framebuffer_size(self._window)
        super().present()
        self._to_window(Size(height, width))
        self._glfw.swap_buffers(self._window)
        _library.check_display()

    def _to_window(self, window: Size) -> None:
        gl = self.gl
        scaling = gl.GL_NEAREST if window == self.shown.size else gl.GL_LINEAR
        height, width = self.shown.size
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self.shown.framebuffer)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, 0)
        # The one place where a picture is turned over: a window counts its rows from below.
        gl.glBlitFramebuffer(0, 0, width, height, 0, window.height, window.width, 0, gl.GL_COLOR_BUFFER_BIT, scaling)


def controls_swaps(glfw: Any) -> bool:
    """Whether the current context's swaps can be told to wait: on X and Windows by extensions, which Xvfb lacks."""
    if glfw.get_platform() in (glfw.PLATFORM_WAYLAND, glfw.PLATFORM_COCOA):
        return True
    names = ("GLX_EXT_swap_control", "GLX_MESA_swap_control", "GLX_SGI_swap_control", "WGL_EXT_swap_control")
    return any(glfw.extension_supported(name) for name in names)


class _Library:
    """GLFW is initialised once per process: for the first context, until the last is released."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._watch: DisplayWatch | None = None

    def acquire(self) -> Any:
        with self._lock:
            glfw = _import()
            if not self._users:
                with _errors(glfw) as reasons:
                    started = glfw.init()
                if not started:
                    raise BackendUnavailable(f"GLFW cannot start: {'; '.join(reasons) or 'no reason given'}", _HINT)
                self._watch = DisplayWatch(glfw)
            self._users += 1
            return glfw

    def release(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                _import().terminate()
                if self._watch is not None:
                    self._watch.end()

    def check_display(self) -> None:
        """See that the display server has not ended.

        Raises:
            WindowClosed: it has.
        """
        if self._watch is not None:
            self._watch.check()


_library = _Library()


def _import() -> Any:
    try:
        import glfw
    except ImportError as error:
        raise BackendUnavailable(f"GLFW cannot be imported ({error})", "python -m pip install glfw") from error
    return glfw


@contextmanager
def _errors(glfw: Any) -> Iterator[list[str]]:
    """Collect what GLFW complains of inside the block, which it would otherwise turn into Python warnings."""
    reasons: list[str] = []
    previous = glfw.set_error_callback(lambda _code, text: reasons.append(text.decode(errors="replace")))
    try:
        yield reasons
    finally:
        glfw.set_error_callback(previous)


def _window(glfw: Any, *, visible: bool) -> Any:
    for major, minor in GL_VERSIONS:
        glfw.default_window_hints()
        for hint, value in (
            (glfw.VISIBLE, visible),
            (glfw.CLIENT_API, glfw.OPENGL_API),
            (glfw.CONTEXT_VERSION_MAJOR, major),
            (glfw.CONTEXT_VERSION_MINOR, minor),
            (glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE),
            # macOS has no core profile without it, and two pixels for each one unless told not to.
            (glfw.OPENGL_FORWARD_COMPAT, True),
            (glfw.COCOA_RETINA_FRAMEBUFFER, False),
        ):
            glfw.window_hint(hint, value)
        with _errors(glfw) as reasons:
            window = glfw.create_window(64, 64, "Framegate", None, None)
        if window:
            return window
    raise BackendUnavailable(f"GLFW makes no OpenGL 3.3 core window: {'; '.join(reasons) or 'no reason given'}", _HINT)
