"""Chromium: which one there is, the flags it needs, and how it starts."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from framegate.browser.chromium_tab import ChromiumTab
from framegate.browser.engine import Tab, TabRequest
from framegate.browser.needs import find_program
from framegate.errors import BackendUnavailable
from framegate.words import BrowserGPU

_NAMES = {
    "chrome": ("google-chrome-stable", "google-chrome"),
    "chromium": ("chromium", "chromium-browser"),
    "msedge": ("microsoft-edge-stable", "microsoft-edge"),
}
_PLACES = {
    "chrome": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    ),
    "chromium": ("/Applications/Chromium.app/Contents/MacOS/Chromium",),
    "msedge": (
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
    ),
}
_HINTS = {
    "chrome": "install it from google.com/chrome",
    "chromium": "sudo apt-get install -y chromium, playwright install chromium",
    "msedge": "install it from microsoft.com/edge",
}
# Below a download of playwright's, whose folders have had several names.
_DOWNLOADED = defaultdict(
    lambda: "chrome-linux*/chrome",
    darwin="chrome-mac*/*.app/Contents/MacOS/*",
    win32="chrome-win*/chrome.exe",
)
# What a browser does beside its pages: it renders one for its address bar, as long as all else that it does to start.
_OWN_PAGES = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
# The last list of features is the one that counts; the first is playwright's.
_OFF_BY_PLAYWRIGHT = (
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *(
        "DestroyProfileOnBrowserClose",
        "HttpsFirstBalancedModeAutoEnable",
        "HttpsUpgrades",
        "LensOverlay",
        "MediaRouter",
    ),
    *("NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    *("TcpPortRandomizationWin", "ThirdPartyStoragePartitioning"),
    *("msEdgeUpdateLaunchServicesPreferredVersion", "msForceBrowserSignIn"),
)
_QUIET = (
    "--disable-background-networking",
    f"--disable-features={','.join((*_OWN_PAGES, *_OFF_BY_PLAYWRIGHT))}",
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
    return _find(path, tuple(_NAMES), "Chrome or Chromium", "chromium")


def _find(path: str | None, channels: Sequence[str], title: str, hinted: str) -> Path:
    names = [name for channel in channels for name in _NAMES[channel]]
    places = (Path(place) for channel in channels for place in _PLACES[channel])
    program = find_program(path, names, chain(places, downloaded() if "chromium" in channels else ()))
    if program is None:
        others = f", and for playwright's in {_store()}" if "chromium" in channels else ""
        raise BackendUnavailable(
            f"no {title} is installed (looked for {', '.join(names)}{others})",
            f"{_HINTS[hinted]}, or name one with --frame-browser-path",
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
    """Chrome, Chromium and Edge: the first that is installed."""

    driven_by = "playwright"
    without: Mapping[str, str] = {}

    def find(self, path: str | None = None) -> Path:
        """See `find_chromium`."""
        return find_chromium(path)

    def flags(self, gpu: BrowserGPU, camera: Path | None = None) -> list[str]:
        """See `flags`."""
        return flags(gpu, camera)

    def gpu(self, asked: BrowserGPU) -> BrowserGPU:
        """As it is asked."""
        return asked

    def tab(self, request: TabRequest) -> Tab:
        """See `framegate.browser.chromium_tab.ChromiumTab`."""
        return ChromiumTab(request)


class ChromiumChannel(Chromium):
    """One of them.

    Args:
        name: ``chrome``, ``chromium`` or ``msedge``.
        title: its name in words.
    """

    def __init__(self, name: str, title: str) -> None:
        self._name, self._title = name, title

    def find(self, path: str | None = None) -> Path:
        """The program at ``path``, else where this one is usually installed.

        Raises:
            UsageError: the one that was named is not there.
            BackendUnavailable: it is not installed.
        """
        return _find(path, [self._name], self._title, self._name)


CHROMIUM = Chromium()
