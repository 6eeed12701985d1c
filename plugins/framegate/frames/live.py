"""A source while it runs: frames of any number, decoded ahead, which end with a reason."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from framegate.errors import FrameError, FramegateError, SourceStopped
from framegate.frames import builtin, is_live
from framegate.frames.ahead import Ahead, closed_after
from framegate.frames.sources import MOST_FRAMES, check_frame, open_source
from framegate.frames.turns import in_turn
from framegate.interfaces import FrameSourceFactory, Pixels

PATIENCE_S = 10.0
"""Seconds until a source counts as stalled: a camera takes a few of them to start."""

AHEAD = 8
"""Frames that are ready: as many as are shown at 60 Hz while a video is opened again."""


@contextmanager
def live_frames(
    source: str,
    factories: Mapping[str, FrameSourceFactory] = MappingProxyType({}),
    *,
    loops: bool = True,
    newest: bool = True,
    most: int = AHEAD,
    patience_s: float = PATIENCE_S,
) -> Iterator[Iterator[Pixels]]:
    """A source's frames for as long as the ``with`` statement lasts, read and decoded on a thread of their own.

    Args:
        source: source as in `open_source`.
        factories: sources by name, beside the built-in ones.
        loops: whether a source that ends begins again, as `looped` has it. One that is live does not.
        newest: whether a live source is read all the time, and only its newest frame is kept; else it waits for whoever
            takes its frames, as others do.
        most: number of frames that are decoded ahead at most.
        patience_s: seconds that a frame is waited for, before the source counts as stalled.

    Yields:
        An iterator of RGB pictures, uint8 (H, W, 3), of one size, read-only. It ends by raising an error only:
        `SourceStopped`, whose ``reason`` is what became of the source, or another `FrameError` where it could not be
        opened or has no frames.
    """
    registry = builtin() | dict(factories)

    def opened() -> Iterator[Pixels]:
        return open_source(source, registry)

    own_pace = is_live(source, registry)
    frames = looped(source, opened) if loops and not own_pace else _some(source, opened)
    is_newest = own_pace and newest
    with Ahead(source, alike(source, frames), 1 if is_newest else most, patience_s, newest=is_newest) as ahead:
        yield ahead


def looped(source: str, opened: Callable[[], Iterator[Pixels]], keep: int = MOST_FRAMES) -> Iterator[Pixels]:
    """Frames without an end: when a source has no more, it begins again.

    A source of ``keep`` frames or fewer is opened once, and its frames are kept; a single picture comes in the variants
    of `in_turn`. A longer one is opened again each time, and none of its frames is kept.

    Args:
        source: its name, for messages.
        opened: function that opens it, called again when it has ended.
        keep: number of frames that are kept at most.

    Raises:
        FrameError: it yields nothing, at first or when it is opened again; or as ``opened`` and its frames do.
    """
    kept: list[Pixels] = []
    count = 0
    for frame in _some(source, opened):
        count += 1
        if count <= keep:
            kept.append(frame)
        else:
            kept.clear()
        yield frame
    if kept:
        again = in_turn(kept) if count == 1 else kept
        yield from itertools.islice(itertools.cycle(again), count % len(again), None)
    while True:
        yield from _some(source, opened)


def alike(source: str, frames: Iterator[Pixels]) -> Iterator[Pixels]:
    """The same frames, read-only, until one is not like the first, or there are no more.

    Yields:
        RGB pictures, uint8 (H, W, 3), of one size.

    Raises:
        SourceStopped: at the end, with what became of the source.
    """
    first: tuple[int, ...] | None = None
    count = 0
    with closed_after(frames):
        for frame in _unbroken(source, frames):
            check_frame(source, frame, first)
            first = frame.shape
            frame.flags.writeable = False
            count += 1
            yield frame
    length = "1 frame" if count == 1 else f"{count} frames"
    raise SourceStopped(
        "ended", f"frame source {source!r} ended after {length}; give a longer one, or leave --frame-once out"
    )


def _unbroken(source: str, frames: Iterator[Pixels]) -> Iterator[Pixels]:
    """The same frames; what a plugin's source raises of its own ends them with a reason, as any other fault does."""
    try:
        yield from frames
    except FramegateError:
        raise
    except Exception as error:
        raise SourceStopped(
            "failed", f"frame source {source!r} raised {type(error).__name__}: {error}; mend the source"
        ) from error


def _some(source: str, opened: Callable[[], Iterator[Pixels]]) -> Iterator[Pixels]:
    is_empty = True
    for frame in opened():
        is_empty = False
        yield frame
    if is_empty:
        raise FrameError(f"frame source {source!r} gives no frames; let it yield RGB pictures, uint8 (H, W, 3)")
