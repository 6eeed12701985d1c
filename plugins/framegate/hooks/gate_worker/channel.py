"""JSON objects to and from the gate."""

from __future__ import annotations

import json
import os
import threading
from multiprocessing.connection import Connection
from typing import Any

LOST = 3
"""The exit code of a worker whose gate has ended."""


class Channel:
    """JSON objects to and from the gate."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, **message: Any) -> None:
        """Send one object."""
        self._connection.send_bytes(json.dumps(message, default=str).encode())

    def receive(self) -> dict[str, Any]:
        """Wait for one object; the process ends here if the gate has ended."""
        try:
            message: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            os._exit(LOST)
        return message

    def end_with_the_gate(self) -> None:
        """End this process as soon as the gate ends; for workers that are told nothing more."""
        threading.Thread(target=self.receive, name="gate", daemon=True).start()
