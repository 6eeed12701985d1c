from collections.abc import Mapping

import numpy as np
import pytest

from framegate.interfaces import Array, Pixels, Size
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.placement import InputPlacement
from framegate.postprocess.stage import Postprocess
from framegate.views.image import ImageView

SIZE = Size(2, 4)
FRAME = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)


def image(output: Array, value_range: tuple[float, float]) -> Postprocess:
    request = ViewRequest(("b",), InputPlacement.same(SIZE), value_range)
    return Postprocess(ImageView(request), FRAME, {"a": np.zeros(1), "b": output})


@pytest.mark.parametrize(
    ("dtype", "value_range"), [("float32", (0, 1)), ("float32", (-1, 1)), ("int32", (0, 255)), ("uint8", (0, 255))]
)
@pytest.mark.parametrize("batch", [(), (1,)])
def test_what_a_renderer_takes_is_handed_on_without_a_copy(
    dtype: str, value_range: tuple[float, float], batch: tuple[int, ...]
) -> None:
    output = np.arange(24).reshape(*batch, 2, 4, 3).astype(dtype)
    postprocess = image(output, value_range)
    for outputs in ({"b": output + 1}, {"b": output}):
        picture = postprocess(outputs)
        assert postprocess.outputs is outputs
        assert np.shares_memory(picture, outputs["b"])
        assert np.shares_memory(postprocess.expected(), outputs["b"])
        np.testing.assert_array_equal(picture, outputs["b"].reshape(2, 4, 3), strict=True)


@pytest.mark.parametrize(
    ("dtype", "value_range"),
    [("float16", (0, 1)), ("float64", (0, 255)), ("int64", (0, 255)), ("int32", (0, 1)), ("uint8", (0, 100))],
)
def test_other_outputs_become_float32(dtype: str, value_range: tuple[float, float]) -> None:
    output = np.arange(24).reshape(1, 2, 4, 3).astype(dtype)
    picture = image(output, value_range)({"b": output})
    np.testing.assert_array_equal(picture, output[0].astype(np.float32), strict=True)


class Part(View):
    """Shows what it is given of a frame."""

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Array:
        return frame + outputs["b"]


def test_a_view_sees_the_part_of_the_frame_that_the_model_sees() -> None:
    postprocess = Postprocess(Part(ViewRequest(("b",), InputPlacement.same(SIZE))), FRAME, {})
    one = {"b": np.ones(1, np.uint8)}
    np.testing.assert_array_equal(postprocess(one), FRAME[2:4, 2:6] + 1)
    postprocess.frame = FRAME + 100
    np.testing.assert_array_equal(postprocess(one), FRAME[2:4, 2:6] + 101)
    np.testing.assert_array_equal(postprocess.expected(), FRAME[2:4, 2:6] + 101)


def test_a_frame_that_is_scaled_to_the_input_is_shown_as_a_whole() -> None:
    placement = InputPlacement.of(Size(6, 8), SIZE, "resize")
    assert placement == InputPlacement(SIZE, Size(6, 8), scale_x=2, scale_y=3)
    assert placement.crop(FRAME).shape == FRAME.shape
    assert InputPlacement.of(Size(6, 8), SIZE, "crop") == InputPlacement.same(SIZE)
