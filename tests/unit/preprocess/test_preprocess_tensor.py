import numpy as np
import pytest

from framegate.errors import WrongOutput
from framegate.interfaces import Size
from framegate.preprocess.pipeline import Preprocessor
from framegate.preprocess.steps import greyscale
from framegate.preprocess.tensor import ToTensor

VALUES = np.arange(256, dtype=np.uint8).reshape(16, 16)
RGB = np.stack([VALUES, VALUES[::-1], VALUES.T], axis=-1)


def test_the_originals_range_is_exact() -> None:
    tensor = ToTensor((1, 16, 16, 1), "float32", (-1, 1))(VALUES)
    exact = (VALUES.astype(np.float64) - 127.5) / 127.5
    assert tensor.dtype == np.float32
    np.testing.assert_array_equal(tensor[0, :, :, 0], exact.astype(np.float32))


@pytest.mark.parametrize(("value_range", "ends"), [((0, 1), [0, 1]), ((0, 255), [0, 255]), ((-1, 1), [-1, 1])])
def test_both_ends_of_a_range_are_reached(value_range: tuple[float, float], ends: list[float]) -> None:
    tensor = ToTensor((16, 16, 1), "float32", value_range)(VALUES)
    assert [tensor.min(), tensor.max()] == ends


def test_int32_models_get_integers() -> None:
    tensor = ToTensor((1, 16, 16, 3), "int32", (0, 255))(RGB)
    assert tensor.dtype == np.int32
    np.testing.assert_array_equal(tensor[0], RGB)


def test_one_channel_takes_red() -> None:
    np.testing.assert_array_equal(ToTensor((16, 16, 1), "float32", (0, 255))(RGB)[:, :, 0], RGB[:, :, 0])


def test_grey_is_repeated_and_alpha_is_opaque() -> None:
    np.testing.assert_array_equal(
        ToTensor((16, 16, 3), "float32", (0, 255))(VALUES), np.repeat(VALUES[..., None], 3, 2)
    )
    four = ToTensor((16, 16, 4), "float32", (0, 255))
    np.testing.assert_array_equal(four(VALUES)[..., :3], np.repeat(VALUES[..., None], 3, 2))
    np.testing.assert_array_equal(four(RGB), np.dstack([RGB, np.full((16, 16), 255)]))


def test_a_view_of_a_frame_is_read_right() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    view = frame[3:13, 5:12]
    np.testing.assert_array_equal(ToTensor((10, 7, 3), "float32", (0, 255))(view), view)
    np.testing.assert_array_equal(ToTensor((10, 7, 1), "float32", (0, 255))(view)[..., 0], view[..., 0])


def test_the_same_memory_is_filled_each_time() -> None:
    to_tensor = ToTensor((16, 16, 3), "float32", (0, 1))
    assert to_tensor(RGB) is to_tensor(255 - RGB)


def test_the_preprocessor_fits_then_steps_then_fills_the_tensor() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    to_tensor = ToTensor((1, 8, 12, 1), "float32", (0, 255))
    preprocessor = Preprocessor(Size(8, 12), "crop", [("greyscale", greyscale)], to_tensor)
    np.testing.assert_array_equal(preprocessor(frame)[0, :, :, 0], greyscale(frame[16:24, 19:31]))


def test_a_step_that_breaks_its_contract_is_named() -> None:
    preprocessor = Preprocessor(Size(8, 8), "crop", [("halve", lambda image: image[::2, ::2])])
    with pytest.raises(WrongOutput, match=r"step 'halve' returned uint8 \(4, 4, 3\); it must return uint8 \(8, 8, 3\)"):
        preprocessor.verify([np.zeros((8, 8, 3), np.uint8)])
