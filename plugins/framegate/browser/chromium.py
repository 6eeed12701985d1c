"""Which Chromium there is, and the flags it needs."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from framegate.errors import BackendUnavailable, UsageError

_NAMES = ("google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "microsoft-edge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Whatever would be asked of another machine ends before it leaves this one, and never at a proxy.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--no-proxy-server",
)
PRESETS = {
    # Without the two for Vulkan, drawing and synchronous reads lose the WebGPU device.
    "software": (
        "--use-angle=swiftshader",
        "--use-vulkan=swiftshader",
        "--enable-features=Vulkan",
        "--enable-unsafe-webgpu",
        "--use-webgpu-adapter=swiftshader",
        "--enable-unsafe-swiftshader",
    ),
    "native": ("--enable-unsafe-webgpu",),
}
"""Flags by ``--frame-browser-gpu``."""


_SOFTWARE = ("swiftshader", "llvmpipe", "softpipe", "basic render")


def is_software(device: str) -> bool:
    """Whether what WebGL or WebGPU calls its device is no GPU."""
    return any(word in device.lower() for word in _SOFTWARE)


def find_chromium(given: str | None = None) -> Path:
    """The browser to start.

    Raises:
        UsageError: the one that was named is not there.
        BackendUnavailable: there is none.
    """
    if given is not None:
        if not Path(given).is_file():
            raise UsageError(f"--frame-browser-path {given!r} is no file; name the browser's program")
        return Path(given)
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    place = next((path for path in _PLACES if Path(path).is_file()), None)
    if found is None and place is None:
        raise BackendUnavailable(
            f"no Chrome or Chromium is installed (looked for {', '.join(_NAMES)})",
            "sudo apt-get install -y chromium, or name one with --frame-browser-path",
        )
    return Path(found or place or "")


def flags(gpu: str) -> list[str]:
    """Command-line flags for a GPU preset, ``software`` or ``native``."""
    as_root = sys.platform != "win32" and os.geteuid() == 0
    return [*PRESETS[gpu], *_QUIET, *(["--no-sandbox"] if as_root else [])]
