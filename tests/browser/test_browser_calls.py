"""What a page does wrong, or may not do, is said, and its browser goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from patience import PATIENCE_S

from framegate.browser.driver import Browser
from framegate.browser.server import page_server
from framegate.errors import BrowserError

StartBrowser = Callable[[], Browser]


def test_what_a_page_throws_is_an_error(shared_browser: StartBrowser) -> None:
    with pytest.raises(BrowserError, match=r"could not answer .*no such thing"):
        shared_browser().call("() => { throw new Error('no such thing'); }", None, PATIENCE_S)


def test_the_address_of_the_page_that_is_there_is_loaded_anew(shared_browser: StartBrowser) -> None:
    browser = shared_browser()
    with page_server() as server:
        server.serve({"index.html": b"<!doctype html>"})
        for place in ("#main", "#main", "#worker"):
            browser.open(f"{server.root}index.html{place}", PATIENCE_S)
            assert browser.call("() => globalThis.known ?? location.hash", None, PATIENCE_S) == place
            browser.call("() => { globalThis.known = 'the page before'; }", None, PATIENCE_S)


def test_a_page_reaches_its_server_and_nothing_else(shared_browser: StartBrowser) -> None:
    browser = shared_browser()
    refused = """() => new Promise((done) => {
      addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
      fetch("https://example.com/").catch(() => {});
    })"""
    with page_server() as server:
        server.serve({"index.html": b"<!doctype html>"})
        browser.open(server.root + "index.html", PATIENCE_S)
        assert browser.call("() => crossOriginIsolated", None, PATIENCE_S) is True
        assert browser.call(refused, None, PATIENCE_S) == "connect-src"


def test_a_page_that_does_not_load_is_an_error(shared_browser: StartBrowser) -> None:
    browser = shared_browser()
    with page_server() as server:
        address = server.root + "index.html"
        with pytest.raises(BrowserError, match=r"could not load its page: .*ERR_HTTP_RESPONSE_CODE_FAILURE"):
            browser.open(address, PATIENCE_S)
    with pytest.raises(BrowserError, match=r"could not load its page: .*ERR_CONNECTION_REFUSED"):
        browser.open(address, PATIENCE_S)
