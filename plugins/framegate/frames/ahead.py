"""Frames that are decoded before they are asked for, on a thread of their own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from framegate.errors import SourceStopped

if TYPE_CHECKING:
    from types import TracebackType

    from framegate.interfaces import Pixels


LEFT_S = 1.0
"""How long Ctrl-C waits for a source that hangs."""


@contextmanager
def closed_after(frames: Iterator[Pixels]) -> Iterator[None]:
    """Close what can be closed, as generators can, though an error's traceback still refers to it."""
    try:
        yield
    finally:
        getattr(frames, "close", lambda: None)()


class Ahead:
    """An iterator of a source's frames, of which a few are ready; in a ``with`` statement, which ends its thread.

    At most ``most`` frames are ready, and one is being decoded, or waits for its place. The source is read and closed
    on the thread. What it raises is raised where its next frame is asked for, after the frames before it, and again at
    each further time.

    Args:
        source: the source's name, for messages.
        frames: its frames; nobody else may take of them.
        most: number of frames that are ready at most, 1 or more.
        patience_s: seconds that a frame is waited for, before the source counts as stalled; None for ever.
        newest: whether the source is read all the time, and the oldest frames are dropped for new ones.
    """

    def __init__(
        self,
        source: str,
        frames: Iterator[Pixels],
        most: int = 4,
        patience_s: float | None = None,
        *,
        newest: bool = False,
    ) -> None:
        self._source = source
        self._most = most
        self._patience_s = patience_s
        self._newest = newest
        self._ready: deque[Pixels] = deque(maxlen=most)
        self._end: BaseException | None = None
        self._is_closed = False
        self._is_stalled = False
        self._changed = threading.Condition()
        # A source that hangs for ever must not keep the process from ending.
        self._thread = threading.Thread(target=self._decode, args=(frames,), name=f"frames of {source}", daemon=True)
        self._thread.start()

    def __iter__(self) -> Ahead:
        return self

    def __next__(self) -> Pixels:
        """The next frame, as soon as there is one.

        Raises:
            StopIteration: the source has no more, or this is closed.
            SourceStopped: it is stalled; or what the source raised.
        """
        with self._changed:
            is_there = self._changed.wait_for(lambda: self._ready or self._end is not None, self._patience_s)
            self._is_stalled = not is_there
            if not is_there:
                raise SourceStopped(
                    "stalled",
                    f"frame source {self._source!r} gave no frame for {self._patience_s:g} s;"
                    " see whether it still runs, and whether others read it",
                )
            if not self._ready and self._end is not None:
                raise self._end
            self._changed.notify_all()
            return self._ready.popleft()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close(LEFT_S if kind is KeyboardInterrupt else None)

    def close(self, most_s: float | None = None) -> None:
        """Close the source and end the thread; one in which the source hangs is left when the patience is over.

        Where the source is stalled, that has been waited for.

        Args:
            most_s: seconds after which it is left at the latest; None is the patience.
        """
        with self._changed:
            self._is_closed = True
            self._ready.clear()
            self._end = StopIteration()
            self._changed.notify_all()
        waits_s = [seconds for seconds in (self._patience_s, most_s) if seconds is not None]
        self._thread.join(0 if self._is_stalled else min(waits_s, default=None))

    def _decode(self, frames: Iterator[Pixels]) -> None:
        end: BaseException = StopIteration()
        try:
            with closed_after(frames):
                while not self._is_closed:
                    self._hand_over(next(frames))
        except BaseException as error:  # noqa: BLE001 # whatever it is, the one who waits for a frame has to know
            end = error
        with self._changed:
            self._end = end if self._end is None else self._end
            self._changed.notify_all()

    def _hand_over(self, frame: Pixels) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._newest or len(self._ready) < self._most or self._is_closed)
            if not self._is_closed:
                self._ready.append(frame)
                self._changed.notify_all()
