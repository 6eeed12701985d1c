"""What the server answers a page that a person looks at: JSON in, JSON out."""

from __future__ import annotations

import itertools
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from framegate.browser.remote import UsersBrowser
from framegate.browser.requests import page_files
from framegate.browser.server import Answer, PageServer, page_server
from framegate.errors import FramegateError, UsageError, one_line
from framegate.frames.numbers import RANGE
from framegate.interfaces import Size
from framegate.leftovers import temporary_folder
from framegate.live.choices import LiveChoice, PageOffer, builtin_offer, suite_command
from framegate.live.figures import figures_of, trace_of
from framegate.live.models import LiveModels
from framegate.live.page import LivePage
from framegate.live.plots import UPLOT

PATIENCE_S = 10.0
"""How long a page waits for a call before it asks anew."""
MOST_BYTES = 16_000_000
"""Size of what a page may send, unless it is a file."""

MOST_HEAD = 10_000
"""Size of what may stand before the bytes of a file."""

VERBOSE = "framegate live --verbose"
"""What shows where an error comes from that nobody has foreseen."""

NO_ANSWER = "the program behind this page has no answer to that"

_log = logging.getLogger(__name__)
_Asked = dict[str, Any]
_Receive = Callable[[_Asked, BinaryIO, int], _Asked | bytes]


class LiveServer:
    """Pages by their numbers, and what they ask.

    Args:
        server: server of the pages.
        models: what there is to show.
        folder: folder for what pages send.
        cache: where the files of TF.js are kept.
        offer: what there is to choose beside models.
    """

    def __init__(self, server: PageServer, models: LiveModels, folder: Path, cache: Path, offer: PageOffer) -> None:
        self._server = server
        self._models = models
        self._folder = folder
        self._cache = cache
        self._offer = offer
        self._numbers = itertools.count(1)
        self._pages: dict[int, LivePage] = {}
        self._changed = threading.Lock()
        server.add({**page_files(cache), **UPLOT.files(cache)})
        answers: dict[str, Callable[[_Asked], Any]] = {
            "hello": self.hello,
            "turn": self.turn,
            "leave": self.leave,
            "explain": self.explain,
            "show": self.show,
            "figures": self.figures,
            "trace": self.trace,
            "command": self.command,
            "record": self.record,
            "model": self.begin_model,
            "offer": self.offer,
        }
        receives: dict[str, _Receive] = {
            "shard": self.take_shard,
            "frames": self.take_frames,
            "prepare": self.prepare,
        }
        server.answer({f"live/{name}": _answer(function) for name, function in answers.items()})
        server.answer({f"live/{name}": _receive(function) for name, function in receives.items()})

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"{self._server.root}live.html"

    def hello(self, asked: _Asked) -> _Asked:
        """A page begins: its number, and what there is to choose."""
        with self._changed:
            number = next(self._numbers)
            folder = self._folder / str(number)
            folder.mkdir()
            browser = UsersBrowser(_version(str(asked.get("browser", ""))))
            self._pages[number] = LivePage(
                self._server, browser, f"page-{number}", self._models, folder, self._cache, self._offer
            )
        models = self._models
        return {"page": number, "models": models.listed(), "first": models.first, **self._offer.names()}

    def turn(self, asked: _Asked) -> _Asked | bytes:
        """A page brings the answers to calls, and takes the next ones with the files for them, if there are any."""
        page = self._pages.get(asked["page"])
        if page is None:
            return {"gone": True}
        answer = page.browser.turn(asked["answers"], PATIENCE_S)
        files = answer.pop("files")
        if not files:
            return answer
        head = json.dumps({**answer, "files": [(name, len(content)) for name, content in files.items()]})
        return b"".join([head.encode(), b"\n", *files.values()])

    def leave(self, asked: _Asked) -> _Asked:
        """A page ends."""
        page = self._pages.pop(asked["page"], None)
        if page is not None:
            page.close()
        return {}

    def explain(self, asked: _Asked) -> _Asked:
        """A model's analysis."""
        size = asked.get("size")
        return self._models.explained(str(asked["model"]), Size.parse(size) if size else None)

    def show(self, asked: _Asked) -> _Asked:
        """Show a choice on a page."""
        shown = self._page(asked).show(self._choice(asked), anew=bool(asked.get("anew")))
        return {**shown, "others": len(self._pages) - 1}

    def figures(self, asked: _Asked) -> _Asked:
        """The figures of what a page has shown lately."""
        return figures_of(asked["lately"], RANGE)

    def trace(self, asked: _Asked) -> _Asked:
        """A trace of what a page has shown lately, and a name for its file."""
        cell = self._choice(asked).cell
        return {"name": f"{cell}.trace.json", "text": trace_of(asked["lately"], RANGE, cell).decode()}

    def command(self, asked: _Asked) -> _Asked:
        """The command that measures what is shown."""
        choice = self._choice(asked)
        return {"words": self._command(choice, self._page(asked).source(choice))}

    def record(self, asked: _Asked) -> _Asked:
        """Measure what a page shows, and store it."""
        choice = self._choice(asked)
        return self._page(asked).record(choice, lambda source: self._command(choice, source))

    def begin_model(self, asked: _Asked) -> _Asked:
        """A page sends a model: its model.json first."""
        return self._page(asked).uploads.begin_model(str(asked["name"]), str(asked["document"]))

    def take_shard(self, asked: _Asked, body: BinaryIO, length: int) -> _Asked:
        """Then its shards."""
        return self._page(asked).uploads.take_shard(asked, body, length)

    def offer(self, asked: _Asked) -> _Asked:
        """Then it is there, and can be chosen."""
        name = self._models.add(self._page(asked).uploads.end_model(int(asked["number"])))
        return {"name": name, "models": self._models.listed()}

    def take_frames(self, asked: _Asked, body: BinaryIO, length: int) -> _Asked:
        """A page sends a picture or a video, which is a source of frames from then on."""
        page = self._page(asked)
        return {"name": page.take(*page.uploads.take_frames(asked, body, length))}

    def prepare(self, asked: _Asked, body: BinaryIO, length: int) -> bytes:
        """A page sends a frame of its camera, and gets it after the steps: RGBA, both."""
        return self._page(asked).prepared(int(asked["width"]), int(asked["height"]), body, length)

    def close(self) -> None:
        """Whatever waits for a page waits no more."""
        for page in tuple(self._pages.values()):
            page.close()

    def _choice(self, asked: _Asked) -> LiveChoice:
        return LiveChoice.read(asked["choice"], self._offer)

    def _command(self, choice: LiveChoice, source: str) -> list[str]:
        return suite_command(choice, self._models.argument(choice.model), source)

    def _page(self, asked: _Asked) -> LivePage:
        page = self._pages.get(asked["page"])
        if page is None:
            raise UsageError("this page is not known here any more; load it anew")
        return page


@contextmanager
def live_server(asked: Sequence[str], cache: Path, offer: PageOffer | None = None) -> Iterator[LiveServer]:
    """Serve the page for the length of a block.

    Args:
        asked: models of the command line.
        cache: where models and the files of TF.js are kept.
        offer: what there is to choose beside models; None is what Framegate brings.

    Raises:
        FramegateError: there is no such model, or TF.js cannot be fetched.
    """
    offer = offer or builtin_offer()
    models = LiveModels(asked, cache, offer.steps)
    with temporary_folder("live") as folder, page_server() as server:
        live = LiveServer(server, models, folder, cache, offer)
        try:
            yield live
        finally:
            live.close()


def _version(agent: str) -> str:
    """A browser's name and version, of all that it calls itself: ``Chrome/142.0.0.0``."""
    products = re.findall(r"\b(?:Firefox|Edg|Chrome|Version)/[\d.]+", agent)
    return products[-1] if products else "a browser of no name"


def _answer(function: Callable[[_Asked], Any]) -> Answer:
    def answer(asked: _Asked, body: BinaryIO, length: int) -> _Asked | bytes:
        del body, length
        answered: _Asked | bytes = function(asked)
        return answered

    return _receive(answer, all_of_it=True)


def _receive(function: _Receive, *, all_of_it: bool = False) -> Answer:
    """Answers what is sent in JSON: the whole body, or its first line, after which bytes follow."""

    def answer(body: BinaryIO, length: int) -> str | bytes:
        try:
            head = _whole(body, length) if all_of_it else body.readline(min(length, MOST_HEAD))
            answered = function(json.loads(head), body, length - len(head))
        except FramegateError as error:
            answered = {"refused": str(error)}
        except Exception as error:  # noqa: BLE001 # the page would hear of a broken connection, and nothing else
            _log.info("no answer to the page", exc_info=error)
            answered = {"refused": one_line(f"{NO_ANSWER} ({error!r}); load the page anew, or see {VERBOSE} for more")}
        return answered if isinstance(answered, bytes) else json.dumps(answered)

    return answer


def _whole(body: BinaryIO, length: int) -> bytes:
    if length > MOST_BYTES:
        raise UsageError(f"{length} bytes are more than the {MOST_BYTES} that are read at once")
    return body.read(length)
