"""Pictures of the page: small, packed, and those that are equal kept once."""

from __future__ import annotations

import cv2
import numpy as np

from framegate.report.html.facts import Figure
from framegate.report.html.pictures import PictureShelf, ShownPicture
from framegate.results.parts import Cell

SCREEN = np.random.default_rng(1).integers(0, 256, (6, 8, 4), np.uint8)
FRAME = np.full((20, 30, 3), 90, np.uint8)


def cell(renderer: str) -> Cell:
    return Cell(model="net", size="8x6", runtime="keras", renderer=renderer, gl="egl")


def shown(screen: np.ndarray = SCREEN, off: int = 0) -> ShownPicture:
    difference = np.zeros((6, 8, 4), np.uint8)
    difference[5, 7, 0] = off
    return ShownPicture(0, FRAME, FRAME[:6, :8], screen, difference)


def pixels(figure: Figure) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(figure.file, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return np.asarray(picture)


def test_ways_that_drew_the_same_share_a_picture() -> None:
    shelf = PictureShelf()
    for renderer in ("opencv", "topixels"):
        shelf.keep("test_frame", cell(renderer), shown())
    shelf.keep("test_frame", cell("gl-texture"), shown(SCREEN // 2, off=1))
    [row] = shelf.rows()
    assert row.title == "net at 8x6, frame 0"
    assert [figure.title for figure in row.figures] == [
        "what went in",
        "what the model was fed",
        "drawn by 2 cells alike",
        "off the oracle, 64 times",
        "drawn by keras, gl-texture, egl",
        "off the oracle, 64 times",
    ]
    assert row.figures[2].notes == ["8x6", "keras, opencv, egl", "keras, topixels, egl"]
    assert row.figures[3].notes == ["none: every byte is the oracle's"]
    assert row.figures[5].notes == ["up to 1/255, at 2.1 % of the pixels"]
    loud = pixels(row.figures[5])
    assert loud[5, 7].tolist() == [0, 0, 64]  # OpenCV reads blue first
    assert loud.sum() == 64


def test_a_single_wrong_pixel_of_a_large_picture_is_still_seen() -> None:
    off = np.zeros((1000, 2000, 4), np.uint8)
    off[997, 1111, 1] = 3
    shelf = PictureShelf()
    shelf.keep("test_frame", cell("opencv"), ShownPicture(None, None, None, np.zeros_like(off), off))
    picture, difference = shelf.rows()[0].figures
    assert (picture.width, picture.height) == (256, 128)
    assert pixels(difference).max() == 192
    assert max(pixels(difference).shape) <= 256


def test_a_wrong_picture_has_a_row_of_its_own_below_the_others() -> None:
    shelf = PictureShelf()
    shelf.keep("test_frame", cell("late"), shown(off=255), "wrong after the last frame")
    shelf.keep("test_frame", cell("opencv"), shown())
    assert [row.title for row in shelf.rows()] == [
        "net at 8x6, frame 0",
        "net at 8x6, frame 0: wrong after the last frame",
    ]
