"""The doctor's table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.report.doctor import doctor_table

WORDS = "GLFW cannot start: give it a display: prefix the command with `xvfb-run -a` (sudo apt-get install -y xvfb)"
ROWS = [("GL context", "glfw", "missing", WORDS), ("renderer", "gl-upload-numba", "ok", "")]


def test_a_row_is_a_line_for_programs() -> None:
    lines = doctor_table(ROWS).splitlines()
    assert len(lines) == 6
    assert lines[4].split() == ["GL", "context", "glfw", "missing", *WORDS.split()]


@pytest.mark.parametrize("width", [80, 100, 132])
def test_a_terminal_is_wide_enough(width: int) -> None:
    assert max(map(len, doctor_table(ROWS, width).splitlines())) <= width


@given(st.lists(st.text("ab/-_.", min_size=1, max_size=70), max_size=30), st.integers(1, 200))
def test_no_word_is_broken_and_none_is_lost(words: list[str], width: int) -> None:
    lines = doctor_table([("runtime", "keras", "ok", " ".join(words))], width).splitlines()[4:]
    shown = " ".join(lines).split()
    assert shown[:3] == ["runtime", "keras", "ok"]
    assert shown[3:] == words
