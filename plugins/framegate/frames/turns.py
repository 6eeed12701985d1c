"""Frames to show in turn: none can pass for one of the two before it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from framegate.interfaces import Frame

if TYPE_CHECKING:
    from framegate.interfaces import Pixels

TURNS = 3
"""Different frames in turn: a frame that is late by one or by two is then another picture than the right one."""

WARM_UP = 2
"""Frames that are taken before the others and never again: whatever stops at one of them is found out for certain."""

LEAST = 32
"""Levels of 255 by which some pixel must differ between two frames for them to be two pictures."""

SHIFT = 51
"""Levels between two variants of a picture, so that even a picture of one colour has three of them."""


def in_turn(frames: Sequence[Pixels]) -> list[Pixels]:
    """The frames of a source as they are shown: two to warm up, then the others, one after another, endlessly.

    Of a clip, frames are left out that are hardly different from one of the two before them. Where fewer than five
    are left, and for a single picture, it is the first one and four variants of it.

    Args:
        frames: RGB uint8 (H, W, 3), of one size; at least one.

    Returns:
        Five frames or more, the first of them as it was; all are read-only.
    """
    kept: list[Pixels] = []
    for frame in frames:
        if _is_new(frame, kept[1 - TURNS :]):
            kept.append(frame)
    first, second = WARM_UP, WARM_UP + 1  # of those that follow the last ones
    while len(kept) >= WARM_UP + TURNS and not (_is_new(kept[first], kept[-2:]) and _is_new(kept[second], kept[-1:])):
        kept.pop()
    return kept if len(kept) >= WARM_UP + TURNS else [_variant(frames[0], turn) for turn in range(WARM_UP + TURNS)]


def before_turns(pictures: Sequence[Pixels]) -> list[Pixels]:
    """The same pictures as a page takes them: the last of them before all others, which then come in turn."""
    *turns, before = pictures
    return [before, *turns]


def numbered(pictures: Sequence[Pixels], first: int, clock: Callable[[], float]) -> Iterator[Frame]:
    """Frames without an end: the first pictures once, then the others in turn, each due when it is asked for.

    Args:
        pictures: more than ``first``.
        first: number of pictures that come once.
        clock: function that returns seconds as a float.
    """
    for number in itertools.count():
        index = number if number < first else first + (number - first) % (len(pictures) - first)
        yield Frame(number, clock(), pictures[index])


def _is_new(frame: Pixels, before: Sequence[Pixels]) -> bool:
    import cv2

    return all(cv2.norm(frame, other, cv2.NORM_INF) >= LEAST for other in before)


def _variant(frame: Pixels, turn: int) -> Pixels:
    """The frame itself at first; then turned or mirrored, and brighter from turn to turn, from 255 on from 0 again."""
    if turn == 0:
        return frame
    moved = (frame, frame[::-1, ::-1], frame[:, ::-1], frame[::-1])[turn % 4]
    variant = np.ascontiguousarray(moved) + np.uint8(turn * SHIFT)
    variant.flags.writeable = False
    return variant
