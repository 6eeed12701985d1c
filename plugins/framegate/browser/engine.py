"""The seam between what drives pages and the browsers that there are; `framegate.browser.chromium` is the first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from framegate.words import BrowserGPU

GPUProcess = Callable[[], Awaitable[int | None]]
"""Asks for the id of the process that draws; None where the browser does not tell."""


class DrivenBrowser(Protocol):
    """A browser with one page, whose functions are called from here: `framegate.browser.driver.Browser` is one."""

    @property
    def version(self) -> str:
        """The browser's."""
        ...

    def open(self, address: str, timeout_s: float) -> None:
        """See `framegate.browser.driver.Browser.open`."""
        ...

    def call(self, function: str, argument: Any, timeout_s: float, doing: str = "") -> Any:
        """See `framegate.browser.driver.Browser.call`."""
        ...

    def clock_offset_s(self, timeout_s: float) -> float:
        """See `framegate.browser.driver.Browser.clock_offset_s`."""
        ...

    def start_trace(self, timeout_s: float) -> None:
        """See `framegate.browser.driver.Browser.start_trace`."""
        ...

    def stop_trace(self, timeout_s: float) -> bytes:
        """See `framegate.browser.driver.Browser.stop_trace`."""
        ...

    def clicking(self, per_s: float, timeout_s: float) -> AbstractContextManager[None]:
        """See `framegate.browser.driver.Browser.clicking`."""
        ...

    def picture(self, selector: str, timeout_s: float) -> bytes:
        """See `framegate.browser.driver.Browser.picture`."""
        ...


class PageRoutes(Protocol):
    """What serves a page its files: `framegate.browser.server.PageServer`, or a folder of one."""

    @property
    def root(self) -> str:
        """The address that names are appended to; it ends with a slash."""
        ...

    def serve(self, files: Mapping[str, Path | bytes]) -> None:
        """Answer for these names, and for no others any more."""
        ...

    def add(self, files: Mapping[str, Path | bytes]) -> None:
        """Answer for these names as well."""
        ...

    @property
    def asked(self) -> frozenset[str]:
        """The names that were asked for, among those that are answered for."""
        ...


class Engine(Protocol):
    """A kind of browser: where it is, what it is told, and how it starts."""

    def find(self, path: str | None = None) -> Path:
        """The program to start: the one at ``path``, else the one that is installed.

        Raises:
            UsageError: there is no such file.
            BackendUnavailable: none is installed.
        """
        ...

    def flags(self, gpu: BrowserGPU, camera: Path | None = None) -> list[str]:
        """Command-line flags that have it draw with ``gpu``, and leave the network alone.

        ``camera`` is a video that its one camera shows, over and over; None is a browser with the machine's cameras.
        """
        ...

    async def launch(self, playwright: Any, program: Path, flags: list[str], *, headed: bool) -> Any:
        """Start it; returns playwright's browser."""
        ...

    async def start_trace(self, browser: Any, page: Any) -> None:
        """Have a browser note from now on what `framegate.browser.trace` reads; one trace at a time."""
        ...

    async def stop_trace(self, browser: Any) -> bytes:
        """The trace, as JSON."""
        ...

    async def gpu_process(self, browser: Any) -> GPUProcess:
        """How to ask a browser for the process that draws: when that changes, what was measured is void."""
        ...
