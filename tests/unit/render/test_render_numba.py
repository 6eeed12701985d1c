from __future__ import annotations

import platform
import sys

import numpy as np
import pytest

from framegate.contexts.null import NullContext
from framegate.errors import BackendUnavailable, WrongOutput
from framegate.interfaces import Array, Drawing, Pixels
from framegate.render import rounding
from framegate.render.oracle import layout, to_pixels
from framegate.renderers import numba_

SIDE = 1024


def convert(tensor: Array, drawing: Drawing) -> Pixels:
    picture = layout(tensor.shape, tensor.dtype.name, drawing)
    return numba_.NumbaRenderer(NullContext()).converter(picture)(tensor)


def bits(value: float) -> int:
    return int(np.float32(value).view(np.uint32))


def test_every_float32_from_a_quarter_step_to_one_is_exact() -> None:
    """All 83,886,081 of them; what lies below is 0 there and here, for neither way ever falls."""
    exact = numba_.NumbaRenderer(NullContext()).converter(layout((SIDE, SIDE, 4), "float32"))
    last, seen = bits(1), 0
    for start in range(bits(2**-10), last + 1, SIDE * SIDE * 4):
        chunk = np.arange(start, start + SIDE * SIDE * 4, dtype=np.uint32)
        values = np.minimum(chunk, np.uint32(last)).view(np.float32)
        expected = np.floor(values.astype(np.float64) * 255 + 0.5).astype(np.uint8)
        assert np.array_equal(exact(values.reshape(SIDE, SIDE, 4)).reshape(-1), expected)
        seen += values.size
    assert seen >= 83_886_081


@pytest.mark.skipif(platform.machine() != "x86_64", reason="which way is taken elsewhere is for the machine to say")
@pytest.mark.parametrize("depth", [1, 3, 4])
def test_single_precision_is_taken_where_it_is_exact(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    compiled = numba_._compiled

    def asking(depth: int, dtype: str, precision: str) -> object:
        asked.append(precision)
        return compiled(depth, dtype, precision)

    monkeypatch.setattr(numba_, "_compiled", asking)
    for value_range in ((0, 1), (-1, 1), (0, 255), (-0.5, 0.5), (-128, 127), (0.25, 0.75)):
        numba_._fill(layout((256, 256, depth), "float32", Drawing(value_range)))
    assert set(asked) == {"float32"}
    numba_._fill(layout((256, 256, depth), "float32", Drawing((-0.1, 0.3))))
    assert asked[-1] == "float64"


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("value_range", [(0, 1), (-1, 1), (-0.1, 0.3)])
@pytest.mark.parametrize("shape", [(1, 2), (3, 5, 1), (16, 17, 3), (64, 64, 4)])
def test_both_precisions_are_exact_on_both_sides_of_every_step(
    fast: bool,  # noqa: FBT001
    value_range: tuple[float, float],
    shape: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not fast:
        monkeypatch.setattr(rounding, "downward", lambda _: None)
    drawing = Drawing(value_range, "clamp")
    low, high = (np.float32(end) for end in value_range)
    steps = (low + (np.arange(255) + 0.5) * (high - low) / 255).astype(np.float32)
    outside = np.array([np.nan, np.inf, -np.inf, 3e38, -3e38, low, high, 0, -0.0, -1e-45], np.float32)
    values = np.concatenate([steps, np.nextafter(steps, low), np.nextafter(steps, high), outside])
    to_bytes = numba_.NumbaRenderer(NullContext()).converter(layout(shape, "float32", drawing))
    for shift in range(0, len(values), 7):
        tensor = np.resize(np.roll(values, shift), shape)
        np.testing.assert_array_equal(to_bytes(tensor), to_pixels(tensor, drawing))


def test_a_machine_that_ignores_the_rounding_mode_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "downward", lambda function: function)
    tensor = np.full((4, 4, 3), 0.7, np.float32)
    np.testing.assert_array_equal(convert(tensor, Drawing()), to_pixels(tensor))


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint8"])
def test_arrays_of_every_kind_are_taken(dtype: str) -> None:
    values = (np.random.default_rng(0).uniform(0, 1 if dtype == "float32" else 255, (7, 9, 3))).astype(dtype)
    locked = values.copy()
    locked.flags.writeable = False
    shifted = np.frombuffer(b"." + values.tobytes(), np.dtype(dtype), offset=1).reshape(values.shape)
    for tensor in (locked, shifted, values[::-1, ::-1], np.asfortranarray(values)):
        np.testing.assert_array_equal(convert(tensor, Drawing()), to_pixels(tensor))


@pytest.mark.parametrize("value", [-1e-30, np.nextafter(np.float32(1), np.float32(2)), np.inf, -np.inf])
def test_one_value_out_of_range_among_many_is_refused_as_by_the_oracle(value: float) -> None:
    tensor = np.full((31, 33, 3), 0.25, np.float32)
    tensor[17, 5, 2] = value
    with pytest.raises(WrongOutput) as ours:
        convert(tensor, Drawing())
    with pytest.raises(WrongOutput) as oracles:
        to_pixels(tensor)
    assert str(ours.value) == str(oracles.value)


def test_numba_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    numba_._compiled.cache_clear()
    with pytest.raises(
        BackendUnavailable,
        match=r"^numba cannot be imported \(.+\); pip install -e '.*\[numba\]'$",
    ):
        convert(np.zeros((2, 2), np.float32), Drawing())
