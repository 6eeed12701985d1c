"""Messages through a socket, at either end."""

from __future__ import annotations

import os
import socket
import threading

from .messages import Message, decode, encode

CHANNEL = "FRAMEGATE_GATE_CHANNEL"
"""The environment variable with the connection's port, key and side; it is taken out when it has been read."""
OFF_VARIABLE = "FRAMEGATE_GATE_OFF"
"""The environment variable with the options that are off in a worker, and their values, as JSON."""
LOST = 3
"""The exit code of a worker whose gate has ended."""
_CHUNK = 1 << 16


class Channel:
    """One end of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = bytearray()

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            OSError: the connection has ended.
        """
        self._connection.sendall(encode(message))

    def receive(self, timeout: float | None = None, most: int | None = None) -> Message:
        """Wait for a message.

        Args:
            timeout: seconds to wait; None waits for ever.
            most: bytes of the longest message that is taken; None takes any.

        Raises:
            TimeoutError: nothing has come.
            EOFError: the connection has ended.
            OSError: the connection is broken.
            ValueError: the bytes that came are not a message, or the message is too long.
        """
        while (end := self._received.find(b"\n")) < 0:
            if most is not None and len(self._received) > most:
                raise ValueError(f"a message of more than {most} bytes")
            self._connection.settimeout(timeout)
            try:
                chunk = self._connection.recv(_CHUNK)
            except BlockingIOError:
                raise TimeoutError from None
            finally:
                self._connection.settimeout(None)
            if not chunk:
                raise EOFError
            self._received += chunk
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return decode(line)

    def order(self) -> Message:
        """Wait for an order of the gate; the process ends here if the gate has ended."""
        try:
            return self.receive()
        except (EOFError, OSError):
            os._exit(LOST)

    def end_with_the_gate(self) -> None:
        """End this process as soon as the gate ends; for workers that are told nothing more."""
        threading.Thread(target=self.order, name="gate", daemon=True).start()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def fileno(self) -> int:
        """The handle to wait at, for ``selectors``."""
        return self._connection.fileno()
