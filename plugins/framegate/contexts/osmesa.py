"""Off-screen Mesa: software OpenGL from one library, without display or device."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import os
from typing import Any

from framegate.errors import BackendUnavailable, GLError
from framegate.gl.context import GL_VERSIONS, BaseContext
from framegate.interfaces import ANYWHERE, GLRequest

_NAMES = ("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so")
_HINT = "sudo apt-get install -y libosmesa6"

# From GL/osmesa.h.
_FORMAT, _RGBA = 0x22, 0x1908
_PROFILE, _CORE_PROFILE = 0x33, 0x34
_MAJOR_VERSION, _MINOR_VERSION = 0x36, 0x37
_UNSIGNED_BYTE = 0x1401


class OSMesaContext(BaseContext):
    """An OSMesa context; its own buffer is one pixel, for renderers draw in framebuffer objects.

    Raises:
        BackendUnavailable: the library is missing, or makes no core context of 3.3 or newer.
    """

    name = "osmesa"

    def __init__(self, _request: GLRequest = ANYWHERE, *, checked: bool = False) -> None:
        self._library = _library()
        self._handle = _create(self._library)
        self._buffer = (ctypes.c_ubyte * 4)()
        super().__init__(self._library.OSMesaGetProcAddress, checked=checked)

    def _make_current(self) -> None:
        if not self._library.OSMesaMakeCurrent(self._handle, self._buffer, _UNSIGNED_BYTE, 1, 1):
            raise GLError("OSMesaMakeCurrent refused the osmesa context")

    def _clear_current(self) -> None:
        self._library.OSMesaMakeCurrent(None, None, 0, 0, 0)

    def _destroy(self) -> None:
        self._library.OSMesaDestroyContext(self._handle)


def _create(library: Any) -> int:
    for major, minor in GL_VERSIONS:
        attributes = (_FORMAT, _RGBA, _PROFILE, _CORE_PROFILE, _MAJOR_VERSION, major, _MINOR_VERSION, minor, 0)
        handle = library.OSMesaCreateContextAttribs((ctypes.c_int * len(attributes))(*attributes), None)
        if handle:
            return int(handle)
    raise BackendUnavailable("OSMesa makes no OpenGL 3.3 core context", _HINT)


@functools.cache
def _library() -> Any:
    library_name = ctypes.util.find_library("OSMesa")
    for name in (*_NAMES, *([library_name] if library_name else [])):
        try:
            # The library carries gl* symbols of its own and must neither lend them out nor take libOpenGL's.
            return _declare(ctypes.CDLL(name, mode=ctypes.RTLD_LOCAL | getattr(os, "RTLD_DEEPBIND", 0)))
        except OSError:
            continue
        except AttributeError as error:
            raise BackendUnavailable(f"{name} is too old: {error}", _HINT) from error
    raise BackendUnavailable(f"OSMesa is not installed (looked for {', '.join(_NAMES)})", _HINT)


def _declare(library: Any) -> Any:
    pointer, integer = ctypes.c_void_p, ctypes.c_int
    for name, result, arguments in (
        ("OSMesaCreateContextAttribs", pointer, (pointer, pointer)),
        ("OSMesaMakeCurrent", ctypes.c_ubyte, (pointer, pointer, ctypes.c_uint, integer, integer)),
        ("OSMesaGetProcAddress", pointer, (ctypes.c_char_p,)),
        ("OSMesaDestroyContext", None, (pointer,)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
