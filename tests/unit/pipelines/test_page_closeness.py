"""How close a page has to come: as its library, and the numbers that it computes with, allow."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from page_looks import look_of_image

from framegate.browser.results import PageLook
from framegate.browser.runtimes import PageRuntime
from framegate.browser.session import TFJSPage
from framegate.errors import WrongOutput
from framegate.pipelines.page_screen import Closeness, closeness_of
from framegate.pipelines.verify import verify_screen
from framegate.values import Tolerance

FLOAT32, HALF = Closeness(), Closeness(Tolerance(0.01, 0.1, "float16"), picture=0.001, steps=26)


@pytest.mark.parametrize(
    ("library", "precision", "expected"),
    [
        ("tfjs", "float32", FLOAT32),
        ("tfjs", "float16", HALF),
        ("ort", "float32", Closeness(Tolerance())),
        ("litert", "float16", HALF),
    ],
)
def test_float16_has_a_tolerance_of_its_own(library: str, precision: str, expected: Closeness) -> None:
    page = SimpleNamespace(runtime=PageRuntime("webgl", library=library), precision=precision)
    assert closeness_of(cast("TFJSPage", page)) == expected


def look_of(drawn: float, shown: int) -> PageLook:
    """A page whose output is grey, what its view draws of it in [0, 1], and what its canvas has."""
    output = np.full((1, 4, 4, 3), 0.5, np.float32)
    pixels = np.full((4, 4, 4), (shown, shown, shown, 255), np.uint8)
    return PageLook(1, {"y": output}, np.full((4, 4, 3), drawn, np.float32), pixels)


@pytest.mark.parametrize(("closeness", "off", "steps"), [(FLOAT32, 9e-6, 0), (HALF, 9e-4, 26)])
def test_a_picture_may_be_off_by_that_and_no_more(closeness: Closeness, off: float, steps: int) -> None:
    right = look_of_image(look_of(0.5 + off, 128 + steps), "topixels", (0, 1), closeness=closeness)
    verify_screen(right)
    with pytest.raises(WrongOutput, match="the page does not make the picture"):
        look_of_image(look_of(0.5 + 1.2 * off, 128), "topixels", (0, 1), closeness=closeness)
    with pytest.raises(WrongOutput, match=f"differ from toPixels by more than {steps}"):
        verify_screen(look_of_image(look_of(0.5, 128 + steps + 1), "topixels", (0, 1), closeness=closeness))
