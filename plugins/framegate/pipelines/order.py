"""The order in which the stages of several frames follow each other: one frame after another, or overlapped."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from typing import TYPE_CHECKING, Literal, Protocol, get_args

import numpy as np

from framegate.measure.stages import Clock, KeepCall, StageTimer

if TYPE_CHECKING:
    from framegate.interfaces import Array, Frame, Stages

    Arrays = dict[str, Array]
    Draws = Callable[[Frame], object]
    """Called with a frame before it is drawn, in the thread that draws."""

OrderName = Literal["serial", "overlapped"]
ORDERS: tuple[OrderName, ...] = get_args(OrderName)
MODEL = ("inference", "readback")


class Order(Protocol):
    """Takes frames through their stages.

    Attributes:
        clock: what the stages are timed with.
        samples: seconds of each stage in every frame so far.
        in_flight: number of frames that are on their way at once.
    """

    clock: Clock
    samples: Mapping[str, list[float]]
    in_flight: int

    def __call__(self, frames: Iterator[Frame], draws: Draws) -> Frame:
        """Return the next frame when its last stage has ended.

        Raises:
            StopIteration: there are no more frames.
        """
        ...

    def slow(self, delays_s: Mapping[str, float]) -> None:
        """Slow stages down with real work; ``{}`` restores them.

        Raises:
            ValueError: there is no such stage.
        """
        ...

    def keep_calls(self, keep: KeepCall | None) -> None:
        """Have ``keep`` given the clock's readings of all stages from now on; None ends that."""
        ...

    def close(self) -> None:
        """End threads; a second call does nothing."""
        ...


class Serial:
    """All stages of a frame, then those of the next.

    Args:
        stages: the stages of a frame.
        clock: function that returns seconds as a float.
    """

    def __init__(self, stages: Stages, clock: Clock = time.perf_counter) -> None:
        self._timer = StageTimer(stages, clock)
        self.clock, self.in_flight = clock, 1
        self.samples: Mapping[str, list[float]] = self._timer.samples
        self.slow = self._timer.slow

    def __call__(self, frames: Iterator[Frame], draws: Draws) -> Frame:
        """Take the next frame."""
        frame = next(frames)
        draws(frame)
        self._timer(frame.picture, frame.number)
        return frame

    def keep_calls(self, keep: KeepCall | None) -> None:
        """See `Order`."""
        self._timer.keep = keep

    def close(self) -> None:
        """Nothing has to be ended."""


class Overlapped:
    """One thread takes frames and preprocesses them, one runs the model, and the caller's draws.

    So OpenGL stays in the thread whose context it is. What passes from one thread to the next is copied, as steps and
    runtimes overwrite their memory with the next frame.

    Args:
        stages: the stages of a frame, among them ``inference`` and ``readback``.
        clock: function that returns seconds as a float, read in all three threads.
    """

    def __init__(self, stages: Stages, clock: Clock = time.perf_counter) -> None:
        first = [stage.name for stage in stages].index(MODEL[0])
        last = first + len(MODEL)
        self._parts = [StageTimer(part, clock) for part in (stages[:first], stages[first:last], stages[last:])]
        self._prepare, self._infer, self._draw = self._parts
        self._threads = [ThreadPoolExecutor(1, f"framegate-{name}") for name in ("preprocess", "inference")]
        self._under_way: deque[Future[tuple[Frame, Arrays]]] = deque()
        self.clock, self.in_flight = clock, 1
        self.samples: Mapping[str, list[float]] = {
            name: samples for part in self._parts for name, samples in part.samples.items()
        }

    def __call__(self, frames: Iterator[Frame], draws: Draws) -> Frame:
        """Draw the next frame; others are on their way meanwhile."""
        if not self._under_way:
            self._send(frames)
        try:
            frame, outputs = self._under_way.popleft().result()
        except BaseException:
            self._under_way.clear()  # which ended in the same way, and belong to no other run
            raise
        while len(self._under_way) + 1 < self.in_flight:
            self._send(frames)
        draws(frame)
        self._draw(outputs, frame.number)
        return frame

    def slow(self, delays_s: Mapping[str, float]) -> None:
        """Slow stages down, each in its thread."""
        unknown = delays_s.keys() - self.samples.keys()
        if unknown:
            raise ValueError(f"no stage {', '.join(sorted(unknown))}; there is {', '.join(self.samples)}")
        for part in self._parts:
            part.slow({name: delay_s for name, delay_s in delays_s.items() if name in part.samples})

    def keep_calls(self, keep: KeepCall | None) -> None:
        """See `Order`; it is called in all three threads."""
        for part in self._parts:
            part.keep = keep

    def close(self) -> None:
        """End both threads, after the frames that are in them."""
        for thread in self._threads:
            thread.shutdown(cancel_futures=True)

    def _send(self, frames: Iterator[Frame]) -> None:
        prepare, infer = self._threads
        self._under_way.append(infer.submit(self._inferred, prepare.submit(self._prepared, frames)))

    def _prepared(self, frames: Iterator[Frame]) -> tuple[Frame, Arrays]:
        frame = next(frames)
        return frame, _copies(self._prepare(frame.picture, frame.number))

    def _inferred(self, prepared: Future[tuple[Frame, Arrays]]) -> tuple[Frame, Arrays]:
        frame, feeds = prepared.result()
        return frame, _copies(self._infer(feeds, frame.number))


def _copies(arrays: Arrays) -> Arrays:
    copies = copy(arrays)  # of its own kind, which may know more of a run
    copies.update({name: np.array(array) for name, array in arrays.items()})
    return copies


def order_of(name: str) -> type[Serial | Overlapped]:
    """The class of an order's name."""
    return Overlapped if name == "overlapped" else Serial
