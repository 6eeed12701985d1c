"""Frames decoded ahead: in order, of a bounded number, on a thread that ends; nothing here waits for time to pass."""

from __future__ import annotations

import gc
import itertools
import threading
import weakref
from collections.abc import Iterator

import numpy as np
import pytest
from patience import PATIENCE_S

from framegate.errors import SourceStopped
from framegate.frames import ahead
from framegate.frames.ahead import Ahead
from framegate.interfaces import Pixels


def levels(count: int) -> Iterator[Pixels]:
    for level in range(count):
        yield np.full((4, 6, 3), level % 256, np.uint8)


def level_of(frame: Pixels) -> int:
    return int(frame[0, 0, 0])


class Watched:
    """A source without an end that knows who reads it, who closes it, and which of its frames are alive."""

    def __init__(self) -> None:
        self.frames: list[weakref.ref[Pixels]] = []
        self.readers: set[int] = set()
        self.closer: int | None = None
        self.most_alive = 0
        self.is_at = threading.Semaphore(0)

    def __iter__(self) -> Iterator[Pixels]:
        try:
            for level in itertools.count():
                self.readers.add(threading.get_ident())
                frame = np.full((4, 6, 3), level % 256, np.uint8)
                self.frames.append(weakref.ref(frame))
                self.most_alive = max(self.most_alive, self.alive())
                self.is_at.release()
                yield frame
        finally:
            self.closer = threading.get_ident()

    def alive(self) -> int:
        return sum(frame() is not None for frame in self.frames)


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


def test_frames_come_in_their_order_and_end() -> None:
    with Ahead("bars", levels(50)) as frames:
        assert [level_of(frame) for frame in frames] == list(range(50))
        assert next(frames, None) is None


@pytest.mark.parametrize("most", [1, 4])
def test_a_few_are_ready_and_no_more_are_decoded(most: int) -> None:
    source = Watched()
    with Ahead("bars", iter(source), most) as frames:
        for _ in range(most + 1):  # one waits for its place
            source.is_at.acquire()
        assert len(source.frames) == most + 1
        assert level_of(next(frames)) == 0
        source.is_at.acquire()
        assert len(source.frames) == most + 2


def test_a_long_source_keeps_memory_level() -> None:
    source = Watched()
    with Ahead("bars", iter(source), most=4) as frames:
        for number in range(2000):
            assert level_of(next(frames)) == number % 256
    gc.collect()
    assert source.most_alive <= 4 + 3  # one is being decoded, one waits for its place, and one is looked at
    assert source.alive() == 0


def test_a_source_is_read_and_closed_on_one_thread_that_ends() -> None:
    source = Watched()
    with Ahead("bars", iter(source)) as frames:
        next(frames)
        assert "frames of bars" in names()
    assert "frames of bars" not in names()
    assert source.readers == {source.closer}
    assert source.closer != threading.get_ident()
    assert next(frames, None) is None


def test_a_source_that_is_over_leaves_no_thread_without_being_closed() -> None:
    frames = Ahead("bars", levels(3))
    assert len(list(frames)) == 3
    frames._thread.join()
    frames.close()
    frames.close()


def test_what_a_source_raises_is_raised_after_its_frames_and_again() -> None:
    def broken() -> Iterator[Pixels]:
        yield from levels(2)
        raise ValueError("mine")

    with Ahead("bars", broken()) as frames:
        assert [level_of(next(frames)), level_of(next(frames))] == [0, 1]
        for _ in range(2):
            with pytest.raises(ValueError, match=r"^mine$"):
                next(frames)


def test_an_iterator_that_cannot_be_closed_will_do() -> None:
    with Ahead("bars", iter([np.zeros((4, 6, 3), np.uint8)])) as frames:
        assert len(list(frames)) == 1


@pytest.mark.parametrize(("most", "left"), [(1, [49]), (3, [47, 48, 49])])
def test_of_a_source_that_waits_for_nobody_the_newest_are_kept(most: int, left: list[int]) -> None:
    with Ahead("bars", levels(50), most, newest=True) as frames:
        frames._thread.join()
        assert [level_of(frame) for frame in frames] == left


def test_a_source_that_hangs_is_stalled_and_can_go_on() -> None:
    goes_on = threading.Event()

    def hanging() -> Iterator[Pixels]:
        goes_on.wait()
        yield from levels(1)

    frames = Ahead("bars", hanging(), patience_s=0)
    with pytest.raises(SourceStopped, match=r"^frame source 'bars' gave no frame for 0 s; ") as error:
        next(frames)
    assert error.value.reason == "stalled"
    goes_on.set()
    frames._thread.join()
    assert level_of(next(frames)) == 0


def test_a_stalled_source_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = threading.Event()

    def hanging() -> Iterator[Pixels]:
        ends.wait()
        yield from ()

    frames = Ahead("bars", hanging(), patience_s=1e-3)
    waits_s: list[float | None] = []
    with monkeypatch.context() as patch:
        patch.setattr(frames._thread, "join", waits_s.append)
        with pytest.raises(SourceStopped):
            next(frames)
        frames.close()
    assert waits_s == [0]
    ends.set()
    frames._thread.join()


def test_a_source_that_hangs_for_ever_does_not_keep_its_user() -> None:
    ends = threading.Event()

    def hanging() -> Iterator[Pixels]:
        ends.wait()
        yield from ()

    with Ahead("bars", hanging(), patience_s=0) as frames:
        pass
    assert next(frames, None) is None
    assert frames._thread.daemon
    ends.set()
    frames._thread.join()


def test_an_error_of_its_user_ends_the_thread() -> None:
    source = Watched()
    with pytest.raises(KeyError), Ahead("bars", iter(source)) as frames:
        raise KeyError(level_of(next(frames)))
    assert not frames._thread.is_alive()


def test_ctrl_c_does_not_wait_for_a_source_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()

    def hangs() -> Iterator[Pixels]:
        goes_on.wait()
        yield from levels(1)

    monkeypatch.setattr(ahead, "LEFT_S", 0.0)
    frames = Ahead("bars", hangs(), patience_s=PATIENCE_S)
    with pytest.raises(KeyboardInterrupt), frames:
        raise KeyboardInterrupt
    assert frames._thread.is_alive()
    goes_on.set()
    frames._thread.join()
