"""From a choice to a pipeline that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from framegate import frames, renderers, runtimes, views
from framegate.contexts.auto import open_first
from framegate.errors import UnknownName
from framegate.frames.sources import open_frames
from framegate.frames.turns import in_turn
from framegate.inference.abilities import open_runtime
from framegate.inference.closed_inputs import close_inputs
from framegate.inference.other_inputs import other_inputs
from framegate.inference.shelf import ModelShelf
from framegate.interfaces import ANYWHERE, AS_TO_PIXELS, Drawing, Size
from framegate.live.models import MOST_LOADED, MOST_LOADED_BYTES, LiveModels
from framegate.loading import trial
from framegate.machine import usable_cores
from framegate.models.frame_io import check_feeds, find_frame_io
from framegate.once import Once
from framegate.pipelines.build import PipelineParts, Preprocessing, python_pipeline, shown_io
from framegate.pipelines.feeds import FrameFeeds
from framegate.preprocess import BUILTIN_STEPS
from framegate.preprocess.toggles import parse_toggles
from framegate.window.choice import Offer, WindowChoice

if TYPE_CHECKING:
    from framegate.interfaces import (
        Array,
        FrameSourceFactory,
        GLContext,
        LoadedModel,
        Renderer,
        RendererFactory,
        Runtime,
        RuntimeFactory,
        Step,
    )
    from framegate.pipelines.python import PythonPipeline
    from framegate.postprocess.base import ViewFactory
    from framegate.words import Fit

HIDDEN = ("auto", "null")
"""Names of registries that are no backends of their own, which no key takes."""

CLAMPED = Drawing(out_of_range="clamp")
"""As the suites draw: what no pixel can show is the nearest that one can."""


@dataclass(frozen=True)
class WindowBackends:
    """What there is to choose beside models, by name.

    Attributes:
        steps: preprocessing steps, which the keys ``1``, ``2``, … switch in this order.
        runtimes: runtimes of this process.
        renderers: renderers of this process.
        frame_sources: frame sources, beside files.
        views: views, one of which shows a model's outputs, as its spec says.
    """

    steps: Mapping[str, Step]
    runtimes: Mapping[str, RuntimeFactory]
    renderers: Mapping[str, RendererFactory]
    frame_sources: Mapping[str, FrameSourceFactory]
    views: Mapping[str, ViewFactory]


def builtin_backends() -> WindowBackends:
    """What Framegate brings."""
    return WindowBackends(BUILTIN_STEPS, runtimes.builtin(), renderers.builtin(), frames.builtin(), views.builtin())


@dataclass(frozen=True)
class WindowSettings:
    """What no key changes.

    Attributes:
        source: the frame source.
        rate: frames per second of a source that does not set the pace itself.
        size: what the models are fed; None for each model's own.
        fit: how a frame is brought to it.
    """

    source: str = "photo"
    rate: float = 30.0
    size: Size | None = None
    fit: Fit = "crop"


class Shown(NamedTuple):
    """A choice on its way to the screen.

    Attributes:
        pipeline: pipeline that takes its frames there.
        renderer: renderer that the screen is read from.
        size: pixels of the picture that the model is fed.
    """

    pipeline: PythonPipeline
    renderer: Renderer
    size: Size


class WindowPipelines:
    """Opens pipelines, one at a time; models stay loaded, those that were shown last, for a switch back to them.

    Args:
        asked: models of the command line; those that Framegate brings follow.
        cache: where models are kept.
        settings: what no key changes.
        backends: what there is to choose beside models; None is what Framegate brings.

    Raises:
        FramegateError: a model or the frame source is not there.
    """

    def __init__(
        self, asked: list[str], cache: Path, settings: WindowSettings, backends: WindowBackends | None = None
    ) -> None:
        self._backends = backends or builtin_backends()
        self._models = LiveModels(asked, cache, self._backends.steps)
        self._settings = settings
        first = open_frames(settings.source, self._backends.frame_sources)
        self._frames = in_turn(first)
        # A single picture is shown as it is: the number in the corner tells its frames apart.
        self._feeds = FrameFeeds(settings.source, first, first, self._backends.frame_sources)
        opened: Once[str, Runtime] = Once(lambda name: open_runtime(self._backends.runtimes[name], usable_cores()))
        self._shelf = ModelShelf(opened, MOST_LOADED, MOST_LOADED_BYTES)
        self._opened: WindowChoice | None = None
        self._context: GLContext | None = None

    def offer(self) -> Offer:
        """What there is to choose."""
        return Offer(
            models=[entry["name"] for entry in self._models.listed()],
            steps=list(self._backends.steps),
            runtimes=[name for name in self._backends.runtimes if name not in HIDDEN],
            renderers=[name for name in self._backends.renderers if name not in HIDDEN],
        )

    def first(self, runtime: str, renderer: str, preprocess: str | None) -> WindowChoice:
        """What is shown first; without steps that somebody names, those of the model's spec.

        Raises:
            UnknownName: there is no such runtime, renderer or step.
        """
        name = self._models.first
        own = next(entry["preprocess"] for entry in self._models.listed() if entry["name"] == name)
        for kind, asked, known in (
            ("runtime", runtime, self._backends.runtimes),
            ("renderer", renderer, self._backends.renderers),
        ):
            if asked not in known:
                raise UnknownName(kind, asked, known)
        return WindowChoice(name, parse_toggles(preprocess or own, self._backends.steps), runtime, renderer)

    def is_loaded(self, choice: WindowChoice) -> bool:
        """Whether a choice can be opened without its model being loaded."""
        name = choice.model
        return self._models.is_brought(name) and self._shelf.has(self._models.resolved(name), choice.runtime)

    def load(self, choice: WindowChoice) -> None:
        """Load the model of a choice, and run it once; a thread may do so while another choice is shown.

        Raises:
            FramegateError: it cannot be shown.
        """
        try:
            self._parts(choice)
        finally:
            # What is shown is not to be closed for the next one.
            if self._opened is not None:
                self._shelf.get(self._models.resolved(self._opened.model), self._opened.runtime)

    @contextmanager
    def opened(self, choice: WindowChoice) -> Iterator[Shown]:
        """The pipeline of a choice, in whose context the block runs.

        Raises:
            FramegateError: it cannot be shown.
        """
        with ExitStack() as closing:
            parts = self._parts(choice)
            if self._context is None:
                self._context = open_first(ANYWHERE)
            closing.enter_context(self._context.current())
            renderer = self._backends.renderers[choice.renderer](self._context)
            closing.callback(renderer.close)

            def prepared(shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> Renderer:
                renderer.prepare(shape, dtype, drawing)
                return renderer

            pipeline = python_pipeline(parts, prepared, self._feeds)
            closing.callback(pipeline.close)
            pipeline.prepare()
            self._opened = choice
            yield Shown(pipeline, renderer, parts.frame_io.size)

    def close(self) -> None:
        """Free the model and the context."""
        self._shelf.close()
        if self._context is not None:
            self._context.release()

    def _parts(self, choice: WindowChoice) -> PipelineParts:
        spec = self._models.spec(choice.model)
        model = self._models.resolved(choice.model)
        size = self._settings.size or Size.parse(self._models.sizes(choice.model)[0])
        check_feeds(spec, model, size)
        if not trial.is_trusted(spec):
            trial.vet(model, choice.runtime)
        whole = self._shelf.get(model, choice.runtime)
        loaded: LoadedModel = close_inputs(whole, other_inputs(spec, model, whole.inputs, whole.outputs, size))
        frame_io = find_frame_io(spec, model, loaded.inputs, size)
        preprocessing = Preprocessing(choice.preprocess, self._backends.steps, self._settings.fit)
        fed: dict[str, Array] = {frame_io.input.name: preprocessing.for_input(frame_io)(self._frames[0])}
        shown = shown_io(spec, model, loaded.run(fed))
        return PipelineParts(self._frames, preprocessing, frame_io, loaded, shown, self._backends.views, CLAMPED)
