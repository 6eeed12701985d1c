"""A source while it runs: it begins again when it ends, and it stops with a reason."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from framegate.errors import FrameError, SourceStopped
from framegate.frames import builtin
from framegate.frames.clip import generate_clip
from framegate.frames.live import AHEAD, alike, live_frames, looped
from framegate.frames.numbers import numbered_pictures, read_number
from framegate.frames.sources import MOST_FRAMES
from framegate.frames.turns import in_turn
from framegate.interfaces import FrameSourceFactory, Pixels


def plain(level: int, shape: tuple[int, ...] = (4, 6, 3)) -> Pixels:
    return np.full(shape, level, np.uint8)


class Openings:
    """A source of so many frames, each of them the number of times that it was opened and its place."""

    def __init__(self, *counts: int) -> None:
        self.counts = counts
        self.opened = 0
        self.frames: list[weakref.ref[Pixels]] = []

    def __call__(self, _: str = "") -> Iterator[Pixels]:
        self.opened += 1
        for level in range(self.counts[min(self.opened, len(self.counts)) - 1]):
            frame = plain(level)
            self.frames.append(weakref.ref(frame))
            yield frame


def levels_of(frames: Iterator[Pixels], count: int) -> list[int]:
    return [int(frame[0, 0, 0]) for frame in itertools.islice(frames, count)]


def test_a_short_source_is_opened_once() -> None:
    opened = Openings(3)
    assert levels_of(looped("bars", opened), 10) == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
    assert opened.opened == 1


def test_a_picture_comes_in_variants() -> None:
    variants = [int(frame[0, 0, 0]) for frame in in_turn([plain(0)])]
    assert levels_of(looped("bars", Openings(1)), 11) == [*variants, *variants, variants[0]]


def test_a_long_source_is_opened_again_and_none_of_it_is_kept() -> None:
    opened = Openings(5)
    frames = looped("bars", opened, keep=4)
    assert levels_of(frames, 12) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]
    assert opened.opened == 3
    assert sum(frame() is not None for frame in opened.frames) <= 2


def test_memory_is_level_over_a_long_video() -> None:
    opened = Openings(3 * MOST_FRAMES)
    with live_frames("bars", {"bars": opened}) as frames:
        alive = [sum(frame() is not None for frame in opened.frames) for _ in itertools.islice(frames, 900)]
    assert max(alive[:MOST_FRAMES]) <= MOST_FRAMES + AHEAD + 3
    assert max(alive[MOST_FRAMES + AHEAD + 6 :]) <= AHEAD + 3


@pytest.mark.parametrize("counts", [(0,), (5, 0)])
def test_a_source_that_yields_nothing_is_an_error_and_no_endless_loop(counts: tuple[int, ...]) -> None:
    opened = Openings(*counts)
    frames = looped("bars", opened, keep=4)
    assert levels_of(itertools.islice(frames, counts[0]), 5) == list(range(counts[0]))
    with pytest.raises(FrameError, match=r"^frame source 'bars' gives no frames; "):
        next(frames)
    assert opened.opened == len(counts)


def test_frames_are_read_only() -> None:
    with live_frames("clip:40x30") as frames:
        assert not any(frame.flags.writeable for frame in itertools.islice(frames, 70))


def sources(*given: Any) -> Mapping[str, FrameSourceFactory]:
    return {"mine": lambda _: iter(given)}


@pytest.mark.parametrize(
    ("last", "reason", "said"),
    [
        ([], "ended", "'mine' ended after 2 frames; give a longer one"),
        ([plain(0, (6, 4, 3))], "changed size", r"'mine' changes from \(4, 6, 3\) to \(6, 4, 3\); "),
        ([None], "corrupt frame", "'mine' gives NoneType; "),
        ([plain(0, (4, 6))], "corrupt frame", r"'mine' gives uint8 \(4, 6\); "),
        ([np.zeros((4, 6, 3), np.float32)], "corrupt frame", r"'mine' gives float32 \(4, 6, 3\); "),
    ],
)
def test_a_source_stops_with_a_reason_after_its_frames(last: list[Any], reason: str, said: str) -> None:
    with live_frames("mine", sources(plain(7), plain(8), *last), loops=False) as frames:
        assert levels_of(frames, 2) == [7, 8]
        with pytest.raises(SourceStopped, match=f"^frame source {said}") as error:
            next(frames)
    assert error.value.reason == reason


def test_a_source_that_raises_whatever_it_likes_stops_with_a_reason() -> None:
    def failing(_: str) -> Iterator[Pixels]:
        yield plain(7)
        raise ZeroDivisionError("no light")

    with live_frames("mine", {"mine": failing}) as frames:
        assert levels_of(frames, 1) == [7]
        with pytest.raises(
            SourceStopped, match=r"^frame source 'mine' raised ZeroDivisionError: no light; mend"
        ) as error:
            next(frames)
    assert error.value.reason == "failed"


def test_a_source_that_stalls_stops_with_a_reason() -> None:
    goes_on = threading.Event()

    def stalling(_: str) -> Iterator[Pixels]:
        goes_on.wait()
        yield plain(1)

    with live_frames("mine", {"mine": stalling}, patience_s=0) as frames:
        with pytest.raises(SourceStopped, match="gave no frame for 0 s") as error:
            next(frames)
        goes_on.set()
    assert error.value.reason == "stalled"


def test_a_source_is_closed_though_its_error_is_still_looked_at() -> None:
    is_closed = threading.Event()

    def closing(_: str) -> Iterator[Pixels]:
        try:
            yield plain(1)
            yield plain(1, (6, 4, 3))
        finally:
            is_closed.set()

    with live_frames("mine", {"mine": closing}) as frames:
        next(frames)
        with pytest.raises(SourceStopped) as error:
            next(frames)
        assert is_closed.is_set()
    assert error.value.__traceback__ is not None


def test_of_a_live_source_the_newest_frame_is_next_and_it_is_opened_once() -> None:
    is_at, goes_on = threading.Event(), threading.Event()

    def live(_: str) -> Iterator[Pixels]:
        yield from map(plain, range(100))
        is_at.set()
        goes_on.wait()
        yield plain(100)

    live.is_live = True  # type: ignore[attr-defined]
    with live_frames("mine", {"mine": live}) as frames:
        is_at.wait()
        assert levels_of(frames, 1) == [99]
        goes_on.set()
        assert levels_of(frames, 1) == [100]
        with pytest.raises(SourceStopped, match="ended after 101 frames"):
            next(frames)


def test_where_each_frame_counts_none_of_a_live_source_is_left_out() -> None:
    def live(_: str) -> Iterator[Pixels]:
        yield from map(plain, range(100))

    live.is_live = True  # type: ignore[attr-defined]
    with live_frames("mine", {"mine": live}, newest=False) as frames:
        assert levels_of(frames, 100) == list(range(100))


def test_the_camera_is_live() -> None:
    assert [name for name, factory in builtin().items() if getattr(factory, "is_live", False)] == ["camera"]


def test_what_cannot_be_opened_is_said_where_the_first_frame_is_asked_for() -> None:
    with live_frames("nope.png") as frames, pytest.raises(FrameError, match=r"'nope.png' is no file"):
        next(frames)


def test_a_checked_source_need_not_be_a_generator() -> None:
    frames = alike("mine", iter([plain(3)]))
    assert levels_of(frames, 1) == [3]


@pytest.mark.parametrize("codec", ["MJPG", "mp4v"])
def test_a_long_video_comes_again_and_again_with_its_numbers_in_order(tmp_path: Path, codec: str) -> None:
    path = tmp_path / ("long.avi" if codec == "MJPG" else "long.mp4")
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 30, (160, 120))
    count = MOST_FRAMES + 17
    for picture in numbered_pictures(itertools.islice(itertools.cycle(generate_clip(120, 160)), count)):
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    writer.release()
    with live_frames(str(path)) as frames:
        numbers = [read_number(frame) for frame in itertools.islice(frames, 2 * count + 5)]
    assert numbers == [*range(count), *range(count), *range(5)]
