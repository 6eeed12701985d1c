"""A browser with one page, driven from Python with a deadline on everything."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from framegate.errors import BackendUnavailable, BrowserError

Result = TypeVar("Result")
_START_S = 60.0
_END_S = 20.0


class Browser:
    """Starts a browser and opens a page. A browser that does not answer in time is ended.

    playwright's own calls into a page have no deadline, and cannot be left while they wait; so they run on an event
    loop in a thread of their own, and this thread waits no longer than it wants to.

    Args:
        program: the browser's.
        flags: for its command line.
        headed: show a window.

    Raises:
        BackendUnavailable: playwright is not installed.
        BrowserError: the browser does not start.
    """

    def __init__(self, program: Path, flags: list[str], *, headed: bool = False) -> None:
        try:
            from playwright import async_api
        except ImportError as error:
            raise BackendUnavailable(
                f"playwright cannot be imported ({error})", "python -m pip install 'pytest-framegate[browser]'"
            ) from error
        self._api = async_api
        self._program = program
        self._said: list[str] = []
        self._driver: Any = None
        self._browser: Any = None
        self._page: Any = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="framegate browser", daemon=True)
        self._thread.start()
        try:
            self._wait(self._start(flags, headed=headed), _START_S, "start")
        except BaseException:
            self.close()
            raise

    @property
    def version(self) -> str:
        """The browser's, such as ``142.0.7444.59``."""
        return str(self._browser.version)

    def open(self, address: str, timeout_s: float) -> None:
        """Load a page and wait for its scripts.

        Raises:
            BrowserError: it does not load in time.
        """
        self._wait(self._page.goto(address, wait_until="load"), timeout_s, "load its page")

    def call(self, function: str, argument: Any, timeout_s: float) -> Any:
        """Await a function of the page, named or written out, with one argument that JSON can hold.

        Raises:
            BrowserError: it fails, does not answer in time, or the browser ends.
        """
        expression = f"argument => ({function})(argument)"
        return self._wait(self._page.evaluate(expression, argument), timeout_s, f"answer {function}")

    def close(self) -> None:
        """End the browser, whatever it is doing; a second call does nothing."""
        if self._loop.is_closed():
            return
        for end in (self._end_browser(), self._end_driver()):
            # It is on its way out, and whatever it says to that there is nothing to be done.
            with suppress(Exception):
                asyncio.run_coroutine_threadsafe(end, self._loop).result(_END_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_END_S)
        self._loop.close()

    async def _start(self, flags: list[str], *, headed: bool) -> None:
        self._driver = await self._api.async_playwright().start()
        self._browser = await self._driver.chromium.launch(
            executable_path=str(self._program), args=flags, headless=not headed, timeout=1000 * _START_S
        )
        self._page = await self._browser.new_page()
        self._page.on("console", lambda message: self._said.append(message.text))
        self._page.on("pageerror", lambda error: self._said.append(str(error)))

    async def _end_browser(self) -> None:
        if self._browser is not None:
            await self._browser.close()

    async def _end_driver(self) -> None:
        if self._driver is not None:
            await self._driver.stop()

    def _wait(self, work: Coroutine[Any, Any, Result], timeout_s: float, doing: str) -> Result:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout_s)
        except TimeoutError:
            future.cancel()
            self.close()
            raise BrowserError(
                f"the browser did not {doing} within {timeout_s:.0f} s and was ended{self._last()}"
            ) from None
        except self._api.Error as error:
            raise BrowserError(f"the browser could not {doing}: {_first_line(error)}{self._last()}") from None

    def _last(self) -> str:
        return f"; its console said last: {self._said[-1]}" if self._said else ""


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
