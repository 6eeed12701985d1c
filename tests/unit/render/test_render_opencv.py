from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from framegate.contexts.null import NullContext
from framegate.errors import BackendUnavailable, WrongOutput
from framegate.interfaces import Array, Drawing, Float32
from framegate.render import rounding
from framegate.render.oracle import layout, to_pixels
from framegate.renderers import opencv

SIDE = 1024
CHUNK = SIDE * SIDE


def bits(value: float) -> int:
    return int(np.float32(value).view(np.uint32))


def every_float32(first: float, last: float) -> Iterator[Float32]:
    for start in range(bits(first), bits(last) + 1, CHUNK):
        chunk = np.arange(start, start + CHUNK, dtype=np.uint32)
        yield np.minimum(chunk, np.uint32(bits(last))).view(np.float32).reshape(SIDE, SIDE)


def rounding_mode() -> int:
    return int(ctypes.CDLL(None).fegetround())


def convert(tensor: Array) -> Array:
    picture = layout(tensor.shape, tensor.dtype.name)
    return opencv.OpenCVRenderer(NullContext()).converter(picture)(tensor)


def test_every_float32_from_a_quarter_step_to_one_is_exact() -> None:
    """All 83,886,081 of them; what lies below is 0 there and here, for neither way ever falls."""
    exact = opencv.OpenCVRenderer(NullContext()).converter(layout((SIDE, SIDE), "float32"))
    seen = 0
    for values in every_float32(2**-10, 1):
        expected = np.floor(values.astype(np.float64) * 255 + 0.5).astype(np.uint8)
        assert np.array_equal(exact(values)[..., 0], expected)
        seen += values.size
    assert seen >= 83_886_081


@pytest.mark.parametrize("sign", [1, -1])
def test_every_float32_from_minus_one_to_one_is_exact(sign: int) -> None:
    """All but those within a quarter step of 0, which are 127 below and 128 from 0 on, for neither way ever falls."""
    exact = opencv.OpenCVRenderer(NullContext()).converter(layout((SIDE, SIDE), "float32", Drawing((-1, 1))))
    for magnitudes in every_float32(2**-10, 1):
        values = np.multiply(magnitudes, sign, dtype=np.float32)
        expected = (np.floor(values.astype(np.float64) * 127.5) + 128).astype(np.uint8)
        assert np.array_equal(exact(values)[..., 0], expected)
    ends = np.array([[-(2.0**-10), -1e-45, 0, 2**-10]], np.float32)
    shown = opencv.OpenCVRenderer(NullContext()).converter(layout(ends.shape, "float32", Drawing((-1, 1))))(ends)
    assert shown[0, :, 0].tolist() == [127, 127, 128, 128]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="which way is taken elsewhere is for the machine to say")
def test_the_fast_way_is_taken_here() -> None:
    import cv2

    for value_range in ((0, 1), (-1, 1), (0, 255), (-0.5, 0.5), (-128, 127), (0.25, 0.75)):
        picture = layout((256, 256, 3), "float32", Drawing(value_range))
        assert opencv._scale(cv2, picture).__name__ == "rounded_down"
    picture = layout((256, 256, 3), "float32", Drawing((-0.1, 0.3)))
    assert opencv._scale(cv2, picture).__name__ == "to_bytes"


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("value_range", [(0, 1), (-1, 1), (-0.1, 0.3)])
@pytest.mark.parametrize("shape", [(1, 2), (3, 5, 1), (16, 17, 3), (64, 64, 4)])
def test_all_ways_are_exact_on_both_sides_of_every_step(
    fast: bool,  # noqa: FBT001
    value_range: tuple[float, float],
    shape: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not fast:
        monkeypatch.setattr(rounding, "downward", lambda _: None)
    drawing = Drawing(value_range)
    low, high = value_range
    steps = (low + (np.arange(255) + 0.5) * (high - low) / 255).astype(np.float32)
    values = np.concatenate(
        [
            steps,
            np.nextafter(steps, np.float32(low)),
            np.nextafter(steps, np.float32(high)),
            np.array([low, high, 0], "f4"),
        ]
    )
    to_bytes = opencv.OpenCVRenderer(NullContext()).converter(layout(shape, "float32", drawing))
    for shift in range(0, len(values), 7):
        tensor = np.resize(np.roll(values, shift), shape)
        np.testing.assert_array_equal(to_bytes(tensor), to_pixels(tensor, drawing))


def test_a_machine_that_ignores_the_rounding_mode_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "downward", lambda function: function)
    tensor = np.full((4, 4, 3), 0.7, np.float32)
    np.testing.assert_array_equal(convert(tensor), to_pixels(tensor))


def test_the_check_for_exactness_tells_right_from_wrong() -> None:
    import cv2

    def in_double(values: Array, out: Array) -> None:
        cv2.multiply(values, 255.0, dst=out, dtype=cv2.CV_8U)  # type: ignore[call-overload] # the stub knows no scalar

    def in_single(values: Array, out: Array) -> None:
        cv2.convertScaleAbs(values, dst=out, alpha=255)

    def wrong_far_from_the_start(values: Array, out: Array) -> None:
        in_double(values, out)
        out[0, 5000:] += values[0, 5000:] == np.float32(1)

    few, many = layout((1, 10), "float32"), layout((1, 10_000), "float32")
    assert opencv.is_exact(in_double, few)
    assert not opencv.is_exact(in_single, few)
    assert opencv.is_exact(wrong_far_from_the_start, few)
    assert not opencv.is_exact(wrong_far_from_the_start, many)
    assert not opencv.is_exact(in_double, layout((1, 10), "float32", Drawing((0, 2))))


@pytest.mark.parametrize("value_range", [(0, 1), (-1, 1), (-0.1, 0.3), (1, 3e38)])
def test_the_steps_are_where_the_oracle_has_them(value_range: tuple[float, float]) -> None:
    drawing = Drawing(value_range)
    steps = opencv._steps(drawing)
    before = np.nextafter(steps, np.float32(value_range[0]))
    assert to_pixels(steps[np.newaxis], drawing)[0, :, 0].tolist() == list(range(1, 256))
    assert to_pixels(before[np.newaxis], drawing)[0, :, 0].tolist() == list(range(255))


def test_the_middle_step_of_a_range_on_both_sides_of_zero_is_zero() -> None:
    assert opencv._steps(Drawing((-1, 1)))[127] == 0


@pytest.mark.parametrize("value", [-1e-30, np.nextafter(np.float32(1), np.float32(2)), np.inf, -np.inf])
@pytest.mark.parametrize("depth", [1, 3, 4])
def test_one_value_out_of_range_among_many_is_refused_as_by_the_oracle(value: float, depth: int) -> None:
    tensor = np.full((31, 33, depth), 0.25, np.float32)
    tensor[17, 5, depth - 1] = value
    with pytest.raises(WrongOutput) as ours:
        convert(tensor)
    with pytest.raises(WrongOutput) as oracles:
        to_pixels(tensor)
    assert str(ours.value) == str(oracles.value)


@pytest.mark.parametrize("value", [np.nan, -0.0])
def test_nan_and_minus_zero_are_black(value: float) -> None:
    tensor = np.full((31, 33, 3), 0.25, np.float32)
    tensor[17, 5, 1] = value
    np.testing.assert_array_equal(convert(tensor), to_pixels(tensor))


def test_opencv_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(BackendUnavailable, match=r"^OpenCV cannot be loaded: .+; pip install opencv-python"):
        convert(np.zeros((2, 2), np.float32))


def test_the_rounding_mode_is_as_before_even_after_an_error() -> None:
    before = rounding_mode()
    seen = []

    def fail() -> None:
        seen.append(rounding_mode())
        raise ZeroDivisionError

    wrapped = rounding.downward(fail)
    if wrapped is None:
        pytest.skip("this machine's C library sets no rounding mode")
    with pytest.raises(ZeroDivisionError):
        wrapped()
    assert seen != [before]
    assert rounding_mode() == before
    convert(np.zeros((2, 2), np.float32))
    assert rounding_mode() == before


def test_a_c_library_without_rounding_modes_is_no_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "vax")
    assert rounding.downward(print) is None
    monkeypatch.undo()
    monkeypatch.setattr(ctypes, "PyDLL", object)
    assert rounding.downward(print) is None
