import numpy as np
import pytest

from framegate.errors import WrongOutput
from framegate.interfaces import Range, Size, TensorForm
from framegate.preprocess.pipeline import Preprocessor
from framegate.preprocess.steps import greyscale
from framegate.preprocess.tensor import ToTensor

VALUES = np.arange(256, dtype=np.uint8).reshape(16, 16)
RGB = np.stack([VALUES, VALUES[::-1], VALUES.T], axis=-1)


def of_shape(shape: tuple[int, ...], dtype: str, value_range: Range) -> ToTensor:
    *_, height, width, channels = shape
    return ToTensor(TensorForm(Size(height, width), channels, dtype, (value_range,), is_batched=len(shape) == 4))


def test_the_originals_range_is_exact() -> None:
    tensor = of_shape((1, 16, 16, 1), "float32", (-1, 1))(VALUES)
    exact = (VALUES.astype(np.float64) - 127.5) / 127.5
    assert tensor.dtype == np.float32
    np.testing.assert_array_equal(tensor[0, :, :, 0], exact.astype(np.float32))


@pytest.mark.parametrize(("value_range", "ends"), [((0, 1), [0, 1]), ((0, 255), [0, 255]), ((-1, 1), [-1, 1])])
def test_both_ends_of_a_range_are_reached(value_range: tuple[float, float], ends: list[float]) -> None:
    tensor = of_shape((16, 16, 1), "float32", value_range)(VALUES)
    assert [tensor.min(), tensor.max()] == ends


def test_int32_models_get_integers() -> None:
    tensor = of_shape((1, 16, 16, 3), "int32", (0, 255))(RGB)
    assert tensor.dtype == np.int32
    np.testing.assert_array_equal(tensor[0], RGB)


def test_one_channel_takes_red() -> None:
    np.testing.assert_array_equal(of_shape((16, 16, 1), "float32", (0, 255))(RGB)[:, :, 0], RGB[:, :, 0])


def test_grey_is_repeated_and_alpha_is_opaque() -> None:
    np.testing.assert_array_equal(
        of_shape((16, 16, 3), "float32", (0, 255))(VALUES), np.repeat(VALUES[..., None], 3, 2)
    )
    four = of_shape((16, 16, 4), "float32", (0, 255))
    np.testing.assert_array_equal(four(VALUES)[..., :3], np.repeat(VALUES[..., None], 3, 2))
    np.testing.assert_array_equal(four(RGB), np.dstack([RGB, np.full((16, 16), 255)]))


def test_a_view_of_a_frame_is_read_right() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    view = frame[3:13, 5:12]
    np.testing.assert_array_equal(of_shape((10, 7, 3), "float32", (0, 255))(view), view)
    np.testing.assert_array_equal(of_shape((10, 7, 1), "float32", (0, 255))(view)[..., 0], view[..., 0])


def test_the_same_memory_is_filled_each_time() -> None:
    to_tensor = of_shape((16, 16, 3), "float32", (0, 1))
    assert to_tensor(RGB) is to_tensor(255 - RGB)


def test_the_preprocessor_fits_then_steps_then_fills_the_tensor() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    to_tensor = of_shape((1, 8, 12, 1), "float32", (0, 255))
    preprocessor = Preprocessor(Size(8, 12), "crop", [("greyscale", greyscale)], to_tensor)
    np.testing.assert_array_equal(preprocessor(frame)[0, :, :, 0], greyscale(frame[16:24, 19:31]))


def test_a_step_that_breaks_its_contract_is_named() -> None:
    preprocessor = Preprocessor(Size(8, 8), "crop", [("halve", lambda image: image[::2, ::2])])
    with pytest.raises(WrongOutput, match=r"step 'halve' returned uint8 \(4, 4, 3\); it must return uint8 \(8, 8, 3\)"):
        preprocessor.verify([np.zeros((8, 8, 3), np.uint8)])


RANGES: tuple[Range, ...] = ((0, 1), (-1, 1), (-2, 3), (0, 255))


@pytest.mark.parametrize("is_channels_first", [False, True])
@pytest.mark.parametrize("is_bgr", [False, True])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("is_each", [False, True])
def test_order_and_ranges_of_channels(channels: int, is_each: bool, is_bgr: bool, is_channels_first: bool) -> None:  # noqa: FBT001 # axes
    ranges = RANGES[:channels] if is_each else RANGES[2:3]
    form = TensorForm(Size(16, 16), channels, "float32", ranges, True, is_channels_first, is_bgr)
    opaque = np.dstack([RGB, np.full((16, 16), 255)])
    order = [2, 1, 0, 3] if is_bgr and channels > 1 else [0, 1, 2, 3]
    planes = [opaque[..., at].astype(np.float64) for at in order[:channels]]
    lows, highs = zip(*(ranges if is_each else ranges * channels), strict=True)
    expected = [low + plane * (high - low) / 255 for plane, low, high in zip(planes, lows, highs, strict=True)]
    tensor = ToTensor(form)(RGB)
    assert tensor.shape == form.shape
    assert form.shape == ((1, channels, 16, 16) if is_channels_first else (1, 16, 16, channels))
    axis = 1 if is_channels_first else -1
    np.testing.assert_allclose(
        tensor, np.stack([expected], 0) if axis == 1 else np.stack([np.stack(expected, -1)], 0), rtol=1e-6, atol=1e-6
    )
