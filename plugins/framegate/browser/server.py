"""Serves a page and a model's files to a browser on this machine, and to nobody else."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self, cast

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
}
_BYTES = "application/octet-stream"
_HEADERS = {
    # Without these two a page has neither threads nor a fine clock.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' blob: 'unsafe-eval' 'wasm-unsafe-eval'; worker-src 'self' blob:;"
        " connect-src 'self' blob: data:; img-src 'self' blob: data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TIMEOUT_S = 60.0
# How soon it sees that it is to end.
_POLL_S = 0.1

Answer = Callable[[BinaryIO, int], str | bytes]
"""Answers what a page sends: given its body and the number of bytes in that, it returns JSON as text, or bytes."""


class PageServer:
    """Answers for the names it was given, on a free port of 127.0.0.1, under a path that nobody can guess.

    There is no folder behind it: a name that is not in ``routes`` is not found, whatever dots and slashes it has. A
    request whose ``Host`` is another than this server's is refused: it is what a page from elsewhere sends, whose name
    was made to mean this machine.

    """

    def __init__(self) -> None:
        self._routes: dict[str, ServedFile | bytes] = {}
        self._answers: dict[str, Answer] = {}
        self._token = secrets.token_urlsafe(24)
        self._server = _Server(self._routes, self._answers, f"/{self._token}/")
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=[_POLL_S], name="framegate page server", daemon=True
        )
        self._thread.start()

    @property
    def root(self) -> str:
        """The address that names are appended to; it ends with a slash."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{self._token}/"

    @property
    def asked(self) -> frozenset[str]:
        """The names that were asked for since ``serve``, among those that are answered for."""
        return frozenset(self._server.asked.copy())

    def serve(self, files: Mapping[str, Path | bytes]) -> None:
        """Answer for these names, and for no others any more.

        A link is followed now, and the file that it leads to is what is served: whatever takes its place later, or that
        of a folder above it, is not.

        Args:
            files: name in the address -> a file, or the bytes themselves.
        """
        self._routes.clear()
        self._server.asked.clear()
        self.add(files)

    def add(self, files: Mapping[str, Path | bytes]) -> None:
        """Answer for these names as well."""
        self._routes.update(
            {name: content if isinstance(content, bytes) else ServedFile.of(content) for name, content in files.items()}
        )

    def answer(self, answers: Mapping[str, Answer]) -> None:
        """Answer what is sent to these names, each on a thread of its own; nothing else that is sent is read."""
        self._answers.update(answers)

    def forget(self, prefix: str) -> None:
        """Forget that names that begin so were asked for."""
        self._server.asked -= {name for name in self._server.asked.copy() if name.startswith(prefix)}

    def folder(self, name: str) -> PageFolder:
        """Names below a folder, which are served and forgotten together."""
        return PageFolder(self, name, self._routes)

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class PageFolder:
    """A part of a server's names, for a page of its own beside others.

    Args:
        server: the server.
        name: the folder's name.
        routes: the server's, which this folder adds to.
    """

    def __init__(self, server: PageServer, name: str, routes: dict[str, ServedFile | bytes]) -> None:
        self._server = server
        self._prefix = f"{name}/"
        self._routes = routes

    @property
    def root(self) -> str:
        """The address that names are appended to; it ends with a slash."""
        return self._server.root + self._prefix

    @property
    def asked(self) -> frozenset[str]:
        """The names that were asked for since ``serve``, among those that are answered for."""
        names = (name for name in self._server.asked if name.startswith(self._prefix))
        return frozenset(name.removeprefix(self._prefix) for name in names)

    def serve(self, files: Mapping[str, Path | bytes]) -> None:
        """Answer for these names, and for no others of the folder any more."""
        self.close()
        self.add(files)

    def add(self, files: Mapping[str, Path | bytes]) -> None:
        """Answer for these names as well."""
        self._server.add({self._prefix + name: content for name, content in files.items()})

    def close(self) -> None:
        """Answer for no name of the folder any more, and forget what was asked for."""
        for name in [name for name in tuple(self._routes) if name.startswith(self._prefix)]:
            del self._routes[name]
        self._server.forget(self._prefix)


@contextmanager
def page_server() -> Iterator[PageServer]:
    """A server for the length of a block."""
    server = PageServer()
    try:
        yield server
    finally:
        server.close()


@dataclass(frozen=True)
class ServedFile:
    """A file, by its place and by what it is.

    Attributes:
        path: without links.
        identity: device and number of the file; None if there was none.
    """

    path: Path
    identity: tuple[int, int] | None

    @classmethod
    def of(cls, path: Path) -> Self:
        """The file that a path leads to now."""
        try:
            resolved = path.resolve(strict=True)
            return cls(resolved, _identity(resolved.stat()))
        except OSError:
            return cls(path, None)

    def open(self) -> BinaryIO | None:
        """Open a regular file; None if it is missing, is no regular file, or was replaced since it was named."""
        try:
            opened = os.open(self.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except OSError:
            return None
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode) or _identity(status) != self.identity:
            os.close(opened)
            return None
        return os.fdopen(opened, "rb")


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, routes: Mapping[str, ServedFile | bytes], answers: Mapping[str, Answer], prefix: str) -> None:
        self._routes = routes
        self._answers = answers
        self._prefix = prefix
        self._connections: set[socket.socket] = set()
        self.asked: set[str] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def find(self, path: str) -> ServedFile | bytes | None:
        """What was given for a path of a request, if anything."""
        name = path.removeprefix(self._prefix) if path.startswith(self._prefix) else None
        if name is None or name not in self._routes:
            return None
        self.asked.add(name)
        return self._routes[name]

    def answer_of(self, path: str) -> Answer | None:
        """What answers that which is sent to a path, if anything."""
        return self._answers.get(path.removeprefix(self._prefix)) if path.startswith(self._prefix) else None

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def close_request(self, request: object) -> None:
        self._connections.discard(cast("socket.socket", request))
        super().close_request(cast("socket.socket", request))

    def server_close(self) -> None:
        """Stop listening, and end the connections that browsers keep."""
        super().server_close()
        for connection in tuple(self._connections):
            # Its thread may have closed it by now.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        """Say nothing: a browser that is killed leaves its connections as they are."""


class _Body:
    """What a request brings, and nothing of the next one on its connection."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self.left = length
        """Number of its bytes that nobody has read."""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, all of them or so many."""
        return self._counted(self._file.read, size)

    def readline(self, size: int = -1) -> bytes:
        """The rest of a line, or so many bytes of it."""
        return self._counted(self._file.readline, size)

    def _counted(self, read: Callable[[int], bytes], size: int) -> bytes:
        content = read(self.left if size < 0 else min(size, self.left))
        self.left -= len(content)
        return content


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT_S
    # Else an answer of two parts waits for the browser to say that it has the first, which it does not hurry with.
    disable_nagle_algorithm = True
    server: _Server

    def parse_request(self) -> bool:
        """Refuse other methods and other names of this machine before anything is looked up."""
        if not super().parse_request():
            return False
        if self.command != "GET" and not (self.command == "POST" and self.server.answer_of(self.path)):
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)
            return False
        if self.headers.get_all("Host") != [f"127.0.0.1:{self.server.server_address[1]}"]:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return False
        return True

    def do_GET(self) -> None:
        content = self.server.find(self.path)
        file = content.open() if isinstance(content, ServedFile) else None
        kind = _TYPES.get(PurePosixPath(self.path).suffix, _BYTES)
        if isinstance(content, bytes):
            self._head(HTTPStatus.OK, len(content), kind)
            self.wfile.write(content)
        elif file is not None:
            with file:
                status = os.fstat(file.fileno())
                # By this a browser knows that it has the file, and what it has compiled of it.
                tag = f'"{status.st_dev:x}-{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"'
                if self.headers.get("If-None-Match") == tag:
                    self._head(HTTPStatus.NOT_MODIFIED, 0, kind, tag)
                else:
                    self._head(HTTPStatus.OK, status.st_size, kind, tag)
                    shutil.copyfileobj(file, self.wfile)
        else:
            self._head(HTTPStatus.NOT_FOUND, 0, "text/plain")

    def do_POST(self) -> None:
        answer = self.server.answer_of(self.path)
        length = self.headers.get("Content-Length", "")
        if answer is None or not length.isdecimal():
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
            return
        body = _Body(cast("BinaryIO", self.rfile), int(length))
        answered = answer(cast("BinaryIO", body), body.left)
        content, kind = (answered.encode(), _TYPES[".json"]) if isinstance(answered, str) else (answered, _BYTES)
        # What it has not read must not be taken for the next request.
        self.close_connection = self.close_connection or body.left > 0
        self._head(HTTPStatus.OK, len(content), kind)
        self.wfile.write(content)

    def _refuse(self, status: HTTPStatus) -> None:
        # A body that was sent along is not read, and must not be taken for the next request.
        self.close_connection = True
        self._head(status, 0, "text/plain")

    def _head(self, status: HTTPStatus, length: int, kind: str, tag: str = "") -> None:
        self.send_response(status)
        own = {"Content-Type": kind, "Content-Length": str(length)} if status != HTTPStatus.NOT_MODIFIED else {}
        for name, value in {**_HEADERS, **own, **({"ETag": tag} if tag else {})}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: this is no web server's console."""
