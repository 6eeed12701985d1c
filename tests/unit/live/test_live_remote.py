"""A page that a person has opened is driven by the calls that it asks for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from patience import until

from framegate.browser.remote import HandedFiles, UsersBrowser
from framegate.errors import BackendUnavailable, BrowserError, NoAnswer

PATIENCE_S = 10.0


def answered(browser: UsersBrowser, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> threading.Thread:
    """A page that takes calls once, and answers them."""

    def page() -> None:
        calls = browser.turn([], PATIENCE_S)["calls"]
        browser.turn([{"call": call["call"], **answer(call)} for call in calls], 0.0)

    thread = threading.Thread(target=page)
    thread.start()
    return thread


def test_a_call_returns_what_the_page_answers() -> None:
    browser = UsersBrowser("Chrome/1")
    page = answered(browser, lambda call: {"value": [call["function"], call["argument"]]})
    assert browser.call("live.aim", {"source": "photo"}, PATIENCE_S) == ["live.aim", {"source": "photo"}]
    page.join()


def test_what_the_page_throws_is_told_with_what_was_asked() -> None:
    browser = UsersBrowser("Chrome/1")
    page = answered(browser, lambda _: {"error": "out of memory"})
    with pytest.raises(BrowserError, match="the page could not load it: out of memory"):
        browser.call("framegate.load", None, PATIENCE_S, "load it")
    page.join()


def test_whoever_waits_for_a_page_that_leaves_waits_no_more() -> None:
    browser = UsersBrowser("Chrome/1")

    def page() -> None:
        browser.turn([], PATIENCE_S)
        browser.leave()

    thread = threading.Thread(target=page)
    thread.start()
    with pytest.raises(BrowserError, match="closed or loaded anew"):
        browser.call("live.pause", None, PATIENCE_S)
    thread.join()
    with pytest.raises(BrowserError, match="closed or loaded anew"):
        browser.call("live.go", None, PATIENCE_S)
    assert browser.turn([], PATIENCE_S) == {"gone": True, "calls": [], "files": {}}


def test_a_page_that_does_not_answer_is_named() -> None:
    with pytest.raises(NoAnswer, match=r"did not answer live\.now within 0 s; load it anew") as error:
        UsersBrowser("Chrome/1").call("live.now", None, 0.0)
    assert error.value.waited_s == 0.0


def test_a_page_with_nothing_to_do_asks_again() -> None:
    assert UsersBrowser("Chrome/1").turn([], 0.0) == {"gone": False, "calls": [], "files": {}}


def test_what_it_is_told_comes_with_the_next_call_before_it() -> None:
    browser = UsersBrowser("Chrome/1")
    browser.tell("live.pause")
    browser.tell("live.aim", {"source": "photo"})
    assert browser.turn([], 0.0)["calls"] == []
    taken: list[dict[str, Any]] = []

    def answer(call: dict[str, Any]) -> dict[str, Any]:
        taken.append(call)
        return {"value": len(taken)}

    page = answered(browser, answer)
    assert browser.call("live.go", None, PATIENCE_S) == 3
    page.join()
    assert [call["function"] for call in taken] == ["live.pause", "live.aim", "live.go"]
    assert [call["argument"] for call in taken] == [None, {"source": "photo"}, None]


class Folder:
    """The names that it was given, as `PageFolder` has them."""

    root = "http://127.0.0.1/x/"
    asked = frozenset({"model.json"})

    def __init__(self) -> None:
        self.files: dict[str, Path | bytes] = {}

    def serve(self, files: Mapping[str, Path | bytes]) -> None:
        self.files = {**files}

    def add(self, files: Mapping[str, Path | bytes]) -> None:
        self.files |= files


def test_bytes_that_are_added_come_with_the_next_call_and_are_not_served() -> None:
    browser, folder = UsersBrowser("Chrome/1"), Folder()
    files = HandedFiles(folder, browser)
    files.serve({"page.js": b"script"})
    files.add({"picture-0": b"old", "model.json": Path("model.json")})
    files.add({"picture-0": b"abc", "picture-1": b"de"})
    assert folder.files == {"page.js": b"script", "model.json": Path("model.json")}
    assert (files.root, files.asked) == (folder.root, folder.asked)
    assert browser.turn([], 0.0)["files"] == {}
    taken: list[Mapping[str, bytes]] = []

    def page() -> None:
        told = browser.turn([], PATIENCE_S)
        taken.append(told["files"])
        taken.append(browser.turn([{"call": call["call"]} for call in told["calls"]], 0.0)["files"])

    thread = threading.Thread(target=page)
    thread.start()
    browser.call("framegate.feed", None, PATIENCE_S)
    thread.join()
    assert taken == [{"picture-0": b"abc", "picture-1": b"de"}, {}]


def test_what_was_taken_with_a_call_does_not_come_again() -> None:
    browser = UsersBrowser("Chrome/1")
    taken: list[tuple[list[str], Mapping[str, bytes]]] = []

    def page() -> None:
        told = browser.turn([], PATIENCE_S)
        taken.append(([call["function"] for call in told["calls"]], told["files"]))
        browser.turn([{"call": call["call"]} for call in told["calls"]], 0.0)

    browser.hand({"picture-0": b"abc"})
    for function in ("framegate.feed", "live.go"):
        thread = threading.Thread(target=page)
        thread.start()
        browser.call(function, None, PATIENCE_S)
        thread.join()
        browser.tell("live.pause")
        assert browser.turn([], 0.0)["calls"] == []  # nobody waits for that
    assert taken == [(["framegate.feed"], {"picture-0": b"abc"}), (["live.pause", "live.go"], {})]


def test_a_call_that_no_page_has_taken_waits_no_more_either() -> None:
    browser = UsersBrowser("Chrome/1")

    def leave() -> None:
        until(lambda: browser._waiting)
        browser.leave()

    thread = threading.Thread(target=leave)
    thread.start()
    with pytest.raises(BrowserError, match="closed or loaded anew"):
        browser.call("live.pause", None, PATIENCE_S)
    thread.join()


def test_what_only_a_started_browser_can_is_refused() -> None:
    browser = UsersBrowser("Chrome/1")
    for refused in (browser.start_trace, browser.stop_trace):
        with pytest.raises(BackendUnavailable, match="measure it by a suite"):
            refused(PATIENCE_S)
