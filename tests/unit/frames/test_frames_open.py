"""Frame sources are read as far as they are asked for, and closed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from framegate.errors import FrameError
from framegate.frames import builtin
from framegate.frames.sources import MOST_FRAMES, open_frames, open_source
from framegate.interfaces import Pixels


class Endless:
    """Counts its frames, and knows what it was told and whether it was closed."""

    def __init__(self) -> None:
        self.given, self.told, self.is_closed = 0, "", False

    def __call__(self, locator: str) -> Iterator[Pixels]:
        self.told = locator
        try:
            for level in itertools.cycle(range(256)):
                self.given += 1
                yield np.full((4, 6, 3), level, np.uint8)
        finally:
            self.is_closed = True


@pytest.mark.parametrize(("source", "told"), [("bars", ""), ("bars:0", "0"), ("bars:C:/a b", "C:/a b")])
def test_an_endless_source_is_read_as_far_as_it_is_wanted(source: str, told: str) -> None:
    endless = Endless()
    frames = open_frames(source, {"bars": endless}, most=7)
    assert [frame[0, 0, 0] for frame in frames] == list(range(7))
    assert (endless.given, endless.told, endless.is_closed) == (7, told, True)


def test_an_open_source_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "long.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (32, 16))
    for level in range(MOST_FRAMES + 20):
        writer.write(np.full((16, 32, 3), 3 * level, np.uint8))
    writer.release()
    assert len(list(open_source(str(path), builtin()))) == MOST_FRAMES + 20
    assert len(open_frames(str(path))) == MOST_FRAMES


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "'mine' gives no frames"),
        ([np.zeros((4, 6), np.uint8)], r"'mine' gives uint8 \(4, 6\); let it yield RGB"),
        ([np.zeros((4, 6, 3), np.float32)], r"'mine' gives float32 \(4, 6, 3\)"),
        ([None], "'mine' gives NoneType"),
        (
            [np.zeros((4, 6, 3), np.uint8), np.zeros((6, 4, 3), np.uint8)],
            r"'mine' changes from \(4, 6, 3\) to \(6, 4, 3\); let all of its frames have one size",
        ),
    ],
)
def test_a_source_that_gives_something_else_is_named(given: list[Any], said: str) -> None:
    with pytest.raises(FrameError, match=f"^frame source {said}"):
        open_frames("mine", {"mine": lambda _: iter(given)})


def test_a_name_beside_the_built_in_ones_is_listed_where_there_is_no_such_file() -> None:
    with pytest.raises(FrameError, match=r"'brs' is no file; give .*, or one of 'photo', 'clip', 'camera', 'bars'"):
        open_frames("brs", {"bars": Endless()})
