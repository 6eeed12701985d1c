from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from framegate.gl.scaling import LINEAR_TOLERANCE, choices, scaled
from framegate.interfaces import Drawing, GLContext, Pixels, Scaling, Size

OpenContext = Callable[[str], GLContext]


def row(*values: int) -> Pixels:
    return np.repeat(np.array(values, np.uint8)[np.newaxis, :, np.newaxis], 4, axis=2)


@pytest.mark.parametrize(
    ("window", "scaling", "expected"),
    [
        (Size(1, 4), "nearest", [10, 10, 50, 50]),
        (Size(2, 2), "nearest", [10, 50]),
        (Size(1, 3), "nearest", [10, 50, 50]),
        (Size(1, 1), "nearest", [50]),
        # Centres at -0.25, 0.25, 0.75 and 1.25 pixels from the first one's.
        (Size(1, 4), "linear", [10, 20, 40, 50]),
        (Size(1, 1), "linear", [30]),
    ],
)
def test_scales_as_opengl_says(window: Size, scaling: Scaling, expected: list[int]) -> None:
    found = scaled(row(10, 50), Drawing(window=window, scaling=scaling))
    assert found.shape == (*window, 4)
    assert (found == row(*expected)).all()


def test_a_centre_between_two_pixels_may_show_either() -> None:
    seen = {int(choice[0, 0, 0]) for choice in choices(row(10, 50), Drawing(window=Size(1, 1)))}
    assert seen == {10, 50}
    seen = {int(choice[0, 0, 0]) for choice in choices(row(10, 50), Drawing(window=Size(1, 4)))}
    assert seen == {10}


def test_without_a_window_a_picture_stays_as_it_is() -> None:
    picture = row(1, 2, 3)
    assert scaled(picture, Drawing()) is picture
    assert next(choices(picture, Drawing())) is picture


@pytest.mark.parametrize("scaling", ["nearest", "linear"])
@pytest.mark.parametrize(
    ("size", "window"),
    [
        (Size(5, 7), Size(10, 14)),
        (Size(64, 48), Size(31, 17)),
        (Size(64, 48), Size(256, 200)),
        (Size(100, 100), Size(99, 101)),
        (Size(1, 1), Size(8, 8)),
        (Size(9, 9), Size(9, 9)),
    ],
)
@pytest.mark.parametrize("name", ["egl", "glfw", "osmesa", "null"])
def test_every_screen_scales_like_the_reference(
    name: str, size: Size, window: Size, scaling: Scaling, shared_context: OpenContext
) -> None:
    context = shared_context(name)
    drawing = Drawing(window=window, scaling=scaling)
    picture = np.random.default_rng(0).integers(0, 256, (*size, 4), dtype=np.uint8)
    with context.current():
        screen = context.screen(size, drawing)
        canvas = screen.canvas()
        canvas.upload(picture)
        canvas.draw()
        screen.present()
        shown = screen.read()
        screen.close()
    assert shown.shape == (*window, 4)
    off = np.min([np.abs(shown.astype(int) - choice) for choice in choices(picture, drawing)], axis=0)
    assert off.max() <= (LINEAR_TOLERANCE if scaling == "linear" else 0)
