"""A page in a Chromium that runs already, driven by the DevTools protocol as it is."""

from __future__ import annotations

import asyncio
import base64
import json
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from framegate.browser.connection import Connection, told_in_json, value_told
from framegate.browser.engine import TabFault, TabRequest
from framegate.errors import BrowserError

_PATIENCE_S = 20.0
_LOOK_S = 0.5
_END_S = 10.0
# A pixel of its picture is one of its canvas, on whatever display.
_METRICS = {"width": 1280, "height": 720, "deviceScaleFactor": 1, "mobile": False}
# Pixels of a display that are no whole number of the page's would be mixed, by a little even so.
_PLACE = """selector => {
  const element = document.querySelector(selector);
  if (!element) throw new Error(`there is no ${selector}`);
  element.style.imageRendering = "pixelated";
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + scrollX, y: top + scrollY, width, height, scale: 1 };
}"""


class DevToolsTab(ABC):
    """See `framegate.browser.engine.Tab`; who uses it says where the browser is to be reached.

    Raises:
        BackendUnavailable: the library for web sockets is missing.
    """

    def __init__(self, request: TabRequest) -> None:
        self.request = request
        self._connection = Connection(self._hear)
        self._system = Connection(lambda _: None)
        self._loaded = asyncio.Event()
        self._traced: list[Any] = []
        self._trace_ended = asyncio.Event()
        self._address = ""
        self._page = ""
        self._version = ""

    @abstractmethod
    async def devtools(self) -> str:
        """HOST:PORT of the browser's DevTools.

        Raises:
            BackendUnavailable: there is no way to such a browser.
        """

    @abstractmethod
    async def reach(self, port: int) -> None:
        """Have a port of this machine's 127.0.0.1 answer the page as well."""

    @property
    def version(self) -> str:
        """Such as ``142.0.7444.59``."""
        return self._version

    async def start(self, folder: Path) -> None:
        """Open a page of its own."""
        del folder
        self._address = await self.devtools()
        try:
            about = await self._first_answer()
            self._version = str(about["Browser"]).rpartition("/")[2]
            page = await self._ask("/json/new?about:blank", "PUT")
            self._page = str(page["id"])
            await self._connection.open(page["webSocketDebuggerUrl"])
            await self._system.open(about["webSocketDebuggerUrl"])
            for method in ("Page.enable", "Runtime.enable"):
                await self._connection.send(method)
            await self._connection.send("Emulation.setDeviceMetricsOverride", **_METRICS)
            script = self.request.script.read_text("utf-8")
            await self._connection.send("Page.addScriptToEvaluateOnNewDocument", source=script)
            await self._navigate("about:blank")
        except TabFault as error:
            raise BrowserError(f"the browser at {self._address} opens no page: {error}") from None

    async def answers(self, address: str) -> bool:
        """Whether a browser is at an address already."""
        self._address = address
        with suppress(TabFault):
            await self._ask("/json/version")
            return True
        return False

    async def goto(self, address: str) -> None:
        """Load a page and wait for its scripts."""
        port = urlsplit(address).port
        if port is not None:
            await self.reach(port)
        await self._navigate(address)

    async def evaluate(self, function: str, argument: Any) -> Any:
        """Await a function; what it is given and what it gives are JSON on their way."""
        text = json.dumps(json.dumps(argument))
        answer = await self._connection.send(
            "Runtime.evaluate",
            expression=f"({told_in_json(function)})({text})",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            raise TabFault(str(answer["exceptionDetails"]["text"]))
        return value_told(answer["result"]["value"])

    async def press(self, *, down: bool) -> None:
        """Press the left button of the mouse, or let go of it."""
        kind = "mousePressed" if down else "mouseReleased"
        await self._connection.send("Input.dispatchMouseEvent", type=kind, x=0, y=0, button="left", clickCount=1)

    async def picture(self, selector: str) -> bytes:
        """PNG."""
        clip = await self.evaluate(_PLACE, selector)
        clear = {"r": 0, "g": 0, "b": 0, "a": 0}
        await self._connection.send("Emulation.setDefaultBackgroundColorOverride", color=clear)
        answer = await self._connection.send(
            "Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True
        )
        await self._connection.send("Emulation.setDefaultBackgroundColorOverride")
        return base64.b64decode(answer["data"])

    async def gpu_process(self) -> int | None:
        """None where this browser does not tell."""
        try:
            processes = (await self._system.send("SystemInfo.getProcessInfo"))["processInfo"]
        except TabFault:
            return None
        return next((process["id"] for process in processes if process["type"] == "GPU"), None)

    async def start_trace(self, categories: Sequence[str]) -> None:
        """Have events collected."""
        self._traced.clear()
        self._trace_ended.clear()
        config = {"includedCategories": list(categories), "excludedCategories": ["*"]}
        await self._connection.send("Tracing.start", transferMode="ReportEvents", traceConfig=config)

    async def stop_trace(self) -> bytes:
        """What was collected."""
        await self._connection.send("Tracing.end")
        await self._trace_ended.wait()
        return json.dumps({"traceEvents": self._traced}).encode()

    async def close(self) -> None:
        """Close the page; the browser stays."""
        # It is on its way out, or gone; whatever it says to this, the rest has to be ended too.
        if self._page:
            with suppress(Exception):
                await asyncio.wait_for(self._ask(f"/json/close/{self._page}"), _END_S)
        for connection in (self._connection, self._system):
            with suppress(Exception):
                await asyncio.wait_for(connection.close(), _END_S)

    async def _navigate(self, address: str) -> None:
        self._loaded.clear()
        answer = await self._connection.send("Page.navigate", url=address)
        if answer.get("errorText"):
            raise TabFault(str(answer["errorText"]))
        await self._loaded.wait()

    async def _first_answer(self) -> Mapping[str, Any]:
        """What a browser that may have to start first says of itself."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE_S
        while True:
            try:
                return await self._ask("/json/version")
            except TabFault:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(_LOOK_S)

    async def _ask(self, path: str, method: str = "GET") -> Mapping[str, Any]:
        request = urllib.request.Request(f"http://{self._address}{path}", method=method)

        def answer() -> bytes:
            # Nothing on this machine is reached by a proxy.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=_END_S) as opened:
                return bytes(opened.read())

        try:
            text = await asyncio.to_thread(answer)
            return dict(json.loads(text)) if text.startswith(b"{") else {}
        except (OSError, ValueError, HTTPException) as error:
            raise TabFault(f"DevTools do not answer ({error})") from error

    def _hear(self, event: Mapping[str, Any]) -> None:
        match event["method"]:
            case "Page.loadEventFired":
                self._loaded.set()
            case "Runtime.consoleAPICalled":
                self.request.say(" ".join(str(part.get("value", "")) for part in event["params"]["args"]))
            case "Runtime.exceptionThrown":
                details = event["params"]["exceptionDetails"]
                self.request.say(str(details.get("exception", {}).get("description") or details["text"]))
            case "Tracing.dataCollected":
                self._traced += event["params"]["value"]
            case "Tracing.tracingComplete":
                self._trace_ended.set()
