import sys

import pytest

from framegate.errors import DuplicateName, UnknownName
from framegate.registry import Lazy, Registry


def first() -> int:
    return 1


def second() -> int:
    return 2


def test_parts_are_merged_in_order() -> None:
    registry = Registry("step", [{"b": first}, {"a": second}])
    assert list(registry) == ["b", "a"]
    assert registry["a"]() == 2
    assert len(registry) == 2


def test_a_duplicate_names_both_owners() -> None:
    with pytest.raises(DuplicateName) as caught:
        Registry("step", [{"a": first}, {"a": second}])
    assert "step 'a' is provided twice" in str(caught.value)
    assert "first" in str(caught.value)
    assert "second" in str(caught.value)


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(UnknownName, match=r"unknown step 'c'; there is: a, b"):
        Registry("step", [{"a": first, "b": second}])["c"]


def test_lazy_imports_when_called_and_not_before() -> None:
    factory = Lazy("colorsys", "rgb_to_hsv")
    assert repr(factory) == "colorsys.rgb_to_hsv"
    sys.modules.pop("colorsys", None)
    assert "colorsys" not in sys.modules
    assert factory(0, 0, 1) == pytest.approx((2 / 3, 1, 1))
    assert "colorsys" in sys.modules
