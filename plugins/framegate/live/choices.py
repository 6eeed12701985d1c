"""What a person can choose on the page, and what was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, get_args

from framegate import frames
from framegate.browser.runtimes import PageRenderer, PageRuntime, builtin_renderers, builtin_runtimes
from framegate.errors import UnknownName
from framegate.interfaces import FrameSourceFactory, Size, Step
from framegate.matrix import cell_id
from framegate.paths import clone_dir, suites_dir
from framegate.preprocess import BUILTIN_STEPS
from framegate.preprocess.toggles import NONE, parse_toggles
from framegate.views import NAMES
from framegate.words import Fit

AUTO = "auto"
"""The view that the spec names, or that is guessed."""
PHOTO, CLIP, CAMERA = "photo", "clip", "camera"
SOURCES = (PHOTO, CLIP, CAMERA)
"""Those that Framegate brings; the camera is that of the browser."""


@dataclass(frozen=True)
class PageOffer:
    """What there is to choose beside models.

    Attributes:
        steps: each step by its name.
        runtimes: what a page computes with, by name.
        renderers: its renderers, by name.
        frame_sources: where frames come from, beside files and the camera, by name.
    """

    steps: Mapping[str, Step]
    runtimes: Mapping[str, PageRuntime]
    renderers: Mapping[str, PageRenderer]
    frame_sources: Mapping[str, FrameSourceFactory]

    @property
    def sources(self) -> list[str]:
        """The names of the frame sources."""
        return [*SOURCES, *(name for name in self.frame_sources if name not in SOURCES)]

    def names(self) -> dict[str, list[str]]:
        """The names, by the field of a choice."""
        return {
            "steps": list(self.steps),
            "fit": list(get_args(Fit)),
            "runtime": list(self.runtimes),
            "renderer": list(self.renderers),
            "view": [AUTO, *NAMES],
            "source": self.sources,
        }


def builtin_offer() -> PageOffer:
    """What Framegate brings."""
    return PageOffer(BUILTIN_STEPS, builtin_runtimes(), builtin_renderers(), frames.builtin())


@dataclass(frozen=True)
class LiveChoice:
    """What the page shows.

    Attributes:
        model: a model's name on the page.
        size: pixels of the picture that the model is fed.
        preprocess: the steps, in the one form that a benchmark's name has.
        fit: how a frame is brought to that size.
        runtime: what the page computes with.
        renderer: name of the renderer.
        view: what shows the outputs; ``auto`` is the model's own.
        source: where frames come from: a frame source, ``camera`` for the browser's, or the name of a file that the
            page has sent.
    """

    model: str
    size: Size
    preprocess: str
    fit: Fit
    runtime: str
    renderer: str
    view: str
    source: str

    @classmethod
    def read(cls, asked: Mapping[str, Any], offer: PageOffer) -> Self:
        """The choice that the page has sent, of what is offered.

        Raises:
            UsageError, UnknownName: it names what there is not.
        """
        return cls(
            model=str(asked.get("model", "")),
            size=Size.parse(str(asked.get("size", ""))),
            preprocess=parse_toggles(str(asked.get("preprocess") or NONE), offer.steps),
            fit=_known("way to fit a frame", asked.get("fit", "crop"), get_args(Fit)),
            runtime=_known("runtime", asked.get("runtime"), offer.runtimes),
            renderer=_known("renderer", asked.get("renderer"), offer.renderers),
            view=_known("view", asked.get("view", AUTO), (AUTO, *NAMES)),
            source=str(asked.get("source", PHOTO)),
        )

    @property
    def cell(self) -> str:
        """As a test's name has it: ``colour-128-f8-128-greyscale-tfjs-wasm-topixels``."""
        return cell_id((self.model, str(self.size), self.preprocess, self.runtime, self.renderer))


def _known(kind: str, name: object, known: Iterable[str]) -> Any:
    names = list(known)
    if name not in names:
        raise UnknownName(kind, str(name), names)
    return name


def suite_words(suite: str = "test_browser") -> list[str]:
    """The suite that measures what is shown, as pytest is told."""
    in_clone = clone_dir() is not None
    return [str(suites_dir() / f"{suite}.py")] if in_clone else ["--pyargs", f"framegate.suites.{suite}"]


def suite_command(choice: LiveChoice, model: str, source: str) -> list[str]:
    """The words of a command that measures what is shown.

    Args:
        choice: what is shown.
        model: the model as a command line names it.
        source: the frames as a command line names them.
    """
    view = [] if choice.view == AUTO else [f"--frame-view={choice.view}"]
    source_words = [] if source == PHOTO else [f"--frame-source={source}"]
    fit_words = [] if choice.fit == "crop" else [f"--frame-fit={choice.fit}"]
    return [
        *("pytest", *suite_words(), "--benchmark-only"),
        f"--frame-model={model}",
        f"--frame-size={choice.size}",
        f"--frame-preprocess={choice.preprocess}",
        f"--frame-runtime={choice.runtime}",
        f"--frame-renderer={choice.renderer}",
        *(*view, *source_words, *fit_words),
    ]
