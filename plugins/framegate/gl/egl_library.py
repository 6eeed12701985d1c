"""The handful of EGL that is needed, through ctypes: PyOpenGL's EGL works only if EGL is its platform."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
from typing import Any

from framegate.errors import BackendUnavailable

HINT = "sudo apt-get install -y libegl1 libgl1-mesa-dri"

# From EGL/egl.h and EGL/eglext.h.
PLATFORM_SURFACELESS, PLATFORM_DEVICE = 0x31DD, 0x313F
OPENGL_API = 0x30A2
SURFACE_TYPE, PBUFFER_BIT = 0x3033, 0x0001
RENDERABLE_TYPE, OPENGL_BIT = 0x3040, 0x0008
MAJOR_VERSION, MINOR_VERSION = 0x3098, 0x30FB
PROFILE_MASK, CORE_PROFILE_BIT = 0x30FD, 0x0001
HEIGHT, WIDTH = 0x3056, 0x3057
_NONE = 0x3038
_EXTENSIONS = 0x3055
_DEVICE_NAMES = (
    ("EGL_EXT_device_query_name", 0x335F),
    ("EGL_EXT_device_drm_render_node", 0x3377),
    ("EGL_EXT_device_drm", 0x3233),
)
"""What says which device one is, best first: an extension, and the string it adds."""
_ERRORS = (
    "EGL_SUCCESS",
    "EGL_NOT_INITIALIZED",
    "EGL_BAD_ACCESS",
    "EGL_BAD_ALLOC",
    "EGL_BAD_ATTRIBUTE",
    "EGL_BAD_CONFIG",
    "EGL_BAD_CONTEXT",
    "EGL_BAD_CURRENT_SURFACE",
    "EGL_BAD_DISPLAY",
    "EGL_BAD_MATCH",
    "EGL_BAD_NATIVE_PIXMAP",
    "EGL_BAD_NATIVE_WINDOW",
    "EGL_BAD_PARAMETER",
    "EGL_BAD_SURFACE",
    "EGL_CONTEXT_LOST",
)
_FIRST_ERROR = 0x3000

_POINTER, _INT, _UINT, _TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_char_p
_FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "eglGetProcAddress": (_POINTER, _TEXT),
    "eglGetError": (_INT,),
    "eglQueryString": (_TEXT, _POINTER, _INT),
    "eglGetDisplay": (_POINTER, _POINTER),
    "eglInitialize": (_UINT, _POINTER, _POINTER, _POINTER),
    "eglBindAPI": (_UINT, _UINT),
    "eglChooseConfig": (_UINT, _POINTER, _POINTER, _POINTER, _INT, _POINTER),
    "eglCreateContext": (_POINTER, _POINTER, _POINTER, _POINTER, _POINTER),
    "eglDestroyContext": (_UINT, _POINTER, _POINTER),
    "eglCreatePbufferSurface": (_POINTER, _POINTER, _POINTER, _POINTER),
    "eglDestroySurface": (_UINT, _POINTER, _POINTER),
    "eglMakeCurrent": (_UINT, _POINTER, _POINTER, _POINTER, _POINTER),
}


@functools.cache
def library() -> Any:
    """The EGL library with its functions declared.

    Raises:
        BackendUnavailable: it is not installed.
    """
    for name in ("libEGL.so.1", ctypes.util.find_library("EGL")):
        if name is not None:
            try:
                loaded = ctypes.CDLL(name)
            except OSError:
                continue
            for function, (result, *arguments) in _FUNCTIONS.items():
                entry = getattr(loaded, function)
                entry.restype, entry.argtypes = result, arguments
            return loaded
    raise BackendUnavailable("EGL is not installed (looked for libEGL.so.1)", HINT)


def attributes(*pairs: int) -> Any:
    """Names and values as the list that EGL takes, its end marked."""
    return (ctypes.c_int * (len(pairs) + 1))(*pairs, _NONE)


def error() -> str:
    """The name of EGL's last error in this thread."""
    code = library().eglGetError()
    index = code - _FIRST_ERROR
    return _ERRORS[index] if 0 <= index < len(_ERRORS) else f"0x{code:04X}"


def extensions(display: int | None) -> frozenset[str]:
    """Names of a display's extensions, or of EGL itself."""
    text = library().eglQueryString(display, _EXTENSIONS)
    return frozenset(text.decode().split()) if text else frozenset()


def platform_display(platform: int, native: int | None) -> int | None:
    """The display of a platform, or None if the library has no such platform."""
    call = _extension("eglGetPlatformDisplayEXT", _POINTER, _UINT, _POINTER, _POINTER)
    handle: int | None = call(platform, native, None) if call else None
    return handle


def device_handles() -> list[int]:
    """Handles of the devices EGL knows, GPUs before software, else in EGL's order."""
    query = _extension("eglQueryDevicesEXT", _UINT, _INT, _POINTER, _POINTER)
    handles, count = (_POINTER * 32)(), ctypes.c_int()
    if query is None or not query(len(handles), handles, ctypes.byref(count)):
        return []
    return sorted((handle for handle in handles[: count.value] if handle), key=is_software_device)


def is_software_device(device: int) -> bool:
    """Whether a device draws on the CPU."""
    return "EGL_MESA_device_software" in _device_text(device, _EXTENSIONS).split()


def device_name(device: int) -> str:
    """What EGL calls a device, or the file it is, or that it is software."""
    extensions = _device_text(device, _EXTENSIONS).split()
    names = (_device_text(device, which) for extension, which in _DEVICE_NAMES if extension in extensions)
    return next(filter(None, names), "software" if is_software_device(device) else "GPU without a name")


def _device_text(device: int, which: int) -> str:
    query = _extension("eglQueryDeviceStringEXT", _TEXT, _POINTER, _INT)
    text = query(device, which) if query else None
    return text.decode(errors="replace") if text else ""


def _extension(name: str, result: Any, *arguments: Any) -> Any:
    address = library().eglGetProcAddress(name.encode())
    return ctypes.CFUNCTYPE(result, *arguments)(address) if address else None
