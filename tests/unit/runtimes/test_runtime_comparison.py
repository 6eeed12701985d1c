"""What the users of a model must know of the comparison of its outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from framegate.errors import WrongOutput
from framegate.inference.comparison import compare_outputs, wider
from framegate.inference.reference import Feeds, Reference
from framegate.interfaces import Array
from framegate.values import Tolerance

RAMP = np.linspace(0, 1, 5, dtype=np.float32)
LATEST = [{"x": RAMP}, {"x": RAMP + 1}]
CLOSE = Tolerance(share=0.01, widest=0.5)


def outputs(by: float = 0.0) -> dict[str, Array]:
    """What a model returns, its last value off by a share of their range."""
    return {"y": RAMP + np.float32(by) * (RAMP == 1)}


def reference(*, is_repeatable: bool = True, is_one: bool = False) -> Reference:
    """What ``tensorflow`` returned for `LATEST`, perhaps the same for both."""
    others = outputs() if is_one else {"y": 1 - RAMP}
    return Reference("tensorflow", [outputs(), others], is_repeatable)


def rounds_by(share: float) -> Callable[[Sequence[Feeds]], Reference]:
    """A reference whose outputs move by that share when its feeds are rounded otherwise."""

    def ask(feeds: Sequence[Feeds]) -> Reference:
        assert len(feeds) == 1
        return Reference("tensorflow", [outputs(share)], is_repeatable=True)

    return ask


def test_a_difference_is_stored_with_the_runtime_that_it_is_from() -> None:
    comparison = compare_outputs("net", outputs(0.005), LATEST, reference(), CLOSE, rounds_by(0))
    assert (comparison.runtime, comparison.notes) == ("tensorflow", {})
    assert comparison.differs_by == pytest.approx(0.005, rel=1e-3)


def test_outputs_by_chance_are_compared_with_none_and_a_note_says_so() -> None:
    comparison = compare_outputs("net", outputs(1), LATEST, reference(is_repeatable=False), CLOSE, rounds_by(0))
    assert comparison[:2] == (None, None)
    assert [*comparison.notes.values()] == [
        "net returns other outputs each time that it runs: they were compared with none."
    ]


def test_a_wider_tolerance_is_that_of_roundings_and_is_noted() -> None:
    comparison = compare_outputs("net", outputs(0.1), LATEST, reference(), CLOSE, rounds_by(0.01))
    (line,) = comparison.notes.values()
    assert line.endswith("its outputs were compared within 0.2 of their range, in place of 0.01.")
    with pytest.raises(WrongOutput, match="differs"):
        compare_outputs("net", outputs(0.1), LATEST, reference(), CLOSE, rounds_by(0))


def test_outputs_that_are_the_same_for_other_pictures_are_noted() -> None:
    comparison = compare_outputs("net", outputs(), LATEST, reference(is_one=True), CLOSE, rounds_by(0))
    assert [*comparison.notes.values()] == [
        "net returns the same for different pictures: a late one could not be told from it."
    ]


def test_two_pages_may_be_as_far_from_each_other_as_either_may_be_from_what_is_right() -> None:
    first = Reference("webgl", [outputs()], is_repeatable=True, tolerance=0.7)
    assert wider(CLOSE, first) == Tolerance(share=0.7, widest=0.7)
    assert wider(CLOSE, first._replace(tolerance=0.2)) == Tolerance(share=0.5, widest=0.5)
