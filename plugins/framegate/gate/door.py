"""Where workers connect to the gate. Any program of this machine can knock: who does not know the key is not let in."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection, Listener
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

WAIT_S = 0.2
_MOST_BYTES = 4096
"""Of a worker's first message. Who announces more is no worker."""
_BACKLOG = 16


class Door:
    """Takes connections until the block ends; it closes all that it has let in.

    One that says nothing, or noise, is heard by a thread of its own, and keeps nobody waiting.
    """

    def __init__(self) -> None:
        self._key = secrets.token_hex(16)
        self._listener = Listener(("127.0.0.1", 0), backlog=_BACKLOG)
        # A listener has no deadline of its own; this one ends the thread that waits at it.
        self._listener._listener._socket.settimeout(WAIT_S)  # type: ignore[attr-defined]  # noqa: SLF001
        self._arrived: SimpleQueue[tuple[int, Connection]] = SimpleQueue()
        self._opened = ExitStack()

    @property
    def address(self) -> str:
        """Port and key, for the environment of workers: ``40123:0fe1...``."""
        return f"{self._listener.address[1]}:{self._key}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, name="gate door", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self._opened.close()

    def next(self) -> tuple[int, Connection] | None:
        """The next worker, by the index of its side; None if there is none within a moment."""
        try:
            side, connection = self._arrived.get(timeout=WAIT_S)
        except Empty:
            return None
        self._opened.callback(connection.close)
        return side, connection

    def _listen(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:  # it was closed
                return
            threading.Thread(target=self._greet, args=(connection,), name="gate guest", daemon=True).start()

    def _greet(self, connection: Connection) -> None:
        with suppress(OSError, EOFError, ValueError, TypeError, KeyError):
            message = json.loads(connection.recv_bytes(_MOST_BYTES))
            if hmac.compare_digest(str(message["key"]).encode(), self._key.encode()):
                self._arrived.put((int(message["side"]), connection))
                return
        with suppress(OSError):
            connection.close()
