"""What the window's picture holds, and that it keeps its size."""

import numpy as np

from framegate.window.layout import BAR, COLOURS, HEIGHT, MARGIN, PAPER, window_picture

RED, GREEN = (255, 0, 0), (0, 255, 0)


def plain(height: int, width: int, colour: tuple[int, ...]) -> np.ndarray:
    return np.full((height, width, len(colour)), colour, np.uint8)


def test_both_pictures_stand_side_by_side_as_they_are() -> None:
    picture = window_picture(plain(64, 64, RED), plain(128, 128, (*GREEN, 255)), [], {}, 4)
    assert picture.shape[1] == 2 * HEIGHT
    assert (picture[:HEIGHT, :HEIGHT] == RED).all()
    assert (picture[:HEIGHT, HEIGHT:] == GREEN).all()
    assert (picture[HEIGHT:] == PAPER).all()


def test_a_grey_picture_is_one_of_three_equal_channels() -> None:
    picture = window_picture(np.full((32, 32), 7, np.uint8), plain(32, 32, (*GREEN, 255)), [], {}, 4)
    assert (picture[:HEIGHT, :HEIGHT] == 7).all()


def test_the_bar_is_to_scale() -> None:
    stages_s = {"inference": 0.003, "draw": 0.001}
    picture = window_picture(plain(64, 64, RED), plain(64, 64, (*GREEN, 255)), [], stages_s, 4)
    bar = picture[HEIGHT + MARGIN + BAR // 2]
    first, second = ((bar == colour).all(1).sum() for colour in COLOURS[:2])
    assert first == 3 * second
    assert first + second == picture.shape[1] - 2 * MARGIN


def test_text_changes_nothing_of_its_size_however_much_there_is() -> None:
    fed, screen = plain(64, 64, RED), plain(64, 64, (*GREEN, 255))
    without = window_picture(fed, screen, [], {}, 4)
    much = window_picture(fed, screen, ["schön " * 80] * 9, {"inference": 0.1}, 4)
    assert much.shape == without.shape
    assert (much[HEIGHT:] != without[HEIGHT:]).any()


def test_small_pictures_leave_room_for_text() -> None:
    narrow = plain(64, 8, RED), plain(64, 8, (*GREEN, 255))
    assert window_picture(*narrow, [], {}, 4).shape[1] == 640
