from typing import Never

import pytest

from framegate.errors import FramegateError
from framegate.once import Once


def test_each_key_is_made_once() -> None:
    calls: list[str] = []

    def shout(key: str) -> str:
        calls.append(key)
        return key.upper()

    once = Once(shout)
    assert [once("a"), once("b"), once("a")] == ["A", "B", "A"]
    assert calls == ["a", "b"]
    assert once.made == {"a": "A", "b": "B"}


def test_a_failure_is_remembered_and_not_tried_again() -> None:
    calls = []

    def fail(key: str) -> Never:
        calls.append(key)
        raise FramegateError("no")

    once = Once(fail)
    for _ in range(3):
        with pytest.raises(FramegateError, match="no"):
            once("a")
    assert calls == ["a"]
    assert once.made == {}


def test_what_is_forgotten_is_made_anew() -> None:
    made: list[str] = []

    def make(key: str) -> int:
        made.append(key)
        return len(made)

    once = Once(make)
    assert once("a") == 1
    assert once.forget("a") == 1
    assert not once.made
    assert once("a") == 2
