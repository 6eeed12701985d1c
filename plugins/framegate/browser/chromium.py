"""Chromium: which one there is, the flags it needs, and how it starts."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from framegate.browser.chromium_tab import ChromiumTab
from framegate.browser.engine import Tab, TabRequest
from framegate.errors import BackendUnavailable, UsageError
from framegate.words import BrowserGPU

_NAMES = ("google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "microsoft-edge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# Below a download of playwright's, whose folders have had several names.
_DOWNLOADED = defaultdict(
    lambda: "chrome-linux*/chrome",
    darwin="chrome-mac*/*.app/Contents/MacOS/*",
    win32="chrome-win*/chrome.exe",
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
# The second has nobody asked for permission.
_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
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


def find_chromium(path: str | None = None) -> Path:
    """The browser to start: one that is installed, else the newest that playwright has downloaded.

    Raises:
        UsageError: the one that was named is not there.
        BackendUnavailable: no Chrome or Chromium is installed.
    """
    if path is not None:
        if not Path(path).is_file():
            raise UsageError(f"--frame-browser-path {path!r} is no file; name the browser's program")
        return Path(path)
    named = (Path(path) for path in map(shutil.which, _NAMES) if path)
    placed = (Path(path) for path in _PLACES if Path(path).is_file())
    program = next(chain(named, placed, downloaded()), None)
    if program is None:
        raise BackendUnavailable(
            f"no Chrome or Chromium is installed (looked for {', '.join(_NAMES)}, and for playwright's in {_store()})",
            "sudo apt-get install -y chromium, playwright install chromium, or name one with --frame-browser-path",
        )
    return program


def downloaded() -> Iterator[Path]:
    """The browsers that ``playwright install chromium`` has brought, the newest first."""
    folders = [path for path in _store().glob("chromium-*") if path.name.removeprefix("chromium-").isdecimal()]
    for folder in sorted(folders, key=lambda path: int(path.name.removeprefix("chromium-")), reverse=True):
        # It is written when all of the download is there.
        if (folder / "INSTALLATION_COMPLETE").is_file():
            yield from (path for path in sorted(folder.glob(_DOWNLOADED[sys.platform])) if path.is_file())


def _store() -> Path:
    """Where playwright keeps its browsers."""
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if folder == "0":
        package = importlib.util.find_spec("playwright")
        return Path(package.origin if package and package.origin else "").parent / "driver/package/.local-browsers"
    if folder:
        return Path(folder).absolute()
    home = Path.home()
    usual = {
        "darwin": home / "Library" / "Caches",
        "win32": Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"),
    }
    return usual.get(sys.platform, Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")) / "ms-playwright"


def flags(gpu: str, camera: Path | None = None) -> list[str]:
    """Command-line flags for a GPU preset, ``software`` or ``native``, and for a camera that shows a video."""
    as_root = sys.platform != "win32" and os.geteuid() == 0
    cameras = [] if camera is None else [*_CAMERA, f"--use-file-for-fake-video-capture={camera.absolute()}"]
    return [*PRESETS[gpu], *_QUIET, *cameras, *(["--no-sandbox"] if as_root else [])]


class Chromium:
    """Chrome, Chromium and Edge."""

    def find(self, path: str | None = None) -> Path:
        """See `find_chromium`."""
        return find_chromium(path)

    def flags(self, gpu: BrowserGPU, camera: Path | None = None) -> list[str]:
        """See `flags`."""
        return flags(gpu, camera)

    def tab(self, request: TabRequest) -> Tab:
        """See `framegate.browser.chromium_tab.ChromiumTab`."""
        return ChromiumTab(request)


CHROMIUM = Chromium()
