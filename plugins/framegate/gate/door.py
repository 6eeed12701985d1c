"""The port at which workers connect to the gate. Any program of this machine can connect; only a key lets it in."""

from __future__ import annotations

import hmac
import secrets
import selectors
import socket
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from framegate.gate.worker.channel import Channel
from framegate.gate.worker.messages import Hello

WAIT_S = 0.2
"""Between two knocks whoever waits for workers looks whether one of them has ended, and will never come."""
_MOST_BYTES = 4096
"""Longest first message of a worker. A longer one does not come from a worker."""
_BACKLOG = 16


class Door:
    """Takes connections until the block ends, and closes all of them then.

    It listens to all who knock at once: one that says nothing, or noise, keeps nobody waiting.
    """

    def __init__(self) -> None:
        self._key = secrets.token_hex(16)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self._listener.settimeout(0)
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(self._listener, selectors.EVENT_READ)
        self._opened = ExitStack()

    @property
    def address(self) -> str:
        """Port and key, for the environment of workers: ``40123:0fe1...``."""
        return f"{self._listener.getsockname()[1]}:{self._key}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.close()
        self._listener.close()
        self._opened.close()

    def next(self) -> tuple[int, Channel] | None:
        """The next worker, by the index of its side; None if no worker calls within a moment."""
        while ready := self._waiting.select(WAIT_S):
            for key, _ in ready:
                if key.fileobj is self._listener:
                    self._let_in()
                elif (side := self._greet(key.data)) is not None:
                    return side, key.data
        return None

    def _greet(self, guest: Channel) -> int | None:
        """Read a guest's first message; the index of its side, if it is a worker."""
        try:
            hello = guest.receive(timeout=0, most=_MOST_BYTES)
        except TimeoutError:  # it has not finished
            return None
        except (OSError, EOFError, ValueError):
            hello = None
        self._waiting.unregister(guest)
        if isinstance(hello, Hello) and hmac.compare_digest(str(hello.key).encode(), self._key.encode()):
            return hello.side
        guest.close()
        return None

    def _let_in(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # it has gone again
            return
        guest = Channel(connection)
        self._opened.callback(guest.close)
        self._waiting.register(guest, selectors.EVENT_READ, guest)
