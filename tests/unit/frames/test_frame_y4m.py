"""Uncompressed videos: their bytes, read by the format's and BT.709's definitions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from framegate.errors import FrameError, UsageError
from framegate.frames.files import write_y4m
from framegate.frames.numbers import read_number, stamped
from framegate.frames.sources import open_frames
from framegate.interfaces import Pixels

COLOURS = [(0, 0, 0), (255, 255, 255), (220, 30, 30), (255, 0, 0), (0, 255, 0), (0, 0, 255), (17, 99, 201), (128,) * 3]


def rgb(luma: NDArray[Any], blue: NDArray[Any], red: NDArray[Any]) -> NDArray[Any]:
    """BT.709's equations for limited range, as ITU-R BT.709-6 has them in 3.3 to 3.5."""
    y, cb, cr = (luma - 16) / 219, (blue - 128) / 224, (red - 128) / 224
    r, b = y + 1.5748 * cr, y + 1.8556 * cb
    g = (y - 0.2126 * r - 0.0722 * b) / 0.7152
    return np.clip(np.stack([r, g, b], axis=-1) * 255, 0, 255)


def pictures_in(path: Path, height: int, width: int) -> Iterator[NDArray[Any]]:
    data = path.read_bytes()
    at = data.index(b"\n") + 1
    while at < len(data):
        assert data[at : at + 6] == b"FRAME\n"
        planes = np.frombuffer(data, np.uint8, height * width * 3 // 2, at + 6).astype(float)
        luma, blue, red = np.split(planes, [height * width, height * width * 5 // 4])
        chroma = [plane.reshape(height // 2, width // 2).repeat(2, 0).repeat(2, 1) for plane in (blue, red)]
        yield rgb(luma.reshape(height, width), *chroma)
        at += 6 + height * width * 3 // 2


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_comes_back(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    path = tmp_path / "colour.y4m"
    write_y4m(path, [np.full((4, 6, 3), colour, np.uint8)], 30)
    (picture,) = pictures_in(path, 4, 6)
    assert np.abs(picture - colour).max() <= 2


def test_corners_are_where_they_were(tmp_path: Path) -> None:
    corners = np.zeros((8, 12, 3), np.uint8)
    corners[:4, :6], corners[:4, 6:], corners[4:, :6] = (220, 30, 30), (30, 220, 30), (30, 30, 220)
    write_y4m(tmp_path / "corners.y4m", [corners], 30)
    (picture,) = pictures_in(tmp_path / "corners.y4m", 8, 12)
    assert np.abs(picture - corners).max() <= 2


@pytest.mark.parametrize(
    ("rate", "said"),
    [(30, "30:1"), (24.0, "24:1"), (29.97, "2997:100"), (30000 / 1001, "30000:1001"), (12.5, "25:2")],
)
def test_the_first_line_says_what_is_in_it(tmp_path: Path, rate: float, said: str) -> None:
    path = tmp_path / "folder" / "two.y4m"
    assert write_y4m(path, [np.zeros((4, 6, 3), np.uint8)] * 2, rate) == 2
    first, rest = path.read_bytes().split(b"\n", 1)
    assert first == f"YUV4MPEG2 W6 H4 F{said} Ip A1:1 C420jpeg XCOLORRANGE=LIMITED".encode()
    assert len(rest) == 2 * (6 + 36)


def test_numbers_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "numbered.y4m"
    (photo,) = open_frames("photo")
    write_y4m(path, (stamped(photo, number) for number in range(7)), 30)
    pictures: list[Pixels] = [picture.round().astype(np.uint8) for picture in pictures_in(path, 512, 512)]
    assert list(map(read_number, pictures)) == list(range(7))
    assert list(map(read_number, open_frames(str(path)))) == list(range(7))


@pytest.mark.parametrize("rate", [0, -1, 1e-9, float("nan"), float("inf")])
def test_a_rate_that_cannot_be_is_refused(tmp_path: Path, rate: float) -> None:
    with pytest.raises(UsageError, match=r"pictures per second cannot be; give 0.001 or more"):
        write_y4m(tmp_path / "no.y4m", [np.zeros((4, 6, 3), np.uint8)], rate)


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ([], "a video of no pictures"),
        ([(4, 5)], "5x4 pixels cannot be in 4:2:0; give even sides"),
        ([(4, 6), (6, 4)], r"pictures change from \(4, 6\) to \(6, 4\)"),
    ],
)
def test_what_cannot_be_written_leaves_no_file(tmp_path: Path, shapes: list[tuple[int, int]], said: str) -> None:
    with pytest.raises((UsageError, FrameError), match=said):
        write_y4m(tmp_path / "no.y4m", [np.zeros((*shape, 3), np.uint8) for shape in shapes], 30)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FrameError, match=r"no.y4m: the video cannot be written \(.*\); name another folder"):
        write_y4m(tmp_path / "file" / "no.y4m", [np.zeros((4, 6, 3), np.uint8)], 30)
