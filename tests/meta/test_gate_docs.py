"""docs/gate.md says of the gate what the gate does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from framegate.gate.floors import MISSED_FLOOR, P95_FLOOR, PAIRS_FLOOR, STAGE_S, STORED_FLOOR
from framegate.gate.verdicts import EXIT_CODES, PASSES, Verdict

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gate.md").read_text("utf-8")
SECTION = PAGE.partition("## Exit codes")[2].partition("\n## ")[0]


@pytest.mark.parametrize("verdict", [each for each in Verdict if EXIT_CODES[each]])
def test_every_exit_code_is_documented(verdict: Verdict) -> None:
    assert re.search(rf"^\| {EXIT_CODES[verdict]} \| `{verdict}`", SECTION, re.MULTILINE)


def test_the_order_of_verdicts_is_documented() -> None:
    (order,) = re.findall(r"in the order ([\d, ]+)\.", SECTION)
    failing = [EXIT_CODES[each] for each in Verdict if each not in PASSES or each is Verdict.INCONCLUSIVE]
    assert [int(code) for code in order.split(",")] == failing


def test_every_option_is_documented_and_no_other(request: pytest.FixtureRequest) -> None:
    known = {option for action in request.config._parser.optparser._actions for option in action.option_strings}
    ours = {option for option in known if option == "--gate" or option.startswith("--gate-")}
    assert set(re.findall(r"^\| `(--gate(?:-[a-z]+)*)` \|", PAGE, re.MULTILINE)) == ours
    assert set(re.findall(r"--gate(?:-[a-z]+)*", PAGE)) <= ours


def test_the_floors_are_those_of_the_page() -> None:
    (section,) = re.findall(r"## Floors\n\n(.*?)\n```", PAGE, re.DOTALL)
    assert f"{PAIRS_FLOOR:.0%} in A/B".replace("%", " %") in section
    assert f"{STORED_FLOOR:.0%} in the stored mode".replace("%", " %") in section
    assert f"{P95_FLOOR:.0%} for `p95`".replace("%", " %") in section
    assert f"{100 * MISSED_FLOOR:.0f} of 100 frames" in section
    assert f"{1e6 * STAGE_S:.0f} µs" in section
