"""The page server: what it answers, and to whom."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from framegate.browser.server import PageServer, page_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PageServer]:
    (tmp_path / "page.html").write_text("<p>hello</p>")
    (tmp_path / "secret").write_text("secret")
    with page_server() as served:
        served.routes["page.html"] = tmp_path / "page.html"
        served.routes["folder"] = tmp_path
        served.routes["bytes"] = b"\x00\x01"
        yield served


def get(server: PageServer, path: str) -> tuple[int, dict[str, str], bytes]:
    """The answer to a path exactly as written: http.client, unlike a browser, leaves dots in it alone."""
    address = urlsplit(server.root)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_it_listens_on_this_machine_only(server: PageServer) -> None:
    assert server._server.server_address[0] == "127.0.0.1"
    assert urlsplit(server.root).hostname == "127.0.0.1"


def test_files_and_bytes_come_with_their_type(server: PageServer) -> None:
    root = urlsplit(server.root).path
    status, headers, body = get(server, root + "page.html")
    assert (status, headers["Content-Type"], body) == (200, "text/html; charset=utf-8", b"<p>hello</p>")
    status, headers, body = get(server, root + "bytes")
    assert (status, headers["Content-Type"], body) == (200, "application/octet-stream", b"\x00\x01")


def test_a_page_gets_threads_and_a_fine_clock_and_keeps_nothing(server: PageServer) -> None:
    _, headers, _ = get(server, urlsplit(server.root).path + "page.html")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")


@pytest.mark.parametrize(
    "name", ["", "secret", "../page.html", "./page.html", "folder", "folder/secret", "%2e%2e/secret", "page.html?x"]
)
def test_what_is_no_route_is_not_found(server: PageServer, name: str) -> None:
    status, _, body = get(server, urlsplit(server.root).path + name)
    assert (status, body) == (404, b"")


@pytest.mark.parametrize("path", ["/", "/page.html", "/wrong/page.html", "//page.html"])
def test_without_the_token_nothing_is_found(server: PageServer, path: str) -> None:
    assert get(server, path)[0] == 404


def test_two_servers_have_two_tokens(server: PageServer) -> None:
    with page_server() as other:
        assert urlsplit(other.root).path != urlsplit(server.root).path


def test_a_closed_server_does_not_answer() -> None:
    with page_server() as server:
        pass
    with pytest.raises(ConnectionRefusedError):
        get(server, "/")
