"""Serves a page and a model's files to a browser on this machine, and to nobody else."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
}
_HEADERS = {
    # Without these two a page has neither threads nor a fine clock.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' blob: 'unsafe-eval' 'wasm-unsafe-eval'; worker-src 'self' blob:;"
        " connect-src 'self' blob: data:; img-src 'self' blob: data:"
    ),
    "X-Content-Type-Options": "nosniff",
}


class PageServer:
    """Answers for the names it was given, on a free port of 127.0.0.1, under a path that nobody can guess.

    There is no folder behind it: a name that is not in ``routes`` is not found, whatever dots and slashes it has.

    Attributes:
        routes: name in the address -> a file, or the bytes themselves; may be changed while it runs.
    """

    def __init__(self) -> None:
        self.routes: dict[str, Path | bytes] = {}
        self._token = secrets.token_urlsafe(24)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.routes, self._token))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="framegate page server", daemon=True)
        self._thread.start()

    @property
    def root(self) -> str:
        """The address that names are appended to; it ends with a slash."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{self._token}/"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def page_server() -> Iterator[PageServer]:
    """A server for the length of a block."""
    server = PageServer()
    try:
        yield server
    finally:
        server.close()


def _handler(routes: dict[str, Path | bytes], token: str) -> type[BaseHTTPRequestHandler]:
    prefix = f"/{token}/"

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            held = routes.get(self.path.removeprefix(prefix)) if self.path.startswith(prefix) else None
            try:
                self._answer(held)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _answer(self, held: Path | bytes | None) -> None:
            if held is None or (isinstance(held, Path) and not held.is_file()):
                self._head(HTTPStatus.NOT_FOUND, 0, "text/plain")
                return
            kind = _TYPES.get(PurePosixPath(self.path).suffix, "application/octet-stream")
            if isinstance(held, bytes):
                self._head(HTTPStatus.OK, len(held), kind)
                self.wfile.write(held)
                return
            with held.open("rb") as file:
                self._head(HTTPStatus.OK, held.stat().st_size, kind)
                shutil.copyfileobj(file, self.wfile)

        def _head(self, status: HTTPStatus, length: int, kind: str) -> None:
            self.send_response(status)
            for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(length)}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: this is no web server's console."""

    return Handler
