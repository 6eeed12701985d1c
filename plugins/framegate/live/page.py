"""One page that a person looks at: the browser that it is in, and what it shows."""

from __future__ import annotations

import base64
import itertools
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from framegate.browser.answers import decode_png, verify_camera
from framegate.browser.remote import HandedFiles, UsersBrowser
from framegate.browser.requests import STRIP
from framegate.browser.runtimes import TF_JS
from framegate.browser.server import PageFolder, PageServer
from framegate.browser.session import TFJSPage
from framegate.browser.shelf import expect_an_end
from framegate.errors import BackendUnavailable, BrowserError, FramegateError, NoAnswer, UnknownName, UsageError
from framegate.frames.files import write_png
from framegate.frames.numbers import RANGE
from framegate.frames.sources import open_frames
from framegate.frames.turns import before_turns, in_turn
from framegate.interfaces import ModelSpec, Pixels
from framegate.kept import KeptOpen
from framegate.live.choices import AUTO, CAMERA, LiveChoice, PageOffer
from framegate.live.models import MOST_LOADED, MOST_LOADED_BYTES, LiveModels, names_like
from framegate.live.record import stored
from framegate.live.uploads import Uploads
from framegate.loading import trial
from framegate.measure.replay import ReplayClock
from framegate.models.frame_io import FrameIO, ShownIO, check_feeds
from framegate.models.specs import with_view
from framegate.models.topology import ModelJson, read_model_json
from framegate.pipelines.build import Preprocessing, view_of
from framegate.pipelines.page import PagePipeline
from framegate.pipelines.recorded import KeptBench, Recording
from framegate.postprocess.base import View
from framegate.postprocess.placement import InputPlacement
from framegate.preprocess.pipeline import Preprocessor
from framegate.preprocess.tensor import with_channels
from framegate.views import builtin as builtin_views

ANSWER_S = 60.0
MOST_FRAME_BYTES = 2**26
"""Of a camera's frame, as RGBA: more than 4096x2160 have."""
RECORD_S = 9.0
"""Of a recording of ten seconds, for frames one after another; in the last one, the browser asks for them."""


@dataclass(frozen=True)
class _Shown:
    """What a page shows.

    Attributes:
        choice: what was chosen.
        spec: the model's, with the view that was chosen.
        source: where frames come from, as a command line names it.
        frames: those of the source, as they came.
        preprocessor: what makes of a frame the picture that the model is fed.
        pictures: what the model is fed.
    """

    choice: LiveChoice
    spec: ModelSpec
    source: str
    frames: Sequence[Pixels]
    preprocessor: Preprocessor
    pictures: Sequence[Pixels]

    def differs_in_pictures_alone(self, other: _Shown) -> bool:
        """Whether the same is made of both, by the same renderer."""
        ours, theirs = self.choice, other.choice
        both = replace(ours, preprocess=theirs.preprocess, fit=theirs.fit, source=theirs.source)
        return both == theirs and (ours.source == CAMERA) == (theirs.source == CAMERA)


@dataclass(frozen=True)
class _Session:
    """A model that is loaded, in a frame of the page.

    Attributes:
        page: that frame.
        folder: serves it.
    """

    page: TFJSPage
    folder: PageFolder


class LivePage:
    """Shows choices one after another; what is shown goes on until the next one is ready.

    The models that were shown last stay loaded, each in a frame of its own that nobody sees, for a switch back to them.

    Args:
        server: server of the page.
        browser: the page's.
        name: a folder of the server, for this page alone.
        models: what there is to show.
        files: a folder with the files that the page has sent.
        cache: where the files of TF.js, and of what else runs models, are kept.
        offer: what there is to choose beside models.
    """

    def __init__(
        self,
        server: PageServer,
        browser: UsersBrowser,
        name: str,
        models: LiveModels,
        files: Path,
        cache: Path,
        offer: PageOffer,
    ) -> None:
        self.browser = browser
        self.sent: dict[str, Path] = {}
        """Files with frames that the page has sent, by their names there."""
        self.folder = files
        """For what the page sends."""
        self.uploads = Uploads(files)
        self._server = server
        self._models = models
        self._cache = cache
        self._offer = offer
        self._folders = map("{}-{}".format, itertools.repeat(name), itertools.count())
        self._kept: KeptOpen[tuple[str, str], _Session] = KeptOpen(
            lambda session: session.folder.close(), MOST_LOADED, MOST_LOADED_BYTES
        )
        self._page: TFJSPage | None = None
        self._key: tuple[str, str] | None = None
        self._shown: _Shown | None = None
        self._document: ModelJson | None = None
        """Of the model that was asked for last: whoever reads it in the meantime gets this."""
        self._one_at_a_time = threading.Lock()

    def show(self, choice: LiveChoice, *, anew: bool = False) -> dict[str, Any]:
        """Have the page show a choice; returns what the page says of it.

        Args:
            choice: what to show.
            anew: load the model anew, as the page has lost what it computed or drew with.

        Raises:
            FramegateError: it cannot be shown; what was shown before still is.
        """
        with self._one_at_a_time:
            spec = self._spec(choice)
            model = self._models.resolved(choice.model)
            self._document = read_model_json(model.path)
            check_feeds(spec, model, choice.size)
            if choice.source not in {*self._offer.sources, *self.sent}:
                raise UnknownName("frame source", choice.source, [*self._offer.sources, *self.sent])
            key = (model.sha256, choice.runtime)
            session = None if anew else self._kept.get(key)
            if session is None:
                self._start(key, choice, spec)
            elif session.page is self._page:
                self._change(session.page, choice, spec)
            else:
                self._recall(key, session, choice, spec)
            return {"device": self._page.info["device"] if self._page else None}

    def take(self, name: str, path: Path) -> str:
        """Offer a file that the page has sent as a source of frames; returns its name, which no other source has."""
        name = next(free for free in names_like(name) if free not in self._offer.sources)
        self.sent[name] = path
        return name

    def source(self, choice: LiveChoice) -> str:
        """The frames as a command line names them."""
        return str(self.sent.get(choice.source, choice.source))

    def prepared(self, width: int, height: int, body: BinaryIO, length: int) -> bytes:
        """A camera's frame after the fit and the steps that are shown.

        Args:
            width: width of the frame in pixels.
            height: height of the frame in pixels.
            body: RGBA, row by row.
            length: number of its bytes.

        Returns:
            RGBA of what the model is fed, row by row.

        Raises:
            UsageError: there are not as many bytes, or nothing is shown.
        """
        shown = self._shown
        if shown is None or length != 4 * width * height or length > MOST_FRAME_BYTES:
            raise UsageError(
                f"a frame of {width}x{height} with {length} bytes is not one of this page; load the page anew"
            )
        rgba = np.frombuffer(body.read(length), np.uint8).reshape(height, width, 4)
        picture = shown.preprocessor.picture(np.ascontiguousarray(rgba[..., :3]))
        return with_channels(picture, 4).tobytes()

    def record(self, choice: LiveChoice, command: Callable[[str], Sequence[str]]) -> dict[str, Any]:
        """Measure what is shown as `test_browser` does, in the person's browser, and have pytest store it.

        Args:
            choice: what is shown.
            command: given the frames as a command line names them, the words of the command that measures it.

        Raises:
            FramegateError: nothing is shown, a picture is wrong, or pytest refuses what was measured.
        """
        with self._one_at_a_time:
            if self._page is None or self._shown is None or self._shown.choice != choice:
                raise UsageError("what is chosen is not shown yet; wait until it is, and record it then")
            source = self.source(choice)
            if choice.source == CAMERA:
                source = str(self.folder / "camera.png")
                self._shown = self._of_frames(choice, self._shown.spec, [self._camera_frame()])
                write_png(Path(source), self._shown.frames[0])
            self.browser.tell("stage.guard")
            try:
                self.browser.call("live.pause", None, ANSWER_S)
                recording = self._recorded(self._page, self._shown)
            except BaseException:
                self.browser.tell("stage.unguard")
                with suppress(FramegateError):
                    self._go_on(self._page, self._shown)
                raise
            self.browser.tell("stage.unguard")
            self._go_on(self._page, self._shown)
        return stored(recording, command(source), self.folder)

    def close(self) -> None:
        """The page is gone."""
        self.browser.leave()
        self._kept.close()

    def _spec(self, choice: LiveChoice) -> ModelSpec:
        spec = self._models.spec(choice.model)
        return spec if choice.view == AUTO else with_view(spec, choice.view, ())

    def _start(self, key: tuple[str, str], choice: LiveChoice, spec: ModelSpec) -> None:
        """Load a model in a frame of its own, beside that which still shows the last one."""
        model, runtime = self._models.resolved(choice.model), self._offer.runtimes[choice.runtime]
        if runtime.library == TF_JS:
            expect_an_end(model)
        if runtime.converter is not None and not trial.is_trusted(spec):
            trial.vet(model, runtime.converter)
        size = self._models.weight_bytes(choice.model)
        self._kept.make_room(size)
        self.browser.tell(*self._those_kept())
        folder = self._server.folder(next(self._folders))
        try:
            page = TFJSPage(
                self.browser,
                HandedFiles(folder, self.browser),
                runtime,
                model,
                self._cache,
                document="live-frame.html",
            )
            page.info["gpu"] = "native"
            shown = self._of_frames(choice, spec, self._frames(choice, page))
            self._aim(page, shown)
            self.browser.call("stage.rest", None, ANSWER_S)
            self._swap(key, page, shown)
        except BaseException:
            folder.close()
            self._stay()
            raise
        self._kept.add(key, _Session(page, folder), size)
        self.browser.call(*self._those_kept(), ANSWER_S)

    def _recall(self, key: tuple[str, str], session: _Session, choice: LiveChoice, spec: ModelSpec) -> None:
        """Show a model again that is loaded still, or load it anew where it has lost what it computed with."""
        self.browser.tell("stage.recall", session.folder.root)
        try:
            shown = self._of_frames(choice, spec, self._frames(choice, session.page))
            self._aim(session.page, shown)
            self._swap(key, session.page, shown)
        except BaseException as error:
            self._stay()
            if not isinstance(error, BrowserError) or isinstance(error, NoAnswer):
                raise
            self._kept.drop(key)
            self._start(key, choice, spec)

    def _change(self, page: TFJSPage, choice: LiveChoice, spec: ModelSpec) -> None:
        """Show something else of the model that is shown, or again what was shown, where that is refused."""
        before = self._shown
        shown = self._of_frames(choice, spec, self._frames(choice, page))
        if before is not None and shown.differs_in_pictures_alone(before):
            self._shown = shown
            page.feed([with_channels(picture, 4) for picture in shown.pictures])
            return
        self.browser.tell("live.pause")
        try:
            self._go_on(page, shown)
        except BaseException:
            # Whether or not the page comes back to what it showed, the first error is what the user has to know.
            with suppress(FramegateError):
                self._go_on(page, before or shown)
            raise

    def _swap(self, key: tuple[str, str], page: TFJSPage, shown: _Shown) -> None:
        """Show the frame that comes in place of the one that is shown, which rests."""
        before, self._shown = self._shown, shown
        try:
            self.browser.call("stage.swap", None, ANSWER_S)
        except BaseException:
            self._shown = before
            raise
        self._page, self._key = page, key

    def _stay(self) -> None:
        """Have what is shown go on, and nothing come."""
        if self._key is not None:
            self._kept.get(self._key)
        # One that hangs does not answer this either, and what it hangs on is what there is to say.
        with suppress(BrowserError):
            self.browser.tell("stage.drop")
            self.browser.call(*self._those_kept(), ANSWER_S)

    def _those_kept(self) -> tuple[str, list[str]]:
        """The call after which the page has no other frames than those of models that stay loaded."""
        return "stage.keep", [session.folder.root for session in self._kept.values()]

    def _go_on(self, page: TFJSPage, shown: _Shown) -> None:
        """Have frames follow one another, of something else or again of the same."""
        self._aim(page, shown)
        self._shown = shown
        self.browser.call("live.go", None, ANSWER_S)

    def _aim(self, page: TFJSPage, shown: _Shown) -> None:
        """Have a frame of the page run the model on the pictures, and draw; what follows comes with the next call."""
        choice = shown.choice
        renderer = self._offer.renderers[choice.renderer].name
        PagePipeline(page, _not_renewed, shown.spec, shown.pictures, _view_of, renderer, ReplayClock())
        self.browser.tell("live.aim", {"source": choice.source, "numbers": RANGE, "strip": STRIP})

    def _recorded(self, page: TFJSPage, shown: _Shown) -> Recording:
        """The frames of a launch, as `test_browser` takes them: of variants of the first picture."""
        clock = ReplayClock()
        turns = before_turns(in_turn([shown.pictures[0]]))
        seen: list[ShownIO] = []

        def view_of(frame_io: FrameIO, shown_io: ShownIO) -> View:
            seen.append(shown_io)
            return _view_of(frame_io, shown_io)

        renderer = self._offer.renderers[shown.choice.renderer].name
        pipeline = PagePipeline(page, _not_renewed, shown.spec, turns, view_of, renderer, clock, budget_s=RECORD_S)
        bench = KeptBench(clock)
        stages_s = pipeline.measure(bench)
        device = page.info["device"] or page.drawn_by()
        # The process that stores it has no page in which the model could run again.
        looks = [replace(look, again=None) for look in pipeline.look()]
        return Recording(bench.frames_s, stages_s, looks, pipeline.describe(), seen[-1], device)

    def _of_frames(self, choice: LiveChoice, spec: ModelSpec, frames: Sequence[Pixels]) -> _Shown:
        """What the model is fed, after the steps: the frames of the source, or one of it again and again."""
        preprocessor = Preprocessing(choice.preprocess, self._offer.steps, choice.fit).at(choice.size)
        first, *others = [preprocessor.picture(frame).copy() for frame in frames]
        return _Shown(choice, spec, self.source(choice), frames, preprocessor, [first, first, *others])

    def _frames(self, choice: LiveChoice, page: TFJSPage) -> Sequence[Pixels]:
        """Those that are shown already, if they are of the source; a camera is opened by each frame of the page."""
        before = self._shown
        is_camera_open = choice.source != CAMERA or page is self._page
        if before is not None and before.source == self.source(choice) and is_camera_open:
            return before.frames
        if choice.source == CAMERA:
            return [self._camera_frame()]
        return open_frames(self.source(choice), self._offer.frame_sources)

    def _camera_frame(self) -> Pixels:
        """What the browser's camera shows now."""
        answer = self.browser.call("live.camera_frame", None, ANSWER_S, "open its camera")
        verify_camera(answer)
        return np.ascontiguousarray(decode_png(base64.b64decode(answer["picture"]))[..., :3])


def _not_renewed(camera: Path | None) -> TFJSPage:
    del camera
    raise BackendUnavailable("a person's browser is not started anew", "measure it by a suite")


def _view_of(frame_io: FrameIO, shown: ShownIO) -> View:
    return view_of(shown, InputPlacement.same(frame_io.size), builtin_views())
