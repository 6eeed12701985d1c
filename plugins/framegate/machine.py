"""Facts of this machine: its processors, its memory, its libraries, and whether a device of it is a GPU."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_AVAILABLE = re.compile(r"^MemAvailable:\s+(\d+) kB", re.MULTILINE)
# No machine addresses more, where the system does not say what it has.
_UNKNOWN = 1 << 47
# What every suite computes with, and what may bring it; other libraries say their versions as runtimes.
_OPENCV = ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless")
_LIBRARIES = {"numpy": ("numpy",), "opencv-python": _OPENCV}
_SOFTWARE = ("basic render", "llvmpipe", "softpipe", "software", "swiftshader", "swrast")


def usable_cores() -> int:
    """The cores that this process may use, which are fewer than the machine's in a container or under taskset."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def available_bytes() -> int:
    """Bytes that can be allocated without swapping; all memory, or a bound, if the system does not say."""
    try:
        match = _AVAILABLE.search(_MEMINFO.read_text("ascii"))
    except OSError:
        match = None
    if match:
        return int(match[1]) * 1024
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" in names and "SC_PAGE_SIZE" in names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return _UNKNOWN


def release_freed_memory() -> None:
    """Have the C library give back what was freed, where it can: glibc keeps it for later allocations."""
    import ctypes

    # Only glibc has the function; Windows does not even have the library.
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def has_library(module: str) -> bool:
    """Whether a library is installed, by the name of its module; it is not imported."""
    return find_spec(module) is not None


def installed_version(*distributions: str) -> str | None:
    """Version of the first of these distributions that is installed."""
    for name in distributions:
        with suppress(PackageNotFoundError):
            return version(name)
    return None


def library_versions() -> dict[str, str | None]:
    """Versions of the libraries that every suite computes with, by name; None where one is not installed."""
    return {name: installed_version(*distributions) for name, distributions in _LIBRARIES.items()}


def is_software(device: str) -> bool:
    """Whether the device name that OpenGL, WebGL or WebGPU reports is a software renderer."""
    return any(word in device.lower() for word in _SOFTWARE)
