"""One page that a person looks at: the browser that it is in, and what it shows."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from framegate.browser.remote import UsersBrowser
from framegate.browser.requests import STRIP
from framegate.browser.runtimes import TF_JS, builtin_renderers, builtin_runtimes
from framegate.browser.server import PageFolder, PageServer
from framegate.browser.session import TFJSPage
from framegate.browser.shelf import expect_an_end
from framegate.errors import BackendUnavailable, FramegateError, UnknownName, UsageError
from framegate.frames.numbers import RANGE
from framegate.frames.sources import open_frames
from framegate.frames.turns import before_turns, in_turn
from framegate.interfaces import ModelSpec, Pixels
from framegate.live.choices import AUTO, CLIP, PHOTO, LiveChoice
from framegate.live.models import LiveModels
from framegate.live.record import stored
from framegate.live.uploads import Uploads
from framegate.measure.replay import ReplayClock
from framegate.models.frame_io import FrameIO, ShownIO, check_feeds
from framegate.models.specs import with_view
from framegate.pipelines.build import Preprocessing, view_of
from framegate.pipelines.page import PagePipeline
from framegate.pipelines.recorded import KeptBench, Recording
from framegate.postprocess.base import View
from framegate.postprocess.placement import InputPlacement
from framegate.preprocess import BUILTIN_STEPS
from framegate.views import builtin as builtin_views

ANSWER_S = 60.0
RECORD_S = 9.0
"""Of a recording of ten seconds, for frames one after another; in the last one, the browser asks for them."""


class LivePage:
    """Shows choices one after another; what is shown goes on until the next one is ready.

    Args:
        server: serves the page.
        browser: the page's.
        name: a folder of the server, for this page alone.
        models: what there is to show.
        files: a folder with the files that the page has sent.
        cache: where the files of TF.js, and of what else runs models, are kept.
    """

    def __init__(
        self, server: PageServer, browser: UsersBrowser, name: str, models: LiveModels, files: Path, cache: Path
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
        self._folders = map("{}-{}".format, itertools.repeat(name), itertools.count())
        self._folder: PageFolder | None = None
        self._page: TFJSPage | None = None
        self._key: tuple[str, str] | None = None
        self._shown: tuple[LiveChoice, ModelSpec, Sequence[Pixels]] | None = None
        self._one_at_a_time = threading.Lock()

    def show(self, choice: LiveChoice, *, anew: bool = False) -> dict[str, Any]:
        """Have the page show a choice; returns what is told of it.

        Args:
            choice: what to show.
            anew: load the model anew, as the page has lost what it computed or drew with.

        Raises:
            FramegateError: it cannot be shown; what was shown before still is.
        """
        with self._one_at_a_time:
            spec = self._spec(choice)
            model = self._models.resolved(choice.model)
            check_feeds(spec, model, choice.size)
            pictures = self._pictures(choice)
            key = (model.sha256, choice.runtime)
            if anew or self._page is None or key != self._key:
                return self._started(key, choice, spec, pictures)
            return self._changed(self._page, choice, spec, pictures)

    def record(self, choice: LiveChoice, command: Sequence[str]) -> dict[str, Any]:
        """Measure what is shown as `test_browser` does, in the person's browser, and have pytest store it.

        Args:
            choice: what is shown.
            command: the words of the command that measures it.

        Raises:
            FramegateError: nothing is shown, a picture is wrong, or pytest refuses what was measured.
        """
        with self._one_at_a_time:
            if self._page is None or self._shown is None or self._shown[0] != choice:
                raise UsageError("what is chosen is not shown yet; wait until it is, and record it then")
            self.browser.call("live.pause", None, ANSWER_S)
            try:
                recording = self._recorded(self._page, *self._shown)
            finally:
                if not self.browser.is_gone:
                    self._aimed(self._page, *self._shown)
                    self.browser.call("live.go", None, ANSWER_S)
        return stored(recording, command, self.folder)

    def close(self) -> None:
        """The page is gone."""
        self.browser.leave()
        if self._folder is not None:
            self._folder.close()

    def _spec(self, choice: LiveChoice) -> ModelSpec:
        spec = self._models.spec(choice.model)
        return spec if choice.view == AUTO else with_view(spec, choice.view, ())

    def _started(
        self, key: tuple[str, str], choice: LiveChoice, spec: ModelSpec, pictures: Sequence[Pixels]
    ) -> dict[str, Any]:
        """Load a model in a frame of its own, beside that which still shows the last one."""
        model = self._models.resolved(choice.model)
        runtime = builtin_runtimes()[choice.runtime]
        if runtime.library == TF_JS:
            expect_an_end(model)
        folder = self._server.folder(next(self._folders))
        try:
            page = TFJSPage(
                self.browser,
                folder,
                runtime,
                model,
                self._cache,
                document="live-frame.html",
            )
            page.info["gpu"] = "native"
            shown = self._aimed(page, choice, spec, pictures)
        except BaseException:
            folder.close()
            if not self.browser.is_gone:
                self.browser.call("stage.drop", None, ANSWER_S)
            raise
        self.browser.call("stage.swap", None, ANSWER_S)
        if self._folder is not None:
            self._folder.close()
        self._page, self._folder, self._key = page, folder, key
        return shown

    def _changed(
        self, page: TFJSPage, choice: LiveChoice, spec: ModelSpec, pictures: Sequence[Pixels]
    ) -> dict[str, Any]:
        """Show something else of the model that is loaded, or again what was shown, where that is refused."""
        self.browser.call("live.pause", None, ANSWER_S)
        try:
            return self._aimed(page, choice, spec, pictures)
        except FramegateError:
            if self._shown is not None and not self.browser.is_gone:
                self._aimed(page, *self._shown)
            raise
        finally:
            if not self.browser.is_gone:
                self.browser.call("live.go", None, ANSWER_S)

    def _aimed(self, page: TFJSPage, choice: LiveChoice, spec: ModelSpec, pictures: Sequence[Pixels]) -> dict[str, Any]:
        pipeline = PagePipeline(
            page, _not_renewed, spec, pictures, _view_of, builtin_renderers()[choice.renderer].name, ReplayClock()
        )
        self.browser.call("live.aim", {"source": PHOTO, "numbers": RANGE, "strip": STRIP}, ANSWER_S)
        self._shown = choice, spec, pictures
        return {
            "backend": page.info["backend"],
            "device": page.info["device"],
            "first_s": pipeline.first_s,
            "load_s": page.load_s,
            "outputs": [str(info) for info in page.outputs],
        }

    def _recorded(self, page: TFJSPage, choice: LiveChoice, spec: ModelSpec, pictures: Sequence[Pixels]) -> Recording:
        """The frames of a launch, as `test_browser` takes them: of variants of the first picture."""
        clock = ReplayClock()
        turns = before_turns(in_turn([pictures[0]]))
        seen: list[ShownIO] = []

        def view_of(frame_io: FrameIO, shown: ShownIO) -> View:
            seen.append(shown)
            return _view_of(frame_io, shown)

        renderer = builtin_renderers()[choice.renderer].name
        pipeline = PagePipeline(page, _not_renewed, spec, turns, view_of, renderer, clock, budget_s=RECORD_S)
        bench = KeptBench(clock)
        stages_s = pipeline.measure(bench)
        device = page.info["device"] or page.drawn_by()
        return Recording(bench.frames_s, stages_s, pipeline.look(), pipeline.describe(), seen[-1], device)

    def _pictures(self, choice: LiveChoice) -> list[Pixels]:
        """What the model is fed, after the steps: the frames of the source, or one of it again and again."""
        source = choice.source
        if source not in {PHOTO, CLIP, *self.sent}:
            raise UnknownName("frame source", source, [PHOTO, CLIP, *self.sent])
        frames = open_frames(str(self.sent.get(source, source)))
        preprocessor = Preprocessing(choice.preprocess, BUILTIN_STEPS, choice.fit).at(choice.size)
        first, *others = [preprocessor.picture(frame).copy() for frame in frames]
        return [first, first, *others]


def _not_renewed(camera: Path | None) -> TFJSPage:
    del camera
    raise BackendUnavailable("a person's browser is not started anew", "measure it by a suite")


def _view_of(frame_io: FrameIO, shown: ShownIO) -> View:
    return view_of(shown, InputPlacement.same(frame_io.size), builtin_views())
