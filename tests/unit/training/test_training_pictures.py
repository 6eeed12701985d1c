from pathlib import Path

import cv2
import numpy as np
import pytest

from framegate.errors import FrameError
from framegate.interfaces import Pixels
from framegate.training.pictures import batches, blurred_grey, cut, load_pictures, middle, to_tensors


def coloured(height: int, width: int) -> Pixels:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0] = 200
    picture[..., 1] = np.linspace(0, 255, width).astype(np.uint8)
    return picture


def write(path: Path, picture: Pixels) -> None:
    path.write_bytes(cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1].tobytes())


def test_colour_pictures_are_read_in_order_and_the_others_are_named(tmp_path: Path) -> None:
    write(tmp_path / "b.png", coloured(70, 80))
    write(tmp_path / "a.png", coloured(90, 64))
    write(tmp_path / "grey.png", np.full((70, 70, 3), 90, np.uint8))
    write(tmp_path / "small.png", coloured(63, 80))
    (tmp_path / "broken.jpg").write_bytes(b"no")
    (tmp_path / "notes.txt").write_text("not looked at")
    frames, left_out = load_pictures(tmp_path, 64)
    assert [frame.shape for frame in frames] == [(90, 64, 3), (70, 80, 3)]
    assert left_out == ["broken.jpg (cannot be read)", "grey.png (grey)", "small.png (80x63, too small)"]


def test_a_video_gives_its_frames(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (80, 64))
    for _ in range(3):
        writer.write(coloured(64, 80))
    writer.release()
    assert len(load_pictures(path, 64).frames) == 3


def test_nothing_to_learn_from_is_an_error_that_says_why(tmp_path: Path) -> None:
    with pytest.raises(FrameError, match=r"nowhere is neither a folder nor a file"):
        load_pictures(tmp_path / "nowhere", 64)
    with pytest.raises(FrameError, match=r"no colour picture of at least 64x64 pixels \(left out: nothing, there is"):
        load_pictures(tmp_path, 64)
    write(tmp_path / "small.png", coloured(10, 20))
    with pytest.raises(FrameError, match=r"left out: small.png \(20x10, too small\)\); give other pictures or a"):
        load_pictures(tmp_path, 64)


def test_a_cut_is_a_square_of_the_picture() -> None:
    random = np.random.default_rng(0)
    cuts = [cut(coloured(100, 150), 64, random) for _ in range(20)]
    assert {square.shape for square in cuts} == {(64, 64, 3)}
    assert all((square[..., 0] == 200).all() for square in cuts)
    rising = [square[0, -1, 1] > square[0, 0, 1] for square in cuts]
    assert True in rising
    assert False in rising


def test_a_picture_of_just_the_size_can_be_cut() -> None:
    assert cut(coloured(64, 64), 64, np.random.default_rng(0)).shape == (64, 64, 3)


def test_the_same_seed_gives_the_same_batches() -> None:
    pictures = [coloured(80, 90), coloured(90, 80)[::-1]]
    first, again, other = (list(batches(pictures, 64, 2, 3, seed)) for seed in ((5, 1), (5, 1), (5, 2)))
    assert len(first) == 3
    assert all((a[1] == b[1]).all() for a, b in zip(first, again, strict=True))
    assert any((a[1] != b[1]).any() for a, b in zip(first, other, strict=True))
    assert first[0][0].shape == (2, 64, 64, 1)
    assert first[0][1].shape == (2, 64, 64, 3)


def test_tensors_are_signed_and_the_input_is_the_blurred_grey() -> None:
    square = coloured(64, 64)
    fed, wanted = to_tensors([square])
    np.testing.assert_array_equal(wanted[0], ((square.astype(np.float64) - 127.5) / 127.5).astype(np.float32))
    np.testing.assert_array_equal(fed[0, ..., 0], ((blurred_grey(square) - 127.5) / 127.5).astype(np.float32))


def test_middle_is_the_largest_square_scaled() -> None:
    picture = np.zeros((64, 128, 3), np.uint8)
    picture[:, 32:96] = 100
    assert (middle(picture, 32) == 100).all()
