"""Commands to a browser and what it tells meanwhile, as JSON through a web socket: WebDriver BiDi, and DevTools."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from framegate.browser.engine import TabFault
from framegate.errors import BackendUnavailable
from framegate.extras import how_to_install

ENDED = "it ended"
# A protocol's own error has little room for the text of a page's.
_CALL = """async (text) => {
  try {
    return JSON.stringify({ value: await (FUNCTION)(JSON.parse(text)) });
  } catch (error) {
    return JSON.stringify({ error: String(error) });
  }
}"""


def told_in_json(function: str) -> str:
    """A function of a page, as one whose argument is JSON and whose answer `value_told` reads."""
    return _CALL.replace("FUNCTION", function)


def value_told(text: str) -> Any:
    """What the function gave.

    Raises:
        TabFault: it threw.
    """
    answer = json.loads(text)
    if "error" in answer:
        raise TabFault(str(answer["error"]).removeprefix("Error: "))
    return answer.get("value")


class Connection:
    """A connection to a browser.

    Args:
        hear: function that is given each event: its ``method`` and its ``params``.

    Raises:
        BackendUnavailable: the library for web sockets is missing.
    """

    def __init__(self, hear: Callable[[Mapping[str, Any]], None]) -> None:
        try:
            from websockets import exceptions
            from websockets.asyncio import client
        except ImportError as error:
            raise BackendUnavailable(f"websockets cannot be imported ({error})", how_to_install("browser")) from error
        self._connect, self._errors = client.connect, (exceptions.WebSocketException, OSError)
        self._hear = hear
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._socket: Any = None
        self._reader: asyncio.Task[None] | None = None

    async def open(self, address: str) -> None:
        """Connect to ``ws://…``.

        Raises:
            TabFault: nobody answers there.
        """
        try:
            # On this machine, and so through no proxy; an answer may be as large as it is.
            self._socket = await self._connect(address, max_size=None, compression=None, proxy=None)
        except self._errors as error:
            raise TabFault(f"no answer from {address} ({error})") from error
        self._reader = asyncio.create_task(self._read())

    async def send(self, method: str, **parameters: Any) -> Any:
        """Send a command and await its result.

        Raises:
            TabFault: the browser refuses it, in its own words, or has ended.
        """
        if self._reader is None or self._reader.done():
            raise TabFault(ENDED)
        number = next(self._numbers)
        self._waiting[number] = answer = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
            return await answer
        except self._errors as error:
            raise TabFault(ENDED) from error
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """Close the connection; whoever waits for an answer waits no more."""
        if self._socket is not None:
            await self._socket.close()

    async def _read(self) -> None:
        with suppress(*self._errors):
            async for text in self._socket:
                self._take(json.loads(text))
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(TabFault(ENDED))

    def _take(self, message: Mapping[str, Any]) -> None:
        if "id" not in message:
            self._hear(message)
            return
        answer = self._waiting.get(message["id"] or 0)
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(TabFault(_words(message)))
        else:
            answer.set_result(message.get("result"))


def _words(message: Mapping[str, Any]) -> str:
    """What an error says: DevTools has an object with a message there, BiDi the kind, and a message beside it."""
    error = message["error"]
    return str(error["message"]) if isinstance(error, Mapping) else f"{error}: {message.get('message', '')}"
