"""What every renderer does with value ranges, with values out of range and with bytes: what the oracle does."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from framegate.errors import UsageError, WrongOutput
from framegate.interfaces import Array, Drawing, GLContext, OutOfRange, Pixels, Range, Renderer
from framegate.render.oracle import limits, to_pixels
from framegate.render.verify import verify_pixels
from framegate.renderers import builtin

OpenContext = Callable[[str], GLContext]
RENDERERS = tuple(builtin())
BY_CPU = ("gl-blit", "gl-upload", "gl-upload-numba")
BY_SHADER = [name for name in RENDERERS if name.startswith("gl-") and name not in BY_CPU]
every_renderer = pytest.mark.parametrize("name", RENDERERS)
RANGES: list[Range] = [(0, 1), (-1, 1), (0, 255), (-0.5, 0.5), (-128, 127), (0.25, 0.75), (-0.1, 0.3), (-3, -2)]
SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, -1e-45, -1e-20, 3e38, -3e38]

finite = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)
ranges = st.sampled_from(RANGES) | st.tuples(finite, finite).filter(lambda ends: ends[1] - ends[0] > 1e-30)


@st.composite
def shapes(draw: st.DrawFn) -> tuple[int, ...]:
    return (draw(st.integers(1, 19)), draw(st.integers(1, 19)), *draw(st.sampled_from([(), (1,), (3,), (4,)])))


@st.composite
def pictures(draw: st.DrawFn) -> tuple[Array, Drawing]:
    """A tensor with or without values out of range and NaN, and how it is drawn."""
    drawing = Drawing(draw(ranges), draw(st.sampled_from(["strict", "clamp"])))
    shape, dtype = draw(shapes()), draw(st.sampled_from(["float32", "float32", "int32", "uint8"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    low, high = limits(dtype, drawing)
    room = draw(st.sampled_from([0.0, 0.0, 0.1])) * (high - low)
    values = rng.uniform(low - room, high + room, shape)
    if not room:
        values = values.astype(np.float32).clip(low, high)
    if dtype != "float32":
        return values.clip(0, 255 if dtype == "uint8" else 2**31 - 1).astype(dtype), drawing
    special = draw(st.lists(st.sampled_from(SPECIAL), max_size=3)) + draw(st.lists(st.sampled_from([low, high])))
    values.flat[: len(special)] = special[: values.size]
    tensor = values.astype(np.float32)
    return (tensor[::-1, ::-1] if draw(st.booleans()) else tensor), drawing


def context_of(name: str) -> str:
    return "egl" if name.startswith("gl-") else "null"


def drawn(name: str, context: GLContext, tensor: Array, drawing: Drawing) -> Pixels:
    """What a renderer shows, which is what the oracle does."""
    with context.current():
        renderer: Renderer = builtin()[name](context)
        renderer.prepare(tensor.shape, str(tensor.dtype), drawing)
        renderer.draw(tensor)
        seen = renderer.read()
        verify_pixels(seen, tensor, renderer.tolerance, drawing)
        renderer.close()
    return seen


def refusal(draw: Callable[[], object]) -> str | None:
    try:
        draw()
    except WrongOutput as error:
        return str(error)
    return None


@every_renderer
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picture=pictures())
@example(picture=(np.array([[-1e-20, -0.0, 0.0, 1e-45]], np.float32), Drawing((-1, 1))))
@example(picture=(np.array([[np.nan, np.inf, -np.inf, -0.0]], np.float32), Drawing((-1, 1), "clamp")))
def test_draws_or_refuses_what_the_oracle_does(
    name: str, picture: tuple[Array, Drawing], shared_context: OpenContext
) -> None:
    tensor, drawing = picture
    context = shared_context(context_of(name))
    refused = refusal(lambda: to_pixels(tensor, drawing))
    assert refusal(lambda: drawn(name, context, tensor, drawing)) == refused


@every_renderer
@pytest.mark.parametrize("value_range", RANGES)
@pytest.mark.parametrize("out_of_range", ["strict", "clamp"])
def test_a_ramp_over_the_range_is_a_ramp_over_all_bytes(
    name: str, value_range: Range, out_of_range: OutOfRange, shared_context: OpenContext
) -> None:
    low, high = value_range
    ramp = (low + np.arange(256) * ((high - low) / 255)).reshape(16, 16).astype(np.float32)
    seen = drawn(name, shared_context(context_of(name)), ramp, Drawing(value_range, out_of_range))
    off = np.abs(seen[..., 0].ravel() - np.arange(256))
    assert off.max() <= (1 if name in BY_SHADER else 0)


@every_renderer
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_bytes_arrive_as_they_are(name: str, channels: int, shared_context: OpenContext) -> None:
    tensor = np.arange(5 * 7 * channels, dtype=np.uint8).reshape(5, 7, channels)
    seen = drawn(name, shared_context(context_of(name)), tensor, Drawing((-1, 1)))
    np.testing.assert_array_equal(seen[..., :channels], tensor)


@every_renderer
def test_clamping_leaves_the_tensor_as_it_was(name: str, shared_context: OpenContext) -> None:
    tensor = np.linspace(-2, 2, 35, dtype=np.float32).reshape(5, 7)
    tensor.flags.writeable = False
    seen = drawn(name, shared_context(context_of(name)), tensor, Drawing((-1, 1), "clamp"))
    assert [seen[0, 0, 0], seen[-1, -1, 0]] == [0, 255]
    assert [tensor.min(), tensor.max()] == [-2, 2]


@every_renderer
def test_a_picture_with_nan_is_followed_by_one_without(name: str, shared_context: OpenContext) -> None:
    drawing = Drawing((-1, 1), "clamp")
    context = shared_context(context_of(name))
    with context.current():
        renderer = builtin()[name](context)
        renderer.prepare((3, 5, 3), "float32", drawing)
        for value in (0.5, np.nan, 1.5, -0.5):
            tensor = np.full((3, 5, 3), value, np.float32)
            renderer.draw(tensor)
            verify_pixels(renderer.read(), tensor, renderer.tolerance, drawing)
        renderer.close()


@every_renderer
def test_an_empty_range_is_refused_when_it_is_asked_for(name: str, shared_context: OpenContext) -> None:
    renderer = builtin()[name](shared_context(context_of(name)))
    with pytest.raises(UsageError, match=r"value range \[1, 1\] is not one of float32"):
        renderer.prepare((3, 5, 3), "float32", Drawing((1, 1)))


@pytest.mark.parametrize("name", ["numpy", "opencv", "numba"])
@pytest.mark.parametrize("dtype", ["float32", "int32", "uint8"])
@pytest.mark.parametrize("value_range", [(0, 1), (-1, 1), (-0.1, 0.3)])
@pytest.mark.parametrize("gain", [1, 1.5])
def test_a_frame_allocates_nothing_not_even_a_clamped_one(
    name: str, dtype: str, value_range: Range, gain: float, shared_context: OpenContext
) -> None:
    drawing = Drawing(value_range, "clamp")
    low, high = limits(dtype, drawing)
    values = np.random.default_rng(0).uniform(low, high, (128, 128, 3)) * (1 if dtype == "uint8" else gain)
    tensor = values.astype(dtype)
    renderer = builtin()[name](shared_context(context_of(name)))
    renderer.prepare(tensor.shape, dtype, drawing)
    convert = renderer.stages()[0].call
    convert(tensor)
    tracemalloc.start()
    try:
        convert(tensor)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    renderer.close()
    assert most < 4096
