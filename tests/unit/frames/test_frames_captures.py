"""Cameras, by a stand-in for OpenCV's capture, and what OpenCV makes of real files: colours, corners, order."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest

from framegate.errors import FrameError, SourceStopped
from framegate.frames.files import write_y4m
from framegate.frames.live import live_frames
from framegate.frames.numbers import numbered_pictures, read_number
from framegate.frames.sources import open_frames
from framegate.interfaces import Pixels

TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT = (200, 40, 40), (40, 180, 40), (40, 40, 200), (200, 200, 60)


def corners() -> Pixels:
    picture = np.empty((96, 128, 3), np.uint8)
    picture[:48, :64], picture[:48, 64:] = TOP_LEFT, TOP_RIGHT
    picture[48:, :64], picture[48:, 64:] = BOTTOM_LEFT, BOTTOM_RIGHT
    return picture


def bgr(picture: Pixels) -> Pixels:
    return cast("Pixels", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))


def differences(picture: Pixels) -> list[int]:
    """The largest from what the middle of each quarter should be."""
    middles = [picture[24, 32], picture[24, 96], picture[72, 32], picture[72, 96]]
    colours = [TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT]
    return [int(np.abs(middle.astype(int) - colour).max()) for middle, colour in zip(middles, colours, strict=True)]


class Capture:
    """Stands in for cv2.VideoCapture: hands over what it is told to, BGR as OpenCV does, and then False."""

    def __init__(self, pictures: Iterable[Any] = (), *, is_open: bool = True) -> None:
        self.pictures = iter(pictures)
        self.is_open = is_open
        self.asked: tuple[int, ...] = ()
        self.is_released = False

    def __call__(self, *asked: int) -> Capture:
        self.asked = asked
        return self

    def isOpened(self) -> bool:  # noqa: N802 # OpenCV's name
        return self.is_open

    def read(self) -> tuple[bool, Any]:
        nothing = object()
        picture = next(self.pictures, nothing)
        return (False, None) if picture is nothing else (True, picture)

    def release(self) -> None:
        self.is_released = True


def plugged_in(monkeypatch: pytest.MonkeyPatch, capture: Capture) -> Capture:
    monkeypatch.setattr(cv2, "VideoCapture", capture)
    return capture


@pytest.mark.parametrize(("source", "number"), [("camera:0", 0), ("camera:3", 3), ("camera", 0)])
def test_a_cameras_frames_are_rgb_and_upright(monkeypatch: pytest.MonkeyPatch, source: str, number: int) -> None:
    capture = plugged_in(monkeypatch, Capture(itertools.repeat(bgr(corners()))))
    frames = open_frames(source)
    assert len(frames) == 60
    np.testing.assert_array_equal(frames[0], corners())
    assert capture.asked == (number, cv2.CAP_ANY)
    assert capture.is_released


def test_a_camera_is_read_for_as_long_as_it_is_asked_and_then_released(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = map(bgr, numbered_pictures(itertools.repeat(corners())))
    capture = plugged_in(monkeypatch, Capture(picture.copy() for picture in pictures))
    with live_frames("camera:0") as frames:
        numbers = [read_number(frame) for frame in itertools.islice(frames, 500)]
    known = [number for number in numbers if number is not None]
    assert len(known) == 500
    assert known == sorted(known)  # others came and went meanwhile
    assert capture.is_released


def test_a_camera_that_is_not_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = plugged_in(monkeypatch, Capture(is_open=False))
    with pytest.raises(FrameError) as error:
        open_frames("camera:7")
    assert str(error.value) == (
        "camera 7 cannot be opened; plug it in, end other programs that use it,"
        " and let this user read it (on Linux: /dev/video7)"
    )
    assert capture.is_released


def test_opencv_says_nothing_of_a_camera_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FrameError, match=r"^camera 97 cannot be opened; "):
        open_frames("camera:97")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("locator", ["front", "-1", "0.5", "1e3", "²", "99999999999999999999", " 0", "/dev/video0"])
def test_what_is_no_number_names_no_camera(monkeypatch: pytest.MonkeyPatch, locator: str) -> None:
    capture = plugged_in(monkeypatch, Capture())
    with pytest.raises(FrameError) as error:
        open_frames(f"camera:{locator}")
    assert str(error.value) == f"frame source 'camera:{locator}' names no camera; give its number, as in camera:0"
    assert capture.asked == ()


@pytest.mark.parametrize(
    ("last", "reason", "said"),
    [
        ([], "ended", r"camera 0 gives no more frames; plug it in"),
        ([None], "corrupt frame", r"frame source 'camera:0' gives NoneType; "),
        (
            [np.zeros((0, 0, 3), np.uint8)],
            "changed size",
            r"frame source 'camera:0' changes from \(96, 128, 3\) to \(0, ",
        ),
        ([np.zeros((96, 128), np.uint8)], "corrupt frame", r"frame source 'camera:0' gives uint8 \(96, 128\); "),
        ([np.zeros((96, 128, 3), np.uint16)], "corrupt frame", r"frame source 'camera:0' gives uint16 "),
        (
            [bgr(corners())[:48]],
            "changed size",
            r"frame source 'camera:0' changes from \(96, 128, 3\) to \(48, 128, 3\)",
        ),
    ],
)
def test_a_camera_stops_with_a_reason(monkeypatch: pytest.MonkeyPatch, last: list[Any], reason: str, said: str) -> None:
    capture = plugged_in(monkeypatch, Capture([bgr(corners()), bgr(corners()), *last]))
    with live_frames("camera:0") as frames:
        shown: list[list[int]] = []
        with pytest.raises(SourceStopped, match=f"^{said}") as error:
            shown.extend(map(differences, frames))
        assert shown in ([[0] * 4], [[0] * 4] * 2)
        assert capture.is_released
    assert error.value.reason == reason


def test_a_camera_that_stalls_stops_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()

    def stalling() -> Iterator[Pixels]:
        goes_on.wait()
        yield from ()

    plugged_in(monkeypatch, Capture(stalling()))
    with live_frames("camera:0", patience_s=0) as frames:
        with pytest.raises(SourceStopped, match=r"^frame source 'camera:0' gave no frame for 0 s; ") as error:
            next(frames)
        goes_on.set()
    assert error.value.reason == "stalled"


def test_a_jpegs_colours_and_corners_are_where_they_were(tmp_path: Path) -> None:
    path = tmp_path / "corners.jpg"
    path.write_bytes(cv2.imencode(".jpg", bgr(corners()))[1].tobytes())
    (picture,) = open_frames(str(path))
    assert max(differences(picture)) <= 3


@pytest.mark.parametrize(("codec", "ending"), [("MJPG", "avi"), ("mp4v", "mp4"), ("mp4v", "mkv"), ("FFV1", "mkv")])
def test_a_videos_colours_and_corners_are_where_they_were(tmp_path: Path, codec: str, ending: str) -> None:
    path = tmp_path / f"corners.{ending}"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 30, (128, 96))
    assert writer.isOpened()
    for picture in numbered_pictures(itertools.repeat(corners(), 9)):
        writer.write(bgr(picture))
    writer.release()
    pictures = open_frames(str(path))
    assert max(itertools.chain(*map(differences, pictures))) <= 6
    assert list(map(read_number, pictures)) == list(range(9))


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_an_mp4_that_is_cut_off_is_said_to_end_early(tmp_path: Path, share: float) -> None:
    path = tmp_path / "cut.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 30, (128, 96))
    for _ in range(9):
        writer.write(bgr(corners()))
    writer.release()
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(FrameError, match=r"cut.mp4: the file ends early, .*; copy it again, or record it anew$"):
        open_frames(str(path))


def test_an_uncompressed_videos_corners_are_where_they_were(tmp_path: Path) -> None:
    write_y4m(tmp_path / "corners.y4m", numbered_pictures(itertools.repeat(corners(), 3)), 30)
    pictures = open_frames(str(tmp_path / "corners.y4m"))
    assert max(itertools.chain(*map(differences, pictures))) <= 25  # OpenCV takes its colours for BT.601
    assert list(map(read_number, pictures)) == [0, 1, 2]
