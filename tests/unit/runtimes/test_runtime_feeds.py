from __future__ import annotations

import numpy as np
import pytest

from framegate.errors import ModelError
from framegate.inference.feeds import ordered
from framegate.interfaces import Array, TensorInfo

INPUTS = (TensorInfo("image", (None, 4, 4, 3), "float32"), TensorInfo("step", (), "int32"))
IMAGE = np.zeros((2, 4, 4, 3), np.float32)
STEP = np.array(1, np.int32)


def test_arrays_come_in_the_models_order_and_unchanged() -> None:
    image, step = ordered("m", INPUTS, {"step": STEP, "image": IMAGE})
    assert image is IMAGE
    assert step is STEP


@pytest.mark.parametrize(
    ("feeds", "message"),
    [
        ({}, "model m takes image, step; it was fed nothing"),
        ({"image": IMAGE}, "model m takes image, step; it was fed 'image'"),
        ({"image": IMAGE, "stop": STEP}, "model m takes image, step; it was fed 'image', 'stop'"),
        ({"image": IMAGE, "step": STEP, "x": STEP}, "model m takes image, step; it was fed 'image', 'step', 'x'"),
        (
            {"image": IMAGE.astype(np.uint8), "step": STEP},
            "model m takes image: float32 [?x4x4x3]; it was fed uint8 [2x4x4x3]",
        ),
        ({"image": IMAGE[0], "step": STEP}, "model m takes image: float32 [?x4x4x3]; it was fed float32 [4x4x3]"),
        (
            {"image": IMAGE[:, :3], "step": STEP},
            "model m takes image: float32 [?x4x4x3]; it was fed float32 [2x3x4x3]",
        ),
        ({"image": IMAGE, "step": STEP[None]}, "model m takes step: int32 []; it was fed int32 [1]"),
    ],
)
def test_feeds_that_do_not_fit(feeds: dict[str, Array], message: str) -> None:
    with pytest.raises(ModelError) as error:
        ordered("m", INPUTS, feeds)
    assert str(error.value) == message
