"""A browser with one page, driven from Python with a deadline on everything."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import deque
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from framegate.browser.chromium import CHROMIUM
from framegate.browser.complaints import first_line
from framegate.browser.engine import Engine, TabFault, TabRequest
from framegate.browser.trace import NOTED
from framegate.browser.watcher import WatchedFolder
from framegate.errors import BrowserError, NoAnswer

Result = TypeVar("Result")
_FAULTS = Path(__file__).parent / "page" / "faults.js"
_START_S = 60.0
# More than a tab takes to give up on its browser and on what drives it.
_END_S = 45.0
_LONGEST = 300
_CLOCK_LOOKS = 9


class Browser:
    """Starts a browser and opens a page. A browser that does not answer in time is ended.

    playwright's own calls into a page have no deadline, and cannot be left while they wait; so they run on an event
    loop in a thread of their own, and this thread waits no longer than it wants to.

    Args:
        program: the browser's.
        flags: flags for its command line.
        engine: the kind of browser that it is.
        headed: show a window.
        start_s: how long it may take to start.
        call_s: how long each call into the page may take; None leaves it to the calls.

    Raises:
        BackendUnavailable: what drives it is not installed, or there is no display for the window.
        BrowserError: the browser does not start.
    """

    def __init__(
        self,
        program: Path,
        flags: list[str],
        *,
        engine: Engine = CHROMIUM,
        headed: bool = False,
        start_s: float = _START_S,
        call_s: float | None = None,
    ) -> None:
        self._call_s = call_s
        self._said: deque[str] = deque(maxlen=1)
        self._gpu: int | None = None
        self.without = engine.without
        """What its pages may lack, and what to do then."""
        self._tab = engine.tab(TabRequest(program, flags, headed, _FAULTS, self._said.append))
        self._folder = WatchedFolder()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="framegate browser", daemon=True)
        self._thread.start()
        try:
            self._wait(self._tab.start(self._folder.path), start_s, f"start ({program})")
        except BaseException:
            self.close()
            raise

    @property
    def version(self) -> str:
        """The browser's, such as ``142.0.7444.59``."""
        return self._tab.version

    @property
    def has_ended(self) -> bool:
        """Whether it was closed, be it because it did not answer in time."""
        return self._loop.is_closed()

    def open(self, address: str, timeout_s: float) -> None:
        """Load a page and wait for its scripts.

        Raises:
            BrowserError: it does not load in time.
        """
        self._wait(self._tab.goto(address), timeout_s, "load its page")

    def call(self, function: str, argument: Any, timeout_s: float, doing: str = "") -> Any:
        """Await a function of the page, named or written out, with one argument that JSON can hold.

        Args:
            function: the function.
            argument: its argument.
            timeout_s: how long it may take.
            doing: what that is, for errors: ``load the model``; empty is ``answer FUNCTION``.

        Raises:
            NoAnswer: it does not answer in time; the browser has been ended.
            BrowserError: it fails, loses its GPU, or the browser ends.
        """
        return self._wait(self._call(function, argument), self._call_s or timeout_s, doing or f"answer {function}")

    def clock_offset_s(self, timeout_s: float) -> float:
        """Seconds from the zero of the page's ``performance.now()`` to that of ``time.perf_counter()``.

        Raises:
            BrowserError: the page does not answer in time, or the browser ends.
        """
        return self._wait(self._clock_offset(), self._call_s or timeout_s, "tell the time")

    def start_trace(self, timeout_s: float, categories: Sequence[str] = NOTED) -> None:
        """Note from now on what the browser does.

        Args:
            timeout_s: how long it may take to begin.
            categories: categories of events, whose names are in `framegate.browser.trace`.

        Raises:
            BrowserError: it cannot, or does not in time.
        """
        self._wait(self._tab.start_trace(categories), self._call_s or timeout_s, "begin a trace")

    def stop_trace(self, timeout_s: float) -> bytes:
        """What was noted, as `framegate.browser.trace` reads it.

        Raises:
            BrowserError: it does not come in time, or the browser ends.
        """
        return self._wait(self._tab.stop_trace(), self._call_s or timeout_s, "end a trace")

    @contextmanager
    def clicking(self, per_s: float, timeout_s: float) -> Iterator[None]:
        """Press and release the mouse over the page during a block, so many times per second together.

        No press waits for the page's answer to the one before. The block ends when all have theirs.

        Raises:
            BrowserError: the answers do not come in time, or the browser ends.
        """
        clicks: list[asyncio.Task[None]] = []
        begun = asyncio.run_coroutine_threadsafe(self._click(per_s, clicks), self._loop)
        try:
            yield
        finally:
            begun.cancel()
        self._wait(self._all_of(clicks), self._call_s or timeout_s, "answer its mouse")

    def picture(self, selector: str, timeout_s: float) -> bytes:
        """What the browser shows of an element of the page: PNG, with a pixel per CSS pixel, and clear where that is.

        Raises:
            BrowserError: it does not come in time, or the browser ends.
        """
        return self._wait(self._tab.picture(selector), self._call_s or timeout_s, f"show its {selector}")

    def kill(self) -> None:
        """End the browser at once, and ask it nothing: one whose page stands still would be waited for."""
        if not self.has_ended:
            self._folder.close()
            self.close()

    def close(self) -> None:
        """End the browser, whatever it is doing; a second call does nothing."""
        if self.has_ended:
            return
        # What the loop has to say from now on is about a browser that is going.
        self._loop.set_exception_handler(lambda *_: None)
        self._try(self._tab.close())
        self._folder.close()
        self._try(self._drop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_END_S)
        self._loop.close()

    async def _call(self, function: str, argument: Any) -> Any:
        answer = await self._tab.evaluate(f"argument => faults.watch(() => ({function})(argument))", argument)
        gpu = await self._tab.gpu_process()
        # The first call may still end in another GPU process than it began in: one that a broken driver took down is
        # replaced by one without it, and the page says which it got.
        if self._gpu not in {None, gpu}:
            raise TabFault("its GPU process ended in the meantime")
        self._gpu = gpu
        return answer

    async def _clock_offset(self) -> float:
        looks = []
        for _ in range(_CLOCK_LOOKS):
            asked_s = time.perf_counter()
            page_ms = await self._tab.evaluate("() => performance.now()", None)
            taken_s = time.perf_counter() - asked_s
            looks.append((taken_s, asked_s + taken_s / 2 - float(page_ms) / 1000))
        # The shortest way there and back leaves the least room for an error.
        return min(looks)[1]

    async def _click(self, per_s: float, clicks: list[asyncio.Task[None]]) -> None:
        began = self._loop.time()
        for turn in itertools.count():
            await asyncio.sleep(began + turn / per_s - self._loop.time())
            clicks.append(self._loop.create_task(self._tab.press(down=turn % 2 == 0)))

    async def _all_of(self, tasks: list[asyncio.Task[None]]) -> None:
        await asyncio.gather(*tasks)

    async def _drop(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _try(self, work: Coroutine[Any, Any, None]) -> None:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        # It is on its way out, and whatever it says to that there is nothing to be done.
        with suppress(Exception):
            future.result(_END_S)
        future.cancel()

    def _wait(self, work: Coroutine[Any, Any, Result], timeout_s: float, doing: str) -> Result:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout_s)
        except TimeoutError:
            future.cancel()
            self.close()
            raise NoAnswer(
                f"the browser did not {doing} within {timeout_s:.0f} s and was ended{self._last()}", timeout_s
            ) from None
        except TabFault as error:
            raise BrowserError(f"the browser could not {doing}: {first_line(str(error))}{self._last()}") from None

    def _last(self) -> str:
        return f"; its console said last: {first_line(self._said[-1])[:_LONGEST]}" if self._said else ""
