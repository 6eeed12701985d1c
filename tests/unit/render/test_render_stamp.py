"""Numbers in a corner of the picture, on the way that the picture takes, through every renderer that needs no GPU."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.contexts.null import NullContext
from framegate.errors import UsageError
from framegate.interfaces import ANYWHERE, Array, Drawing, Renderer, Size
from framegate.render.stamp import Stamp
from framegate.renderers.null import NullRenderer


def drawn(shape: tuple[int, ...], dtype: str, drawing: Drawing) -> Renderer:
    renderer = NullRenderer(NullContext(ANYWHERE))
    renderer.prepare(shape, dtype, drawing)
    return renderer


@pytest.mark.parametrize("shape", [(4, 6), (9, 12, 1), (16, 16, 3), (16, 17, 4)])
@pytest.mark.parametrize("dtype", ["float32", "int32", "uint8"])
@pytest.mark.parametrize("number", [0, 1, 2, 0x5555, 0xAAAA, 0xFFFF, 0x1_0007])
def test_a_number_comes_back_from_the_screen(shape: tuple[int, ...], dtype: str, number: int) -> None:
    drawing = Drawing(value_range=(-1, 1)) if dtype == "float32" else Drawing()
    stamp, renderer = Stamp(shape, drawing), drawn(shape, dtype, drawing)
    stamp.number = number
    renderer.draw(stamp(np.zeros(shape, dtype)))
    assert stamp.read(renderer) == number % 65536


@pytest.mark.parametrize("scaling", ["nearest", "linear"])
@pytest.mark.parametrize("window", [(20, 26), (40, 40), (37, 53), (80, 200), (31, 1000)])
@given(number=st.integers(0, 65535))
def test_a_number_survives_a_window_of_another_size(scaling: str, window: tuple[int, int], number: int) -> None:
    drawing = Drawing(window=Size(*window), scaling=scaling)  # type: ignore[arg-type] # one of its words
    stamp, renderer = Stamp((40, 40, 3), drawing), drawn((40, 40, 3), "float32", drawing)
    stamp.number = number
    renderer.draw(stamp(np.full((40, 40, 3), 0.5, np.float32)))
    assert stamp.read(renderer) == number


def test_the_picture_itself_stays_as_it_is_and_the_rest_of_the_copy_too() -> None:
    picture: Array = np.random.default_rng(0).random((12, 12, 3), np.float32)
    picture.flags.writeable = False
    copy = Stamp(picture.shape, Drawing())(picture)
    assert copy.dtype == picture.dtype
    assert np.array_equal(copy[4:], picture[4:])
    assert np.array_equal(copy[:, 6:], picture[:, 6:])
    assert not np.array_equal(copy, picture)


@pytest.mark.parametrize("level", [0, 64, 128, 255])
def test_an_even_screen_has_no_number(level: int) -> None:
    assert Stamp((8, 8, 3), Drawing()).find(np.full((8, 8, 4), level, np.uint8)) is None


@given(number=st.integers(0, 65535), block=st.integers(0, 23))
def test_a_wrong_block_is_no_number(number: int, block: int) -> None:
    stamp, renderer = Stamp((8, 8, 3), Drawing()), drawn((8, 8, 3), "float32", Drawing())
    stamp.number = number
    renderer.draw(stamp(np.zeros((8, 8, 3), np.float32)))
    screen = renderer.read()
    screen[divmod(block, 6)] = 255 - screen[divmod(block, 6)]
    assert stamp.find(screen) is None


def test_one_copy_is_kept_for_all_frames() -> None:
    stamp = Stamp((8, 8, 3), Drawing())
    stamped = partial(stamp, np.zeros((8, 8, 3), np.float32))
    assert stamped() is stamped()


@pytest.mark.parametrize(("shape", "window"), [((3, 8, 3), None), ((8, 5, 3), None), ((8, 8, 3), Size(8, 2))])
def test_a_picture_without_room_is_refused(shape: tuple[int, ...], window: Size | None) -> None:
    with pytest.raises(UsageError, match="has no room for the number of its frame"):
        Stamp(shape, Drawing(window=window))
