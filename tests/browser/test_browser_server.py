"""The page server: what it answers, and to whom."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE_S

from framegate.browser.server import PageServer, page_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PageServer]:
    (tmp_path / "page.html").write_text("<p>hello</p>")
    (tmp_path / "secret").write_text("secret")
    with page_server() as served:
        served.serve({"page.html": tmp_path / "page.html", "folder": tmp_path, "bytes": b"\x00\x01"})
        yield served


def get(
    server: PageServer, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """The answer to a path exactly as written: http.client, unlike a browser, leaves dots in it alone."""
    address = urlsplit(server.root)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def ask(connection: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
    connection.request("GET", path)
    return connection.getresponse()


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


def test_a_file_that_a_browser_has_is_not_sent_again_until_it_is_another(server: PageServer, tmp_path: Path) -> None:
    name = urlsplit(server.root).path + "page.html"
    tag = get(server, name)[1]["ETag"]
    status, headers, body = get(server, name, "GET", None, **{"If-None-Match": tag})
    assert (status, headers["ETag"], headers["Cache-Control"], body) == (304, tag, "no-cache", b"")
    (tmp_path / "page.html").write_text("<p>other</p>")
    # Of the same size, and another time however soon it is written.
    os.utime(tmp_path / "page.html", ns=(0, 1))
    status, headers, body = get(server, name, "GET", None, **{"If-None-Match": tag})
    assert (status, body) == (200, b"<p>other</p>")
    assert headers["ETag"] != tag


OUTSIDE = (
    *("", "secret", "../page.html", "./page.html", "folder", "folder/secret", "folder/../page.html", "page.html/"),
    *(
        "%2e%2e/secret",
        "%2e%2e%2fsecret",
        "..%2fsecret",
        "%2e%2e%5csecret",
        "..\\secret",
        "....//secret",
        "/etc/passwd",
    ),
    *("page.html?x", "page.html%00", "page%2ehtml", "file:///etc/passwd", "page.html;x", "..%c0%afsecret"),
)


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_no_route_is_not_found(server: PageServer, name: str) -> None:
    status, _, body = get(server, urlsplit(server.root).path + name)
    assert (status, body) == (404, b"")


@pytest.mark.parametrize("path", ["/", "/page.html", "/wrong/page.html", "//page.html"])
def test_without_the_token_nothing_is_found(server: PageServer, path: str) -> None:
    assert get(server, path)[0] == 404


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:{port}", "evil.example:{port}", "127.0.0.1", "[::1]:{port}", ""]
)
def test_another_name_for_this_machine_is_refused(server: PageServer, host: str) -> None:
    port = urlsplit(server.root).port
    assert get(server, urlsplit(server.root).path + "page.html", Host=f"127.0.0.1:{port}")[0] == 200
    status, _, body = get(server, urlsplit(server.root).path + "page.html", Host=host.format(port=port))
    assert (status, body) == (421, b"")


def test_two_names_in_one_request_are_refused(server: PageServer) -> None:
    address = urlsplit(server.root)
    host = f"Host: 127.0.0.1:{address.port}\r\n"
    for hosts, status in ((host, b"200"), (host + "Host: evil.example\r\n", b"421"), ("", b"421")):
        with socket.create_connection((str(address.hostname), address.port or 0), timeout=PATIENCE_S) as connection:
            connection.sendall(f"GET {address.path}page.html HTTP/1.1\r\n{hosts}\r\n".encode())
            assert connection.recv(64).split()[1] == status


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "NONSENSE"])
def test_another_method_is_refused(server: PageServer, method: str) -> None:
    status, headers, body = get(server, urlsplit(server.root).path + "page.html", method, b"GET / HTTP/1.1\r\n\r\n")
    assert (status, body, headers["Connection"]) == (405, b"", "close")


def test_a_link_that_was_put_in_a_files_place_is_not_followed(server: PageServer, tmp_path: Path) -> None:
    name = urlsplit(server.root).path + "page.html"
    (tmp_path / "page.html").unlink()
    assert get(server, name)[0] == 404
    (tmp_path / "page.html").symlink_to(tmp_path / "secret")
    assert get(server, name)[0] == 404


def test_a_folder_that_has_become_a_link_is_not_followed(server: PageServer, tmp_path: Path) -> None:
    (tmp_path / "model" / "deep").mkdir(parents=True)
    (tmp_path / "model" / "deep" / "shard").write_text("weights")
    name = urlsplit(server.root).path + "shard"
    server.add({"shard": tmp_path / "model" / "deep" / "shard"})
    assert get(server, name)[2] == b"weights"
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere" / "deep" / "shard").write_text("secret")
    (tmp_path / "model").rename(tmp_path / "moved")
    (tmp_path / "model").symlink_to(tmp_path / "elsewhere")
    assert get(server, name) == (404, get(server, name)[1], b"")
    (tmp_path / "model").unlink()
    (tmp_path / "elsewhere").rename(tmp_path / "model")
    assert get(server, name)[0] == 404


def test_a_link_is_what_it_leads_to_when_it_is_named(server: PageServer, tmp_path: Path) -> None:
    link = tmp_path / "link.html"
    link.symlink_to(tmp_path / "page.html")
    server.serve({"link.html": link})
    link.unlink()
    link.symlink_to(tmp_path / "secret")
    assert get(server, urlsplit(server.root).path + "link.html")[2] == b"<p>hello</p>"
    assert get(server, urlsplit(server.root).path + "page.html")[0] == 404


def test_a_fifo_is_not_waited_for(server: PageServer, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    server.serve({"fifo": tmp_path / "fifo"})
    assert get(server, urlsplit(server.root).path + "fifo")[0] == 404


def test_two_servers_have_two_tokens(server: PageServer) -> None:
    with page_server() as other:
        assert urlsplit(other.root).path != urlsplit(server.root).path


def test_a_connection_is_kept_unless_something_of_a_request_was_not_read(server: PageServer) -> None:
    server.answer(
        {
            "all": lambda body, length: body.read(length).decode(),
            "too-much": lambda body, length: body.readline(100) + body.read(length + 100),
            "some": lambda body, length: body.read(length - 1).decode(),
        }
    )
    address = urlsplit(server.root)
    with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE_S)) as connection:
        answers = []
        for name in ("all", "too-much", "all", "some"):
            connection.request("POST", address.path + name, b"a\nbc")
            answer = connection.getresponse()
            answers.append((answer.read(), answer.getheader("Connection")))
    assert answers == [(b"a\nbc", None), (b"a\nbc", None), (b"a\nbc", None), (b"a\nb", "close")]


def test_a_closed_server_answers_on_no_connection_that_is_kept() -> None:
    with page_server() as server:
        server.serve({"bytes": b"x"})
        address = urlsplit(server.root)
        kept = http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE_S)
        assert ask(kept, address.path + "bytes").read() == b"x"
    with closing(kept), pytest.raises(ConnectionError):
        ask(kept, address.path + "bytes")


def test_a_closed_server_does_not_answer() -> None:
    with page_server() as server:
        pass
    with pytest.raises(ConnectionRefusedError):
        get(server, "/")
