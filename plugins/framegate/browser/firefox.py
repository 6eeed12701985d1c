"""Firefox: which one there is, and the preferences with which it draws and leaves the network alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framegate.browser.engine import Tab, TabRequest
from framegate.browser.firefox_tab import SOFTWARE, FirefoxTab
from framegate.browser.needs import find_program
from framegate.errors import BackendUnavailable
from framegate.words import BrowserGPU

_NAMES = ("firefox", "firefox-esr")
_PLACES = ("/Applications/Firefox.app/Contents/MacOS/firefox", r"C:\Program Files\Mozilla Firefox\firefox.exe")
_PREFERENCES: Mapping[str, Any] = {
    # A pixel of a picture of the page is one of its canvas.
    "layout.css.devPixelsPerPx": "1.0",
    # Where there is no GPU that it would take by itself.
    "webgl.force-enabled": True,
    "webgl.disable-fail-if-major-performance-caveat": True,
    # Whatever is asked of another machine goes to a proxy that is not there, names included.
    "network.proxy.type": 1,
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": 9,
    "network.proxy.socks5_remote_dns": True,
    "network.proxy.socks_remote_dns": True,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "network.proxy.failover_direct": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.http.http3.enable": False,
    "media.peerconnection.enabled": False,
}


class Firefox:
    """See `framegate.browser.engine.Engine`; its flags are preferences."""

    driven_by = "WebDriver BiDi"
    without: Mapping[str, str] = {
        "webgl": "show its window by --frame-headed, which needs a display or xvfb-run, or name another backend",
        "webgpu": "name another backend, or a Firefox that has it on this system",
    }

    def find(self, path: str | None = None) -> Path:
        """The one at ``path``, else the one that is installed.

        Raises:
            UsageError: there is no such file.
            BackendUnavailable: none is installed.
        """
        program = find_program(path, _NAMES, map(Path, _PLACES))
        if program is None:
            raise BackendUnavailable(
                f"no Firefox is installed (looked for {', '.join(_NAMES)})",
                "sudo apt-get install -y firefox-esr, or name one with --frame-browser-path",
            )
        return program

    def flags(self, gpu: BrowserGPU, camera: Path | None = None) -> list[str]:
        """Its preferences.

        Raises:
            BackendUnavailable: a camera is asked for.
        """
        if camera is not None:
            raise BackendUnavailable(
                "Firefox has no camera that shows a clip",
                "name another --frame-browser, or --frame-scenario=single-stream or offline",
            )
        software = [SOFTWARE] if gpu == "software" else []
        return [*software, *(f"{name}={json.dumps(value)}" for name, value in _PREFERENCES.items())]

    def gpu(self, asked: BrowserGPU) -> BrowserGPU:
        """As it is asked."""
        return asked

    def tab(self, request: TabRequest) -> Tab:
        """See `framegate.browser.firefox_tab.FirefoxTab`."""
        return FirefoxTab(request)


FIREFOX = Firefox()
