"""Rows of the tables of options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from framegate.errors import UsageError
from framegate.gate.options import GATE, SWITCHED_OFF
from framegate.option import Flag, Lines, Names, Option, Patterns, choice, count

HOME = Path("/nowhere")


@pytest.mark.parametrize(
    ("given", "setting", "value"), [("3", "4", 3), (None, "4", 4), (None, "", 2), (None, "5,6", 5)]
)
def test_the_command_line_comes_before_the_ini_file_and_that_before_the_default(
    given: str | None, setting: str, value: int
) -> None:
    assert Option(name="n", about="", parse=count(9), default=2).value(given, setting, HOME) == value


@pytest.mark.parametrize(
    ("option", "given"),
    [(Option(name="an-option", about=""), ""), (Names(name="an-option", about=""), [" ,"])],
    ids=["value", "names"],
)
def test_an_empty_value_is_refused(option: Option, given: Any) -> None:
    with pytest.raises(UsageError, match=r"^--an-option is empty; give it a value, or leave it out for the default$"):
        option.value(given, "other", HOME)


@pytest.mark.parametrize("text", ["0", "10", "1.5", "-1", "²", "one", "9999999999"])
def test_a_count_is_a_whole_number(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--n '.+' is not a whole number from 1 to 9$"):
        count(9)("--n", text)


def test_a_choice_names_what_there_is() -> None:
    assert choice(("crop", "resize"))("--frame-fit", "crop") == "crop"
    with pytest.raises(UsageError, match=r"frame fit 'crap'.*crop"):
        choice(("crop", "resize"))("--frame-fit", "crap")


def test_names_are_split_at_commas_and_patterns_are_not() -> None:
    assert Names(name="n", about="").value(["a,b", "b", "c"], "", HOME) == ("a", "b", "c")
    assert Names(name="n", about="").value(None, "a\nb, c", HOME) == ("a", "b", "c")
    assert Patterns(name="n", about="").value(["a,b", "c"], None, HOME) == ("a,b", "c")


def test_a_path_in_the_ini_file_starts_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    assert Option(name="n", about="").value(None, "model", tmp_path) == str(tmp_path / "model")
    assert Option(name="n", about="").value("model", "", tmp_path) == "model"


@pytest.mark.parametrize(
    ("given", "setting", "value"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_a_flag_is_on_where_either_says_so(given: bool, setting: bool, value: bool) -> None:  # noqa: FBT001 # a table
    assert Flag(name="n", about="").value(given, setting, HOME) is value


def test_lines_are_no_option() -> None:
    lines: Option = Lines(name="some-lines", about="", parse=lambda key, texts: (key, texts))
    assert lines.arguments() is None
    assert lines.value(None, ["a = 1"], HOME) == ("some_lines", ["a = 1"])


def test_workers_of_the_gate_are_not_told_of_what_the_gate_alone_does() -> None:
    own = {name for name in SWITCHED_OFF if name.startswith("gate")}
    assert own == {"gate", "gate_accept", "gate_bootstrap", "gate_confirm", "gate_json"}
    assert own == {option.key for option in GATE.values() if not option.in_worker}
    assert not any(SWITCHED_OFF[name] for name in own)
