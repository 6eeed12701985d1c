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
from framegate.window.coming import Coming, announced
from framegate.window.figures import Figures, Latest
from framegate.window.layout import empty_picture, window_picture

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
TEXT_LINES = 4
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
        self._target: WindowChoice | None = None
        """What is to be shown; None for the end."""
        self._coming: Coming | None = None
        self._is_helped = self._is_paused = False
        self._picture: Pixels | None = None
        self.figures: Figures | None = None
        """Of the latest frames."""

    def run(self, choice: WindowChoice) -> WindowChoice:
        """Show a choice and those that the keys lead to; returns what was shown last.

        Raises:
            FramegateError: the first choice cannot be shown, the model fails at a frame, or the source has stopped.
        """
        shown: WindowChoice | None = None
        self._target = choice if self._begins(choice) else None
        while self._target is not None:
            with ExitStack() as closing:
                try:
                    opened = closing.enter_context(self._pipelines.opened(self._target))
                except FramegateError as error:
                    if shown is None:
                        raise
                    # The keys go on from what failed, so that the one after it can be reached.
                    self._note = str(error)
                    opened = closing.enter_context(self._pipelines.opened(shown))
                else:
                    shown = self._target
                try:
                    self._frames(opened, shown)
                except WindowClosed:
                    self._target = None
        if self._picture is not None and self._bounds.screenshot is not None:
            write_png(self._bounds.screenshot, self._picture)
        return shown or choice

    def _begins(self, choice: WindowChoice) -> bool:
        """Load what is shown first; whether it is to be shown still."""
        if self._pipelines.is_loaded(choice):
            return True
        picture = empty_picture([announced(choice)], text_lines=TEXT_LINES)
        try:
            # Before the other thread begins, whose imports leave this one little time.
            self._screen.show(picture)
            coming = Coming(choice, self._pipelines.load)
            while not coming.is_there:
                self._screen.show(picture)
                self._screen.wait(PAUSE_S)
                self._keys += self._screen.pressed_keys()
                if self._is_told_to_end():
                    return False
        except WindowClosed:
            return False
        coming.verify()
        return True

    def _frames(self, opened: Shown, shown: WindowChoice) -> None:
        """Take frames until something else is to be shown, or nothing any more."""
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
                    break
                if self._has_turned(opened, shown):
                    return
                if self._is_paused:
                    latest = Latest()
                    if self._has_turned_in_pause(opened, shown):
                        return
        self._target = None

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
        note = str(self._coming or self._note or "h  the keys")
        lines = [about, *(self.figures.lines() if self.figures else ()), note]
        if self._is_helped:
            keys = self._offer.help()
            lines = ["   ".join(keys[:4]), "   ".join(keys[4:]), *lines[-1:]]
        stages_s = self.figures.stages_s if self.figures else {}
        self._picture = window_picture(opened.pipeline.fed(), opened.renderer.read(), lines, stages_s, TEXT_LINES)
        self._present()

    def _present(self) -> None:
        if self._picture is not None:
            self._screen.show(self._picture)
            if self._video is not None:
                self._video.add(self._picture, self._clock())

    def _has_turned_in_pause(self, opened: Shown, shown: WindowChoice) -> bool:
        """Wait until it goes on, or as `_has_turned`."""
        while self._is_paused:
            self._screen.wait(PAUSE_S)
            self._present()
            if self._has_turned(opened, shown):
                return True
        return False

    def _has_turned(self, opened: Shown, shown: WindowChoice) -> bool:
        """Do what the keys ask for; whether something else is to be shown now, or nothing any more.

        What is shown goes on while the model of a choice is loaded. Keys that follow the choice wait until it is shown.
        """
        self._keys += self._screen.pressed_keys()
        if self._is_told_to_end():
            return True
        if self._coming is not None:
            if not self._coming.is_there:
                return False
            coming, self._coming = self._coming, None
            try:
                coming.verify()
            except FramegateError as error:
                self._note = str(error)
            else:
                return True
        while self._keys:
            if self._is_told_to_end():
                return True
            key = self._keys.pop(0)
            if key == "s":
                self._save(opened, shown)
            self._is_helped ^= key == "h"
            self._is_paused ^= key == " "
            if self._is_chosen(key):
                return self._coming is None
        return False

    def _is_told_to_end(self) -> bool:
        """Whether the next key ends it."""
        if not self._keys or self._keys[0] not in END:
            return False
        self._target = None
        return True

    def _is_chosen(self, key: str) -> bool:
        """Whether a key chooses something, which is loaded then if it is not."""
        if self._target is None:
            return False
        changed = self._offer.pressed(key, self._target)
        if changed == self._target:
            return False
        self._note, self._is_paused, self._target = "", False, changed
        if not self._pipelines.is_loaded(changed):
            self._coming = Coming(changed, self._pipelines.load)
        return True

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
