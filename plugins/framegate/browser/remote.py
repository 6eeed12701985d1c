"""A browser that a person uses, whose page asks what to do next: it is driven as one that Python has started."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from framegate.browser.engine import PageRoutes
from framegate.errors import BackendUnavailable, BrowserError, NoAnswer

GONE = "the page was closed or loaded anew"
_CLOCK_LOOKS = 9
_LONGEST = 500


@dataclass
class _Call:
    number: int
    function: str
    argument: Any
    answer: dict[str, Any] | None = None
    answered: threading.Event = field(default_factory=threading.Event)


class UsersBrowser:
    """The page's end asks by `turn` for the next calls, and brings the answers to the last ones.

    Of calls that it takes together, those after one that fails are not made, and fail as that one did.

    Args:
        version: what the browser calls itself.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        self.without: Mapping[str, str] = {}
        self._waiting: list[_Call] = []
        self._is_awaited = False
        self._asked: dict[int, _Call] = {}
        self._files: dict[str, bytes] = {}
        self._changed = threading.Condition()
        self._calls = 0
        self.is_gone = False
        """Whether the page was closed."""

    def turn(self, answers: Sequence[dict[str, Any]], patience_s: float) -> dict[str, Any]:
        """Take the page's answers to calls; returns those that wait for it then, none when there are none for so long.

        Args:
            answers: ``call`` is the number of a call; beside it stands its ``value``, or an ``error`` in words.
            patience_s: how long to wait for a call.

        Returns:
            ``gone``, whether the page is known here no more; ``calls``; ``files``, bytes by the names by which what is
            called asks for them.
        """
        with self._changed:
            for answer in answers:
                call = self._asked.pop(answer["call"], None)
                if call is not None:
                    call.answer = answer
                    call.answered.set()
            self._changed.wait_for(lambda: self._is_awaited or self.is_gone, patience_s)
            if self.is_gone or not self._is_awaited:
                return {"gone": self.is_gone, "calls": [], "files": {}}
            calls, self._waiting = self._waiting, []
            files, self._files = self._files, {}
            self._is_awaited = False
            self._asked.update({call.number: call for call in calls})
            return {
                "gone": False,
                "calls": [
                    {"call": call.number, "function": call.function, "argument": call.argument} for call in calls
                ],
                "files": files,
            }

    def leave(self) -> None:
        """The page is gone: whoever waits for it waits no more."""
        with self._changed:
            self.is_gone = True
            for call in (*self._waiting, *self._asked.values()):
                call.answered.set()
            self._changed.notify_all()

    def open(self, address: str, timeout_s: float) -> None:
        """See `framegate.browser.driver.Browser.open`; the page shows it in a frame of its own."""
        self.call("stage.open", {"address": address}, timeout_s, "load its page")

    def call(self, function: str, argument: Any, timeout_s: float, doing: str = "") -> Any:
        """See `framegate.browser.driver.Browser.call`; the function is one that the page knows by name.

        Raises:
            NoAnswer: it does not answer in time.
            BrowserError: it fails, or the page is closed.
        """
        doing = doing or f"answer {function}"
        with self._changed:
            if self.is_gone:
                raise BrowserError(f"the page could not {doing}: {GONE}")
            call = self._add(function, argument)
            self._is_awaited = True
            self._changed.notify_all()
        if not call.answered.wait(timeout_s):
            raise NoAnswer(f"the page did not {doing} within {timeout_s:.0f} s; load it anew", timeout_s)
        if call.answer is None:
            raise BrowserError(f"the page could not {doing}: {GONE}")
        if "error" in call.answer:
            raise BrowserError(f"the page could not {doing}: {str(call.answer['error'])[:_LONGEST]}")
        return call.answer.get("value")

    def tell(self, function: str, argument: Any = None) -> None:
        """Have the page make a call just before the next one whose answer is waited for: both are one turn.

        Where it fails, the next one does.
        """
        with self._changed:
            self._add(function, argument)

    def hand(self, files: Mapping[str, bytes]) -> None:
        """Have the page get files with the next calls, which need not fetch them then."""
        with self._changed:
            self._files.update(files)

    def _add(self, function: str, argument: Any) -> _Call:
        self._calls += 1
        call = _Call(self._calls, function, argument)
        self._waiting.append(call)
        return call

    def clock_offset_s(self, timeout_s: float) -> float:
        """See `framegate.browser.driver.Browser.clock_offset_s`."""
        looks = []
        for _ in range(_CLOCK_LOOKS):
            asked_s = time.perf_counter()
            page_s = float(self.call("live.now", None, timeout_s))
            lasting_s = time.perf_counter() - asked_s
            looks.append((lasting_s, asked_s + lasting_s / 2 - page_s))
        # The shortest way there and back leaves the least room for an error.
        return min(looks)[1]

    def picture(self, selector: str, timeout_s: float) -> bytes:
        """What is on a canvas of the page: PNG."""
        return base64.b64decode(self.call("live.picture", {"selector": selector}, timeout_s, f"show its {selector}"))

    def start_trace(self, timeout_s: float, categories: Sequence[str] = ()) -> None:
        """Refuse: a page cannot trace its own browser.

        Raises:
            BackendUnavailable: always.
        """
        del categories
        self._refuse(timeout_s)

    def stop_trace(self, timeout_s: float) -> bytes:
        """See `start_trace`."""
        self._refuse(timeout_s)

    def clicking(self, per_s: float, timeout_s: float) -> AbstractContextManager[None]:
        """See `start_trace`; nor does it move the mouse."""
        self._refuse(per_s, timeout_s)

    def _refuse(self, *asked: float) -> NoReturn:
        del asked
        raise BackendUnavailable(
            "a page that a person has opened neither traces its browser nor moves the mouse", "measure it by a suite"
        )


class HandedFiles:
    """The names of a page's folder; bytes that are added go to the page with its next calls.

    Args:
        folder: folder that everything else is served from.
        browser: the page's.
    """

    def __init__(self, folder: PageRoutes, browser: UsersBrowser) -> None:
        self._folder = folder
        self._browser = browser

    @property
    def root(self) -> str:
        """See `PageRoutes.root`."""
        return self._folder.root

    @property
    def asked(self) -> frozenset[str]:
        """See `PageRoutes.asked`; what was handed is not asked for."""
        return self._folder.asked

    def serve(self, files: Mapping[str, Path | bytes]) -> None:
        """See `PageRoutes.serve`."""
        self._folder.serve(files)

    def add(self, files: Mapping[str, Path | bytes]) -> None:
        """See `PageRoutes.add`."""
        self._browser.hand({name: content for name, content in files.items() if isinstance(content, bytes)})
        self._folder.add({name: content for name, content in files.items() if not isinstance(content, bytes)})
