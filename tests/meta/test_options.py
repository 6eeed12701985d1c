"""README's table of options says what the tables in the code say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from framegate.option import Option
from framegate.options import TABLES

ROOT = Path(__file__).parents[2]
ROWS = dict(
    re.findall(r"^\| `(--frame-[a-z-]+)` \| .* \| (.*?) ?\|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
)
OPTIONS = [option for table in TABLES for option in table.values()]


def test_every_option_has_a_row() -> None:
    assert set(ROWS) == {option.flag for option in OPTIONS}


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.default], ids=lambda option: option.name)
def test_a_rows_default_is_the_options(option: Option) -> None:
    assert ROWS[option.flag].strip("`") == (option.unset or str(option.default))
