"""OpenGL without a window, through EGL: surfaceless, on a device, or on the default display."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import NamedTuple

from framegate.errors import BackendUnavailable, GLError
from framegate.gl import egl_library as egl
from framegate.gl.context import GL_VERSIONS, BaseContext
from framegate.gl.selection import listed
from framegate.interfaces import ANYWHERE, GLRequest

_HINT = egl.HINT


class Display(NamedTuple):
    """An EGL display that may work: what it is, for people, and its handle."""

    kind: str
    handle: int


class EGLContext(BaseContext):
    """An OpenGL core context on one EGL display.

    Args:
        display: where it is.
        name: how it was asked for: ``egl``, or ``egl:1`` for the second device.
        checked: raise OpenGL's errors at the call that caused them; slow.

    The display stays initialised: EGL hands the same one to everybody in the process and does not count them, so
    that ending it here could pull it from under someone else.

    Raises:
        BackendUnavailable: the display does not start, or makes no core context of 3.3 or newer.
    """

    def __init__(self, display: Display, name: str = "egl", *, checked: bool = False) -> None:
        self.name = name
        self._egl = egl.library()
        self._display = display
        self._surface: int | None = None
        extensions = _start(self._egl, display)
        config = _config(self._egl, display)
        self._context = _create(self._egl, display, config)
        if "EGL_KHR_surfaceless_context" not in extensions:
            attributes = egl.attributes(egl.WIDTH, 1, egl.HEIGHT, 1)
            self._surface = self._egl.eglCreatePbufferSurface(display.handle, config, attributes)
        super().__init__(self._egl.eglGetProcAddress, checked=checked)

    @property
    def display(self) -> Display:
        """The display this context is on."""
        return self._display

    def _make_current(self) -> None:
        # Which API a thread's contexts belong to is a setting of the thread.
        self._egl.eglBindAPI(egl.OPENGL_API)
        if not self._egl.eglMakeCurrent(self._display.handle, self._surface, self._surface, self._context):
            raise GLError(f"EGL refused to make its context current: {egl.error()}")

    def _clear_current(self) -> None:
        self._egl.eglMakeCurrent(self._display.handle, None, None, None)

    def _destroy(self) -> None:
        if self._surface:
            self._egl.eglDestroySurface(self._display.handle, self._surface)
        self._egl.eglDestroyContext(self._display.handle, self._context)


def open_egl(request: GLRequest = ANYWHERE, *, checked: bool = False) -> EGLContext:
    """A context on the device asked for; else on a GPU if any display gives one, else the first that works in software.

    Raises:
        BackendUnavailable: there is no such device, or no display works; the reason lists what there is.
    """
    if request.device is not None:
        name = f"egl:{request.device}"
        return EGLContext(_device_display(request.device), name, checked=checked)
    software: EGLContext | None = None
    reasons = []
    for display in displays():
        if software is not None and display.kind == "default display":
            break  # it could only be as slow, and asking it may start talking to a display server
        try:
            context = EGLContext(display, checked=checked)
        except (BackendUnavailable, GLError) as error:
            reasons.append(error.reason if isinstance(error, BackendUnavailable) else str(error))
            continue
        if not context.info().is_software:
            if software is not None:
                software.release()
            return context
        if software is None:
            software = context
        else:
            context.release()
    if software is None:
        raise BackendUnavailable(f"EGL gives no OpenGL 3.3 context ({'; '.join(reasons)})", _HINT)
    return software


def displays() -> Iterator[Display]:
    """Every EGL display worth trying, in the order to try them: surfaceless, devices (GPUs first), default."""
    library = egl.library()
    extensions = egl.extensions(None)
    if "EGL_MESA_platform_surfaceless" in extensions:
        handle = egl.platform_display(egl.PLATFORM_SURFACELESS, None)
        if handle:
            yield Display("surfaceless", handle)
    if {"EGL_EXT_platform_device", "EGL_EXT_platform_base"} <= extensions:
        for number, device in enumerate(egl.device_handles()):
            handle = egl.platform_display(egl.PLATFORM_DEVICE, device)
            if handle:
                yield Display(f"device {number}", handle)
    handle = library.eglGetDisplay(None)
    if handle:
        yield Display("default display", handle)


def devices() -> list[str]:
    """Names of the devices, in the order in which they are numbered.

    Raises:
        BackendUnavailable: EGL is not installed.
    """
    return [egl.device_name(device) for device in egl.device_handles()]


def _device_display(number: int) -> Display:
    for display in displays():
        if display.kind == f"device {number}":
            return display
    raise BackendUnavailable(
        f"EGL gives no device {number}; there is: {listed('egl', devices())}", "choose one of these"
    )


def _start(library: ctypes.CDLL, display: Display) -> frozenset[str]:
    if not library.eglInitialize(display.handle, None, None):
        raise BackendUnavailable(f"the EGL {display.kind} does not start: {egl.error()}", _HINT)
    if not library.eglBindAPI(egl.OPENGL_API):
        raise BackendUnavailable(f"the EGL {display.kind} has no desktop OpenGL: {egl.error()}", _HINT)
    return egl.extensions(display.handle)


def _config(library: ctypes.CDLL, display: Display) -> int:
    attributes = egl.attributes(egl.SURFACE_TYPE, egl.PBUFFER_BIT, egl.RENDERABLE_TYPE, egl.OPENGL_BIT)
    config, count = ctypes.c_void_p(), ctypes.c_int()
    library.eglChooseConfig(display.handle, attributes, ctypes.byref(config), 1, ctypes.byref(count))
    if not count.value or config.value is None:
        raise BackendUnavailable(f"the EGL {display.kind} has no configuration for OpenGL: {egl.error()}", _HINT)
    return config.value


def _create(library: ctypes.CDLL, display: Display, config: int) -> int:
    for major, minor in GL_VERSIONS:
        attributes = egl.attributes(
            egl.MAJOR_VERSION, major, egl.MINOR_VERSION, minor, egl.PROFILE_MASK, egl.CORE_PROFILE_BIT
        )
        context = library.eglCreateContext(display.handle, config, None, attributes)
        if context:
            return int(context)
    raise BackendUnavailable(f"the EGL {display.kind} makes no OpenGL 3.3 core context: {egl.error()}", _HINT)
