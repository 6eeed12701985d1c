"""The seam between what drives pages and the browsers that there are; `framegate.browser.chromium` is the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from framegate.words import BrowserGPU


class DrivenBrowser(Protocol):
    """A browser with one page, whose functions are called from here: `framegate.browser.driver.Browser` is one."""

    @property
    def version(self) -> str:
        """The browser's."""
        ...

    @property
    def without(self) -> Mapping[str, str]:
        """See `Engine.without`."""
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

    def start_trace(self, timeout_s: float, categories: Sequence[str] = ()) -> None:
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


class TabFault(Exception):
    """What a browser, or what drives it, says when it cannot do what a tab was asked for."""


@dataclass(frozen=True)
class TabRequest:
    """What a browser with one page is to be.

    Attributes:
        program: the browser's.
        flags: flags for its command line, or for what stands in its place.
        headed: whether its window is seen.
        script: a file of JavaScript that runs in every page before the page's own.
        say: function that is given what the page's console says.
    """

    program: Path
    flags: Sequence[str]
    headed: bool
    script: Path
    say: Callable[[str], None]


class Tab(Protocol):
    """A browser with one page, on an event loop: no call has a deadline, and all but ``close`` may raise `TabFault`."""

    @property
    def version(self) -> str:
        """The browser's, once it has started."""
        ...

    async def start(self, folder: Path) -> None:
        """Start the browser, whose profile and all that is temporary is to be in a folder.

        Raises:
            BrowserError: it does not start; the reason is its own.
            BackendUnavailable: what it runs on is not there.
        """
        ...

    async def goto(self, address: str) -> None:
        """Load a page and wait for its scripts."""
        ...

    async def evaluate(self, function: str, argument: Any) -> Any:
        """Await a function that is written out, with an argument that JSON can hold."""
        ...

    async def press(self, *, down: bool) -> None:
        """Press a button of the mouse over the page, or let go of it; ends when the page has answered."""
        ...

    async def picture(self, selector: str) -> bytes:
        """See `framegate.browser.driver.Browser.picture`."""
        ...

    async def gpu_process(self) -> int | None:
        """The id of the process that draws, or None where the browser does not tell.

        When that changes, what was measured is void.
        """
        ...

    async def start_trace(self, categories: Sequence[str]) -> None:
        """Have the browser note from now on what is of these categories; one trace at a time.

        Raises:
            BackendUnavailable: this kind of browser writes no such trace.
        """
        ...

    async def stop_trace(self) -> bytes:
        """The trace, as JSON."""
        ...

    async def close(self) -> None:
        """End the browser, however far it came; what goes wrong then is nobody's concern."""
        ...


class Engine(Protocol):
    """A kind of browser: where it is, what it is told, and how it is driven."""

    @property
    def driven_by(self) -> str:
        """What drives it, in words."""
        ...

    @property
    def without(self) -> Mapping[str, str]:
        """What its pages may lack, ``webgl`` or ``webgpu``, and what to do then; without anything else it is broken."""
        ...

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

        Raises:
            BackendUnavailable: it has no camera that shows a video.
        """
        ...

    def gpu(self, asked: BrowserGPU) -> BrowserGPU:
        """What it draws with where ``asked`` is asked for."""
        ...

    def tab(self, request: TabRequest) -> Tab:
        """A browser with one page, which has not been started.

        Raises:
            BackendUnavailable: a library that drives it is missing, or a display for its window.
        """
        ...
