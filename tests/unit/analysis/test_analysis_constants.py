"""What a constant in the document itself says."""

from __future__ import annotations

from typing import Any

import pytest

from framegate.analysis.constants import _inline


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ([2, "3"], (2, 3)),
        (["-1"], (-1, -1)),
        (["9" * 5000, 1], None),
        (["many", 1], None),
        ([1.5, 1], None),
        ([1, 2, 3], None),
    ],
)
def test_numbers_that_are_listed(said: list[Any], values: tuple[int, ...] | None) -> None:
    assert _inline({"dtype": "DT_INT32", "intVal": said}, (2,)) == values
