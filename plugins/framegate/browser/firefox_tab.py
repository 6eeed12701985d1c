"""A Firefox with one page, driven by the WebDriver BiDi that Firefox itself speaks: no other driver is needed."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from framegate.browser.complaints import first_line
from framegate.browser.connection import Connection, told_in_json, value_told
from framegate.browser.engine import TabFault, TabRequest
from framegate.browser.needs import need_display
from framegate.errors import BackendUnavailable, BrowserError

SOFTWARE = "gfx.webrender.software=true"
_LISTENS = "WebDriver BiDi listening on "
_END_S = 15.0
_LONGEST = 300


class FirefoxTab:
    """See `framegate.browser.engine.Tab`. The flags are preferences, as ``NAME=VALUE`` in JSON.

    Raises:
        BackendUnavailable: the library for web sockets is missing, or there is no display for the window.
    """

    def __init__(self, request: TabRequest) -> None:
        if request.headed:
            need_display()
        self._request = request
        self._bidi = Connection(self._hear)
        self._process: asyncio.subprocess.Process | None = None
        self._words: deque[str] = deque(maxlen=1)
        self._listener: asyncio.Task[None] | None = None
        self._version = ""
        self._page = ""

    @property
    def version(self) -> str:
        """Such as ``153.8.0``."""
        return self._version

    async def start(self, folder: Path) -> None:
        """Start it with a profile of its own."""
        profile = folder / "firefox-profile"
        profile.mkdir()
        (profile / "user.js").write_text("".join(map(_preference, self._request.flags)), "utf-8")
        try:
            address = await self._launch(profile, folder)
            await self._bidi.open(f"{address}/session")
            session = await self._bidi.send("session.new", capabilities={})
            self._version = str(session["capabilities"]["browserVersion"])
            self._page = (await self._bidi.send("browsingContext.getTree"))["contexts"][0]["context"]
            await self._bidi.send("session.subscribe", events=["log.entryAdded"])
            script = self._request.script.read_text("utf-8")
            await self._bidi.send("script.addPreloadScript", functionDeclaration=f"() => {{\n{script}\n}}")
            await self.goto("about:blank")
        except TabFault as error:
            self._refuse_start(str(error))

    async def goto(self, address: str) -> None:
        """Load a page and wait for its scripts."""
        await self._bidi.send("browsingContext.navigate", context=self._page, url=address, wait="complete")

    async def evaluate(self, function: str, argument: Any) -> Any:
        """Await a function; what it is given and what it gives are JSON on their way."""
        answer = await self._bidi.send(
            "script.callFunction",
            functionDeclaration=told_in_json(function),
            arguments=[{"type": "string", "value": json.dumps(argument)}],
            target={"context": self._page},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise TabFault(answer["exceptionDetails"]["text"])
        return value_told(answer["result"]["value"])

    async def press(self, *, down: bool) -> None:
        """Press the left button of the mouse, or let go of it."""
        button = {"type": "pointerDown" if down else "pointerUp", "button": 0}
        mouse = {"type": "pointer", "id": "mouse", "actions": [button]}
        await self._bidi.send("input.performActions", context=self._page, actions=[mouse])

    async def picture(self, selector: str) -> bytes:
        """PNG, with a pixel per CSS pixel; white where the page is clear."""
        css = {"type": "css", "value": selector}
        nodes = await self._bidi.send("browsingContext.locateNodes", context=self._page, locator=css, maxNodeCount=1)
        if not nodes["nodes"]:
            raise TabFault(f"there is no {selector}")
        element = {"type": "element", "element": {"sharedId": nodes["nodes"][0]["sharedId"]}}
        answer = await self._bidi.send(
            "browsingContext.captureScreenshot", context=self._page, origin="document", clip=element
        )
        return base64.b64decode(answer["data"])

    async def gpu_process(self) -> int | None:
        """None: Firefox does not tell."""
        return None

    async def start_trace(self, categories: Sequence[str]) -> NoReturn:
        """Refuse: Firefox has no trace that says when a frame was on the display."""
        del categories
        raise BackendUnavailable("Firefox does not tell when the display had a frame", "leave --frame-presented out")

    async def stop_trace(self) -> NoReturn:
        """See `start_trace`."""
        await self.start_trace(())

    async def close(self) -> None:
        """Ask it to end, and see to it."""
        # It is on its way out, or gone; whatever it says to this, the rest has to be ended too.
        with suppress(Exception):
            await asyncio.wait_for(self._bidi.send("browser.close"), _END_S)
        with suppress(Exception):
            await self._bidi.close()
        if self._process is None:
            return
        with suppress(TimeoutError, ProcessLookupError):
            await asyncio.wait_for(self._process.wait(), _END_S)
            return
        with suppress(ProcessLookupError):
            self._process.kill()
            await self._process.wait()

    async def _launch(self, profile: Path, folder: Path) -> str:
        """Start the program; returns where it listens."""
        asked = self._request
        flags = ["--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
        software = {"LIBGL_ALWAYS_SOFTWARE": "1"} if SOFTWARE in asked.flags else {}
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
        try:
            self._process = await asyncio.create_subprocess_exec(
                asked.program,
                *([] if asked.headed else ["--headless"]),
                *flags,
                env={**os.environ, **temporary, **software},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                # Ctrl-C in a terminal is for every process of the group.
                start_new_session=True,
            )
        except OSError as error:
            raise TabFault(str(error)) from error
        async for line in self._lines(self._process):
            if line.startswith(_LISTENS):
                # Nobody reads on, and a pipe that is full would hold it up.
                self._listener = asyncio.create_task(self._drain(self._process))
                return line.removeprefix(_LISTENS)
        raise TabFault(f"it ended with exit code {await self._process.wait()}")

    async def _lines(self, process: asyncio.subprocess.Process) -> AsyncIterator[str]:
        if process.stderr is None:
            raise AssertionError("it was asked for")
        while True:
            try:
                line = await process.stderr.readline()
            except ValueError:  # it is longer than the reader holds, and has been dropped
                continue
            if not line:
                return
            text = line.decode("utf-8", "replace").strip()
            if text:
                self._words.append(text)
                yield text

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        async for _ in self._lines(process):
            pass

    def _hear(self, event: Mapping[str, Any]) -> None:
        self._request.say(str(event["params"].get("text") or ""))

    def _refuse_start(self, reason: str) -> NoReturn:
        last = f" and said: {self._words[-1][:_LONGEST]}" if self._words else ""
        raise BrowserError(
            f"{self._request.program} did not start as a browser: {first_line(reason)}{last}; name a Firefox with"
            " --frame-browser-path"
        ) from None


def _preference(flag: str) -> str:
    name, _, value = flag.partition("=")
    return f"user_pref({json.dumps(name)}, {value});\n"
