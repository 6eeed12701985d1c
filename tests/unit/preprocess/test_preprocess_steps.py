import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from framegate.interfaces import Pixels
from framegate.preprocess import BUILTIN_STEPS
from framegate.preprocess.steps import brightness, desaturate, down_upscale, greyscale, invert

IMAGES = hnp.arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60), st.just(3)))


def test_the_order_is_the_originals() -> None:
    assert list(BUILTIN_STEPS) == ["greyscale", "invert", "desaturate", "brightness", "down-upscale"]


def test_greyscale_is_luma() -> None:
    image = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert greyscale(image).tolist() == [[76, 150, 29, 255]]
    grey = greyscale(image)
    assert greyscale(grey) is grey


@given(IMAGES)
def test_invert_is_255_minus(image: Pixels) -> None:
    np.testing.assert_array_equal(invert(image), 255 - image)


@given(IMAGES)
def test_desaturate_caps_at_150(image: Pixels) -> None:
    np.testing.assert_array_equal(desaturate(image), np.minimum(image, 150))


@given(IMAGES)
def test_brightness_is_2x_plus_75_saturated(image: Pixels) -> None:
    np.testing.assert_array_equal(brightness(image), np.minimum(2 * image.astype(int) + 75, 255))


def test_down_upscale_goes_by_way_of_a_24th() -> None:
    image = np.zeros((256, 256, 3), np.uint8)
    image[:, 128:] = 255
    blurred = down_upscale(image)
    assert blurred.shape == image.shape
    # 10 pixels across 256: the middle is a soft step, the sides are flat.
    assert blurred[128, :64].max() == 0
    assert blurred[128, 192:].min() == 255
    assert 100 < int(blurred[128, 128, 0]) < 155
    assert len(np.unique(blurred[128, :, 0])) > 10


@given(image=IMAGES, name=st.sampled_from(sorted(BUILTIN_STEPS)), grey=st.booleans())
def test_every_step_keeps_size_and_dtype_and_its_input(*, image: Pixels, name: str, grey: bool) -> None:
    image = image[:, :, 0].copy() if grey else image
    before = image.copy()
    result = BUILTIN_STEPS[name](image)
    assert result.dtype == np.uint8
    assert result.shape[:2] == image.shape[:2]
    assert result.ndim in (2, image.ndim)
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("name", [name for name in BUILTIN_STEPS if name != "greyscale"])
def test_steps_act_on_each_channel_alone(name: str) -> None:
    image = np.random.default_rng(1).integers(0, 256, (48, 72, 3), np.uint8)
    whole = BUILTIN_STEPS[name](image)
    for channel in range(3):
        single = np.ascontiguousarray(image[:, :, channel])
        np.testing.assert_array_equal(BUILTIN_STEPS[name](single), whole[:, :, channel])
