from __future__ import annotations

import ctypes
import platform
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from framegate.errors import BackendUnavailable, WrongOutput
from framegate.gl.null import NullContext
from framegate.interfaces import Array, Float32
from framegate.render import opencv, rounding
from framegate.render.oracle import Layout, layout, to_pixels

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
    exact = opencv.OpenCVRenderer(NullContext()).converter(Layout(layout((SIDE, SIDE), "float32").size, 1, "float32"))
    seen = 0
    for values in every_float32(2**-10, 1):
        expected = np.floor(values.astype(np.float64) * 255 + 0.5).astype(np.uint8)
        assert np.array_equal(exact(values)[..., 0], expected)
        seen += values.size
    assert seen >= 83_886_081


@pytest.mark.skipif(platform.machine() != "x86_64", reason="which way is taken elsewhere is for the machine to say")
def test_the_fast_way_is_taken_here() -> None:
    import cv2

    assert opencv._scale(cv2, "float32", 256 * 256 * 3).__name__ == "rounded_down"


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("shape", [(1, 2), (3, 5, 1), (16, 17, 3), (64, 64, 4)])
def test_both_ways_are_exact_on_both_sides_of_every_step(
    fast: bool,  # noqa: FBT001
    shape: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not fast:
        monkeypatch.setattr(rounding, "downward", lambda _: None)
    steps = ((np.arange(255) + 0.5) / 255).astype(np.float32)
    values = np.concatenate(
        [steps, np.nextafter(steps, np.float32(0)), np.nextafter(steps, np.float32(1)), np.array([0.7, 0.9, 0.5], "f4")]
    )
    for shift in range(0, len(values), 7):
        tensor = np.resize(np.roll(values, shift), shape)
        np.testing.assert_array_equal(convert(tensor), to_pixels(tensor))


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

    assert opencv.is_exact(in_double, 10)
    assert not opencv.is_exact(in_single, 10)
    assert opencv.is_exact(wrong_far_from_the_start, 10)
    assert not opencv.is_exact(wrong_far_from_the_start, 10_000)


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
    with pytest.raises(BackendUnavailable, match=r"^OpenCV cannot be imported \(.+\); python -m pip install opencv-p"):
        convert(np.zeros((2, 2), np.float32))


def test_conversion_takes_at_most_three_times_one_copy_of_the_tensor() -> None:
    tensor = np.random.default_rng(0).random((256, 256, 3), np.float32)
    copy = np.empty_like(tensor)
    picture = layout(tensor.shape, "float32")
    exact = opencv.OpenCVRenderer(NullContext()).converter(picture)
    best = {"copy": float("inf"), "convert": float("inf")}
    for _ in range(500):
        before = time.perf_counter()
        np.copyto(copy, tensor)
        between = time.perf_counter()
        exact(tensor)
        best["copy"] = min(best["copy"], between - before)
        best["convert"] = min(best["convert"], time.perf_counter() - between)
    assert best["convert"] <= 3 * best["copy"]


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
