"""The seam between what drives pages and the browsers that there are; `framegate.browser.chromium` is the first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from framegate.words import BrowserGPU

GPUProcess = Callable[[], Awaitable[int | None]]
"""Asks for the id of the process that draws; None where the browser does not tell."""


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
