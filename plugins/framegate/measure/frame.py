"""The whole way of a frame, from the camera to the screen, as one measured call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import cycle
from typing import Any

from framegate.interfaces import Stage, Stages
from framegate.measure.stages import Clock, StageTimer

FRAME_STAGES = ("preprocess", "inference", "readback", "convert", "draw", "present")


def frame_stages(
    preprocess: Callable[[Any], Any], model: Stages, to_picture: Callable[[Any], Any], renderer: Stages
) -> Stages:
    """Join the parts of a frame's way into its six stages.

    Args:
        preprocess: frame in, what the model is fed out.
        model: ``inference`` and ``readback``.
        to_picture: the model's outputs to the picture that is drawn; its time counts as ``convert``.
        renderer: ``convert``, ``draw`` and ``present``.
    """
    convert, *rest = renderer

    def to_screen_format(outputs: Any) -> Any:
        return convert.call(to_picture(outputs))

    return (Stage("preprocess", preprocess), *model, Stage(convert.name, to_screen_format), *rest)


class FrameLoop:
    """Each call takes the next frame of a clip, endlessly, the whole way; the seconds of each stage are kept.

    Args:
        frames: the clip, decoded.
        stages: the way, as from ``frame_stages``.
        clock: returns seconds as a float.
    """

    def __init__(self, frames: Iterable[Any], stages: Stages, clock: Clock = time.perf_counter) -> None:
        self._next = cycle(frames).__next__
        self.timer = StageTimer(stages, clock)

    def __call__(self) -> None:
        """Take the next frame the whole way."""
        self.timer(self._next())
