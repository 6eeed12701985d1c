"""The whole way of a frame, from the camera to the screen, as one measured call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import cycle
from typing import Any

from framegate.interfaces import Stage, Stages
from framegate.measure.stages import Clock, StageTimer

FRAME_STAGES = ("preprocess", "inference", "readback", "postprocess", "convert", "draw", "present")


def frame_stages(
    preprocess: Callable[[Any], Any],
    model: Stages,
    postprocess: Callable[[Any], Any],
    renderer: Stages,
    stamp: Callable[[Any], Any] | None = None,
) -> Stages:
    """Join the parts of a frame's way into its seven stages.

    Args:
        preprocess: frame in, what the model is fed out.
        model: ``inference`` and ``readback``.
        postprocess: the model's outputs to the picture that is drawn.
        renderer: ``convert``, ``draw`` and ``present``.
        stamp: what is written into the picture before it is drawn; its time counts as ``convert``.
    """
    convert, *rest = renderer
    if stamp is not None:
        convert = Stage(convert.name, _in_turn(stamp, convert.call))
    return (Stage("preprocess", preprocess), *model, Stage("postprocess", postprocess), convert, *rest)


def _in_turn(first: Callable[[Any], Any], second: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: second(first(value))


class Turns:
    """Each call takes the next of several values through a function, endlessly, and returns what comes of it.

    Args:
        values: more than ``first``.
        call: the function.
        first: how many of the values are for ``warm_up`` alone.
    """

    def __init__(self, values: Iterable[Any], call: Callable[[Any], Any], first: int = 0) -> None:
        self._first, self._values = first, tuple(values)
        self._call = call
        self._turn = cycle(range(first, len(self._values))).__next__
        self._at = -1

    def warm_up(self, after_first: Callable[[], object] = bool) -> None:
        """Take the first values through the function, which no call does again.

        Drivers and runtimes do at their first frame what they do once; its time must not decide on the rounds.

        Args:
            after_first: called once, between the first value and the next.
        """
        for index, value in enumerate(self._values[: self._first]):
            self._call(value)
            if index == 0:
                after_first()

    def __call__(self) -> Any:
        """Take the next value through the function."""
        self._at = at = self._turn()
        return self._call(self._values[at])

    def latest(self, count: int = 3) -> list[Any]:
        """The values of the last calls, the newest first; as many as asked for, if there are that many values."""
        values = self._values[self._first :]
        return [values[self._at - self._first - late] for late in range(min(count, len(values)))]


class FrameLoop(Turns):
    """Each call takes the next frame of a clip, endlessly, the whole way; the seconds of each stage are kept.

    Args:
        frames: the clip, decoded.
        stages: the way, as from ``frame_stages``.
        clock: function that returns seconds as a float.
        first: how many of the frames are for ``warm_up`` alone.
    """

    def __init__(self, frames: Iterable[Any], stages: Stages, clock: Clock = time.perf_counter, first: int = 0) -> None:
        self.timer = StageTimer(stages, clock)
        super().__init__(frames, self.timer, first)
