import numpy as np
import pytest

from framegate.errors import FrameError
from framegate.interfaces import Size
from framegate.preprocess.fit import between_bars, crop, fit, letterbox, resize


def test_crop_takes_the_centre_with_offsets_rounded_down() -> None:
    frame = np.arange(5 * 8 * 3).reshape(5, 8, 3).astype(np.uint8)
    np.testing.assert_array_equal(crop(frame, Size(2, 3)), frame[1:3, 2:5])
    assert np.shares_memory(crop(frame, Size(2, 3)), frame)


def test_crop_of_the_whole_frame_is_the_frame() -> None:
    frame = np.zeros((4, 6, 3), np.uint8)
    assert crop(frame, Size(4, 6)).shape == frame.shape


@pytest.mark.parametrize("size", [Size(5, 6), Size(4, 7)])
def test_a_frame_smaller_than_the_input_is_refused_by_name(size: Size) -> None:
    with pytest.raises(FrameError) as caught:
        crop(np.zeros((4, 6, 3), np.uint8), size)
    assert str(caught.value) == (
        f"the frame is 6x4 pixels, smaller than the model's input {size.width}x{size.height}; give a larger"
        " --frame-source, a smaller --frame-size, or --frame-fit resize"
    )


def test_resize_takes_the_whole_frame() -> None:
    frame = np.zeros((4, 8, 3), np.uint8)
    frame[:, 4:] = 200
    assert resize(frame, Size(2, 2)).tolist() == [[[0] * 3, [200] * 3]] * 2
    assert resize(frame, Size(9, 20)).shape == (9, 20, 3)


def test_fit_chooses() -> None:
    frame = np.zeros((4, 8, 3), np.uint8)
    frame[:, :2] = 200
    assert fit(frame, Size(4, 4), "crop").max() == 0
    assert fit(frame, Size(4, 4), "resize").max() == 200


def test_letterbox_keeps_the_shape_between_black_bars() -> None:
    frame = np.full((4, 8, 3), 200, np.uint8)
    expected = np.zeros((4, 4), np.uint8)
    expected[1:3] = 200
    np.testing.assert_array_equal(letterbox(frame, Size(4, 4))[..., 0], expected)
    np.testing.assert_array_equal(letterbox(frame.swapaxes(0, 1), Size(4, 4))[..., 0], expected.T)


def test_letterbox_of_the_frames_own_shape_is_resize() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    np.testing.assert_array_equal(fit(frame, Size(15, 20), "letterbox"), resize(frame, Size(15, 20)))


def test_letterbox_of_a_thread_keeps_one_pixel() -> None:
    assert between_bars(Size(1, 1000), Size(8, 8)) == (3, 0, Size(1, 8))
