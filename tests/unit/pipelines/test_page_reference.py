"""A page is compared by the one output of the reference that is a picture, with and without a batch dimension."""

from __future__ import annotations

import numpy as np
import pytest

from framegate.errors import WrongOutput
from framegate.hooks.agreement import pictures_of
from framegate.inference.agreement import verify_agreement
from framegate.inference.reference import Reference


@pytest.mark.parametrize("batch", [(), (1,)])
def test_the_picture_among_the_outputs_is_compared(batch: tuple[int, ...]) -> None:
    outputs = {"score": np.zeros((*batch, 7), np.float32), "picture": np.ones((*batch, 8, 8, 3), np.float32)}
    reference = pictures_of(Reference("tensorflow", [outputs], is_repeatable=True), "net", batched=bool(batch))
    assert [list(each) for each in reference.outputs] == [["picture"]]


def test_as_many_classes_may_differ_as_the_tolerance_says() -> None:
    expected = np.arange(10_000, dtype=np.int32) % 4
    other = expected.copy()
    other[:2] += 1
    verify_agreement({"y": other}, {"y": expected}, "tensorflow")
    with pytest.raises(WrongOutput, match="differs from that of 'tensorflow' by up to 1"):
        verify_agreement({"y": other}, {"y": expected}, "tensorflow", 1e-4)
