"""README's table of options says what the tables in the code say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from framegate.option import Option
from framegate.options import TABLES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `(--frame-[a-z-]+)` \| .* \| (.*?) ?\|$", README, re.MULTILINE))
OPTIONS = [option for table in TABLES for option in table.values()]


def test_every_option_has_a_row() -> None:
    assert set(ROWS) == {option.flag for option in OPTIONS}


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.default], ids=lambda option: option.name)
def test_a_rows_default_is_the_options(option: Option) -> None:
    assert ROWS[option.flag].strip("`") == (option.unset or str(option.default))


def test_the_options_without_an_ini_setting_are_named() -> None:
    (named,) = re.findall(r"Those without\s+one are (.*?)\.\s", README, re.DOTALL)
    assert set(re.findall(r"--frame-[a-z-]+", named)) == {option.flag for option in OPTIONS if not option.ini}
