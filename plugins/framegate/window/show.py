"""Frames to the window until somebody ends it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framegate.errors import FramegateError, ModelError, WindowClosed
from framegate.files import write_whole
from framegate.frames.files import write_png
from framegate.realtime.feed import FOR_EVER_S
from framegate.realtime.run import CAMERA, RunRequest
from framegate.window.choice import WindowChoice
from framegate.window.figures import Figures, Latest
from framegate.window.layout import window_picture

if TYPE_CHECKING:
    from framegate.interfaces import Pixels
    from framegate.realtime.run import Sight
    from framegate.window.pipelines import Shown, WindowPipelines
    from framegate.window.screens import PictureScreen, Video

SHOW_S = 1 / 30
"""Between two pictures of the window: a pipeline that is faster is seen as often, and slowed down no more."""
FIGURES_S = 0.5
"""Between two looks at the figures, which nobody could read if they changed with each frame."""
PAUSE_S = 0.05
END = {"q", "escape"}


@dataclass(frozen=True)
class Bounds:
    """What is asked of a window beside the choice that it shows.

    Attributes:
        rate: frames per second of a source that does not set the pace itself.
        frames: number of frames after which it ends; None for as long as somebody looks.
        screenshot: file for its last picture, as PNG.
        folder: folder for what the key ``s`` saves.
    """

    rate: float = 30.0
    frames: int | None = None
    screenshot: Path | None = None
    folder: Path = Path()


class WindowShow:
    """Shows choices one after another in one window.

    Args:
        pipelines: what opens them.
        screen: the window.
        bounds: what it is asked for.
        video: recording of what is shown.
        clock: function that returns seconds as a float.
    """

    def __init__(
        self,
        pipelines: WindowPipelines,
        screen: PictureScreen,
        bounds: Bounds,
        video: Video | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._pipelines, self._screen, self._bounds, self._video, self._clock = pipelines, screen, bounds, video, clock
        self._offer = pipelines.offer()
        self._count = 0
        self._note = ""
        self._keys: list[str] = []
        self._is_helped = self._is_paused = False
        self._picture: Pixels | None = None
        self.figures: Figures | None = None
        """Of the latest frames."""

    def run(self, choice: WindowChoice) -> WindowChoice:
        """Show a choice and those that the keys lead to; returns what was shown last.

        Raises:
            FramegateError: the first choice cannot be shown, the model fails at a frame, or the source has stopped.
        """
        target: WindowChoice | None = choice
        shown: WindowChoice | None = None
        while target is not None:
            with ExitStack() as closing:
                try:
                    opened = closing.enter_context(self._pipelines.opened(target))
                except FramegateError as error:
                    if shown is None:
                        raise
                    # The keys go on from what failed, so that the one after it can be reached.
                    self._note = str(error)
                    opened = closing.enter_context(self._pipelines.opened(shown))
                else:
                    shown = target
                try:
                    target = self._frames(opened, shown, target)
                except WindowClosed:
                    target = None
        if self._picture is not None and self._bounds.screenshot is not None:
            write_png(self._bounds.screenshot, self._picture)
        return shown or choice

    def _frames(self, opened: Shown, shown: WindowChoice, target: WindowChoice) -> WindowChoice | None:
        """Take frames until a key asks for something else, which is returned; None for the end."""
        pipeline = opened.pipeline
        request = RunRequest(CAMERA, self._bounds.rate, FOR_EVER_S, in_flight=1)
        latest, show_at_s, figures_at_s = Latest(), self._clock(), self._clock() + FIGURES_S
        with pipeline.sights(request) as sights:
            for sight in self._named(sights, shown):
                latest.add(sight)
                for samples in pipeline.samples.values():
                    del samples[:-1000]
                self._count += 1
                is_last = self._count == self._bounds.frames
                now_s = self._clock()
                if is_last or now_s >= figures_at_s:
                    self.figures = latest.figures(pipeline.feed.rate, pipeline.feed.dropped, pipeline.samples)
                    figures_at_s = now_s + FIGURES_S
                if is_last or now_s >= show_at_s:
                    self._show(opened, shown, sight)
                    show_at_s = now_s + SHOW_S
                if is_last:
                    return None
                asked = self._asked(opened, shown, target)
                if asked != target:
                    return asked
                if self._is_paused:
                    latest = Latest()
                    asked = self._paused(opened, shown, target)
                    if asked != target:
                        return asked
        return None

    def _named(self, sights: Iterator[Sight], shown: WindowChoice) -> Iterator[Sight]:
        """The looks at the screen; what a model raises at a frame is told as its own."""
        while True:
            try:
                yield next(sights)
            except StopIteration:
                return
            except (FramegateError, KeyboardInterrupt):
                raise
            except Exception as error:
                first = (str(error).splitlines() or [""])[0]
                raise ModelError(
                    f"{shown.model} on {shown.runtime} failed after {self._count} frames:"
                    f" {type(error).__name__}: {first}"
                ) from error

    def _show(self, opened: Shown, shown: WindowChoice, sight: Sight) -> None:
        """Show the frame, unless another one than this stands on the screen: that one is counted, and not shown."""
        if sight.screen != sight.frame and self._picture is not None:
            return
        about = f"{shown.model} at {opened.size}   steps: {shown.preprocess}   {shown.runtime} to {shown.renderer}"
        lines = [about, *(self.figures.lines() if self.figures else ()), self._note or "h  the keys"]
        if self._is_helped:
            keys = self._offer.help()
            lines = ["   ".join(keys[:4]), "   ".join(keys[4:]), *lines[-1:]]
        stages_s = self.figures.stages_s if self.figures else {}
        self._picture = window_picture(opened.pipeline.fed(), opened.renderer.read(), lines, stages_s, text_lines=4)
        self._present()

    def _present(self) -> None:
        if self._picture is not None:
            self._screen.show(self._picture)
            if self._video is not None:
                self._video.add(self._picture, self._clock())

    def _paused(self, opened: Shown, shown: WindowChoice, target: WindowChoice) -> WindowChoice | None:
        """Wait until it goes on, or for a key that asks for something else."""
        while self._is_paused:
            self._screen.wait(PAUSE_S)
            self._present()
            asked = self._asked(opened, shown, target)
            if asked != target:
                self._is_paused = False
                return asked
        return target

    def _asked(self, opened: Shown, shown: WindowChoice, target: WindowChoice) -> WindowChoice | None:
        """What the keys ask for; None for the end. Those that follow a choice wait until it is shown."""
        self._keys += self._screen.pressed_keys()
        while self._keys:
            key = self._keys.pop(0)
            if key in END:
                return None
            if key == "s":
                self._save(opened, shown)
            self._is_helped ^= key == "h"
            self._is_paused ^= key == " "
            changed = self._offer.pressed(key, target)
            if changed != target:
                self._note = ""
                return changed
        return target

    def _save(self, opened: Shown, shown: WindowChoice) -> None:
        folder, number = self._bounds.folder, 1
        while (folder / f"live-{number:03}.json").exists():
            number += 1
        name = f"live-{number:03}"
        try:
            write_png(folder / f"{name}-input.png", opened.pipeline.fed())
            write_png(folder / f"{name}-screen.png", opened.renderer.read())
            figures = {} if self.figures is None else self.figures.in_json()
            text = json.dumps({**asdict(shown), "size": str(opened.size), "figures": figures}, indent=2)
            write_whole(folder / f"{name}.json", text.encode())
        except (OSError, FramegateError) as error:
            self._note = f"not saved: {error}"
        else:
            self._note = f"saved {name}.json, {name}-input.png and {name}-screen.png"
