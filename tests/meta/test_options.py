"""The page of options says what the tables in the code say, and README what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from framegate.option import Option
from framegate.options import TABLES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGE = (ROOT / "docs" / "options.md").read_text("utf-8")
ROW = re.compile(r"^\| `(--frame-[a-z-]+)` \| (.*) \| (.*?) ?\|$", re.MULTILINE)
ROWS = {flag: default for flag, _, default in ROW.findall(PAGE)}
OPTIONS = [option for table in TABLES for option in table.values()]


def test_every_option_has_one_row() -> None:
    assert sorted(flag for flag, _, _ in ROW.findall(PAGE)) == sorted(option.flag for option in OPTIONS)


def test_the_rows_of_the_readme_are_those_of_the_page() -> None:
    rows = set(ROW.findall(README.replace("](docs/", "](")))
    assert len(rows) > 5
    assert rows <= set(ROW.findall(PAGE))


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.default], ids=lambda option: option.name)
def test_a_rows_default_is_the_options(option: Option) -> None:
    assert ROWS[option.flag].strip("`") == (option.unset or str(option.default))


def test_the_options_without_an_ini_setting_are_named() -> None:
    (named,) = re.findall(r"Those\s+without\s+one\s+are (.*?)\.\s", PAGE, re.DOTALL)
    assert set(re.findall(r"--frame-[a-z-]+", named)) == {option.flag for option in OPTIONS if not option.ini}
