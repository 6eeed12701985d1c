"""What to do where a library that every suite needs is installed and cannot be loaded."""

from __future__ import annotations

from collections.abc import Iterator

from framegate.errors import LibraryUnavailable

HEADLESS = (
    "pip uninstall opencv-python and pip install opencv-python-headless, which needs no system library and does as well"
)
PACKAGES = {"libGL.": "libgl1", "libglib-": "libglib2.0-0", "libgthread-": "libglib2.0-0"}
"""How the name of a system library that OpenCV is linked to begins -> the package of Debian and Ubuntu that has it."""


def unavailable(error: ImportError) -> LibraryUnavailable | None:
    """The error to show in place of an ImportError of OpenCV's; None for one of anything else."""
    if "cv2" not in {error.name, *_importing(error)}:
        return None
    return LibraryUnavailable(f"OpenCV cannot be loaded: {error}; {how_to_load(error)}")


def how_to_load(error: ImportError) -> str:
    """What to install where OpenCV cannot be loaded."""
    if isinstance(error, ModuleNotFoundError):
        return "pip install opencv-python"
    package = next((package for start, package in PACKAGES.items() if str(error).startswith(start)), None)
    return f"apt-get install {package}, or {HEADLESS}" if package else HEADLESS


def _importing(error: ImportError) -> Iterator[str]:
    """The packages whose code ran when it was raised."""
    trace = error.__traceback__
    while trace is not None:
        yield str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0]
        trace = trace.tb_next
