"""Hand one trace to a viewer in the browser, which fetches it from this machine."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import quote

from framegate.errors import UsageError

PORT = 9001
"""The one port of this machine that Perfetto's page may fetch from."""
ORIGINS = {"perfetto": "https://ui.perfetto.dev", "firefox": "https://profiler.firefox.com"}


@dataclass(frozen=True)
class Served:
    """A trace that waits to be fetched.

    Attributes:
        address: where it is; its path cannot be guessed.
        link: opens it in the viewer.
        fetched: set when it has been fetched in full.
    """

    address: str
    link: str
    fetched: Event


@contextmanager
def served_trace(content: bytes, viewer: str, port: int = PORT) -> Iterator[Served]:
    """Answer for a trace on 127.0.0.1 during a block, to nobody else and to the viewer's page alone.

    Args:
        content: the trace.
        viewer: ``perfetto`` or ``firefox``.
        port: 0 takes a free one, which Perfetto's page may not fetch from.

    Raises:
        UsageError: the port is taken.
    """
    path, fetched = f"/{secrets.token_urlsafe(16)}/trace.json", Event()

    class Handler(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:  # the library's name
            """A browser asks first before a public page may fetch from this machine."""
            self._begin(204 if self.path == path else 404, 0)

        def do_GET(self) -> None:  # the library's name
            if self.path != path:
                self._begin(404, 0)
                return
            self._begin(200, len(content))
            self.wfile.write(content)
            fetched.set()

        def _begin(self, status: int, length: int) -> None:
            self.send_response(status)
            self.send_header("Access-Control-Allow-Origin", ORIGINS[viewer])
            self.send_header("Access-Control-Allow-Private-Network", "true")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 # the library's name
            del format, arguments

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError as error:
        raise UsageError(
            f"port {port} of 127.0.0.1, which the viewer fetches from, cannot be had ({error.strerror});"
            " end what uses it, such as another framegate trace"
        ) from None
    thread = Thread(target=server.serve_forever, name="framegate trace", daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}{path}"
    try:
        yield Served(address, link_to(address, viewer), fetched)
    finally:
        server.shutdown()
        server.server_close()  # waits for what is being sent
        thread.join()


def link_to(address: str, viewer: str) -> str:
    """What opens a trace at an address in a viewer."""
    if viewer == "perfetto":
        return f"{ORIGINS[viewer]}/#!/?url={address}"
    return f"{ORIGINS[viewer]}/from-url/{quote(address, safe='')}"
