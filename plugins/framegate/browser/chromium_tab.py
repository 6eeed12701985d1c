"""A Chromium with one page, driven by playwright, which speaks the DevTools protocol to it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from framegate.browser.complaints import why_not_started
from framegate.browser.engine import TabFault, TabRequest
from framegate.browser.needs import need_display
from framegate.errors import BackendUnavailable, BrowserError
from framegate.extras import how_to_install

_END_S = 20.0


class ChromiumTab:
    """See `framegate.browser.engine.Tab`.

    Raises:
        BackendUnavailable: playwright is not installed, or there is no display for the window.
    """

    def __init__(self, request: TabRequest) -> None:
        try:
            from playwright import async_api
        except ImportError as error:
            raise BackendUnavailable(f"playwright cannot be imported ({error})", how_to_install("browser")) from error
        self.request = request
        self._api = async_api
        self._driver: Any = None
        self._browser: Any = None
        self._page: Any = None
        self._system: Any = None
        self.verify_display()

    def verify_display(self) -> None:
        """See that there is what its window needs.

        Raises:
            BackendUnavailable: there is not.
        """
        if self.request.headed:
            need_display()

    @property
    def version(self) -> str:
        """Such as ``142.0.7444.59``."""
        return str(self._browser.version)

    async def start(self, folder: Path) -> None:
        """Start playwright's driver, and by it the browser."""
        with _temporary_files_in(folder):
            self._driver = await self._api.async_playwright().start()
        try:
            self._browser = await self.launch(self._driver)
            self._system = await self._browser.new_browser_cdp_session()
            context = await self.context(self._browser)
            await context.add_init_script(path=self.request.script)
            self._page = await context.new_page()
        except self._api.Error as error:
            raise BrowserError(why_not_started(self.request.program, str(error))) from None
        self._page.on("console", lambda message: self.request.say(message.text))
        self._page.on("pageerror", lambda error: self.request.say(str(error)))

    async def launch(self, driver: Any) -> Any:
        """Start the browser, without a deadline of playwright's own: the one that ends everything is the driver's."""
        return await driver.chromium.launch(
            executable_path=str(self.request.program),
            args=list(self.request.flags),
            headless=not self.request.headed,
            timeout=0,
        )

    async def context(self, browser: Any) -> Any:
        """What pages are opened in."""
        return await browser.new_context()

    async def goto(self, address: str) -> None:
        """Load a page and wait for its scripts."""
        with self._faults():
            # From a page of the same address, or of another place in it, this would load nothing.
            if self._page.url.partition("#")[0] == address.partition("#")[0]:
                await self._page.goto("about:blank")
            await self._page.goto(address, wait_until="load")

    async def evaluate(self, function: str, argument: Any) -> Any:
        """Await a function."""
        with self._faults():
            return await self._page.evaluate(function, argument)

    async def press(self, *, down: bool) -> None:
        """Press the left button of the mouse, or let go of it."""
        mouse = self._page.mouse
        with self._faults():
            await (mouse.down() if down else mouse.up())

    async def picture(self, selector: str) -> bytes:
        """PNG; without a deadline of playwright's own, as everywhere."""
        element = self._page.locator(selector)
        with self._faults():
            return bytes(await element.screenshot(omit_background=True, scale="css", timeout=0))

    async def gpu_process(self) -> int | None:
        """Ask through the DevTools protocol."""
        with self._faults():
            processes = (await self._system.send("SystemInfo.getProcessInfo"))["processInfo"]
        return next((process["id"] for process in processes if process["type"] == "GPU"), None)

    async def start_trace(self, categories: Sequence[str]) -> None:
        """Ask through the DevTools protocol; events of all processes come."""
        with self._faults():
            await self._browser.start_tracing(page=self._page, categories=list(categories))

    async def stop_trace(self) -> bytes:
        """See `start_trace`."""
        with self._faults():
            return bytes(await self._browser.stop_tracing())

    async def close(self) -> None:
        """End the browser, and then the driver, whatever became of the browser."""
        # It is on its way out, or gone; whatever it says to this, the rest has to be ended too.
        with suppress(Exception):
            if self._browser is not None:
                await asyncio.wait_for(self._browser.close(), _END_S)
        with suppress(Exception):
            if self._driver is not None:
                await asyncio.wait_for(self._driver.stop(), _END_S)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except self._api.Error as error:
            raise TabFault(str(error)) from error


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Have processes that are started in the block, and theirs, keep their temporary files in a folder."""
    names = ("TMPDIR", "TEMP", "TMP")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, str(folder)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
