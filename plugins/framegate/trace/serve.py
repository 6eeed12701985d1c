"""Hand traces to a viewer in the browser, which fetches them from this machine."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

from framegate.errors import UsageError
from framegate.trace.read import trace_content

PORT = 9001
"""The one port of this machine that Perfetto's page may fetch from."""
ORIGINS = {"perfetto": "https://ui.perfetto.dev", "firefox": "https://profiler.firefox.com"}
SUFFIXES = (".trace.json", ".trace.json.gz")
"""What the names of traces end with; a page that came from elsewhere gets nothing else by its links."""
FILE = "file"
"""What the link to a trace itself is called, beside those that open it in a viewer."""


@dataclass(frozen=True)
class Served:
    """A trace that waits to be fetched.

    Attributes:
        address: where it is; its path cannot be guessed.
        link: link that opens it in the viewer.
        fetched: set when it has been fetched in full.
    """

    address: str
    link: str
    fetched: Event


@dataclass(frozen=True)
class _Answer:
    """What is said to a request.

    Attributes:
        read: function that returns the content.
        media_type: what it is.
        origins: the pages of others that may have it.
        sent: called when it was sent in full.
    """

    read: Callable[[], bytes]
    media_type: str = "application/json"
    origins: Collection[str] = ()
    sent: Callable[[], object] = lambda: None


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
    answer = _Answer(lambda: content, origins=[ORIGINS[viewer]], sent=fetched.set)
    with _serving({path: answer}, port) as machine:
        yield Served(f"{machine}{path}", link_to(f"{machine}{path}", viewer), fetched)


@contextmanager
def served_report(
    page: Callable[[Sequence[Mapping[str, str]]], bytes], traces: Sequence[Path], port: int = PORT
) -> Iterator[str]:
    """Answer for a page of HTML on 127.0.0.1 during a block, and for the traces that it opens in viewers.

    Args:
        page: function that makes it of what it may link to, for each trace: a name, and the address; nothing for a
            trace that is not there.
        traces: their files.
        port: see `served_trace`.

    Yields:
        The page's address, whose path cannot be guessed.

    Raises:
        UsageError: the port is taken.
    """
    folder = f"/{secrets.token_urlsafe(16)}"
    answers: dict[str, _Answer] = {}
    with _serving(answers, port) as machine:
        links: list[dict[str, str]] = []
        for number, file in enumerate(traces):
            path = f"{folder}/{number}.trace.json"
            if file.name.endswith(SUFFIXES) and file.is_file():
                answers[path] = _Answer(_reader(file), origins=ORIGINS.values())
                address = f"{machine}{path}"
                links.append({FILE: address} | {viewer: link_to(address, viewer) for viewer in ORIGINS})
            else:
                links.append({})
        content = page(links)
        answers[f"{folder}/report.html"] = _Answer(lambda: content, "text/html; charset=utf-8")
        yield f"{machine}{folder}/report.html"


def _reader(file: Path) -> Callable[[], bytes]:
    return lambda: trace_content(file)


class _Server(ThreadingHTTPServer):
    """Knows the answers to requests for paths.

    Args:
        answers: answers by path; more may be added.
        port: port of 127.0.0.1.
    """

    def __init__(self, answers: Mapping[str, _Answer], port: int) -> None:
        self.answers = answers
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    """Answers for the paths that its server knows."""

    server: _Server

    def do_OPTIONS(self) -> None:  # the library's name
        """Answer the question that a browser asks before a public page may fetch from this machine."""
        answer = self.server.answers.get(self.path)
        self._begin(404 if answer is None else 204, answer, 0)

    def do_GET(self) -> None:  # the library's name
        answer = self.server.answers.get(self.path)
        try:
            content = b"" if answer is None else answer.read()
        except UsageError:  # it is gone, or damaged, since the page was made
            answer, content = None, b""
        self._begin(404 if answer is None else 200, answer, len(content))
        self.wfile.write(content)
        if answer is not None:
            answer.sent()

    def _begin(self, status: int, answer: _Answer | None, length: int) -> None:
        self.send_response(status)
        if answer is not None:
            origin = self.headers.get("Origin")
            for allowed in [origin] if origin in answer.origins else [*answer.origins][:1]:
                self.send_header("Access-Control-Allow-Origin", str(allowed))
                self.send_header("Access-Control-Allow-Private-Network", "true")
                self.send_header("Vary", "Origin")
            self.send_header("Content-Type", answer.media_type)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 # the library's name
        del format, arguments


@contextmanager
def _serving(answers: Mapping[str, _Answer], port: int) -> Iterator[str]:
    """Answer requests for paths during a block; yields the address of this machine, without a path."""
    try:
        server = _Server(answers, port)
    except OSError as error:
        raise UsageError(
            f"port {port} of 127.0.0.1, which the viewer fetches from, cannot be opened ({error.strerror});"
            " end what uses it, such as another framegate trace"
        ) from None
    thread = Thread(target=server.serve_forever, name="framegate trace", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()  # waits for what is being sent
        thread.join()


def link_to(address: str, viewer: str) -> str:
    """What opens a trace at an address in a viewer."""
    if viewer == "perfetto":
        return f"{ORIGINS[viewer]}/#!/?url={address}"
    return f"{ORIGINS[viewer]}/from-url/{quote(address, safe='')}"
