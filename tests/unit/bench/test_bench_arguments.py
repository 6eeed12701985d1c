"""What ``framegate bench`` tells pytest."""

from __future__ import annotations

from argparse import Namespace

from framegate.bench.backends import Backends
from framegate.commands.bench import pytest_arguments

HERE = Backends(("test_frame.py",), ("tensorflow",), ())


def told(*arguments: str) -> list[str]:
    parsed = Namespace(models=["a", "b"], frame_budget=None, limit=150, arguments=[*arguments])
    return [word for word in pytest_arguments(HERE, parsed) if word.startswith("--frame-")]


def test_a_models_own_steps_hold() -> None:
    assert "--frame-preprocess=own" in told()


def test_what_the_user_says_of_an_option_holds() -> None:
    assert [word for word in told("--frame-preprocess=invert") if "preprocess" in word] == ["--frame-preprocess=invert"]


def test_the_run_knows_whose_words_to_use() -> None:
    assert {"--frame-bench", "--frame-run-limit=150"} <= {*told()}
