"""A comparison from its sides to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import log
from pathlib import Path
from typing import Any

import pytest
from pairs_of import measured

from framegate.errors import ComparisonError, UsageError
from framegate.gate import decide as module
from framegate.gate.decide import decide
from framegate.gate.pairs import Ended, Measured
from framegate.gate.sides import Request, Sides
from framegate.gate.verdicts import GateReport
from framegate.gate.workers import Side

REQUEST = Request(base="HEAD~1")
Decide = Callable[..., GateReport]
SKIPPED = Ended(("skipped", "skipped"), ("no GPU", "no GPU"))


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> Decide:
    """Decides on sides that have these benchmarks, and always measure this."""

    def run(
        pair: Mapping[str, Measured | Ended],
        *,
        names: Mapping[str, str] | None = None,
        only: tuple[Sequence[str], Sequence[str]] = ((), ()),
        lines: Sequence[str] = (),
        dies: bool = False,
        **options: Any,
    ) -> GateReport:
        sides = [Side(label, "python", Path(), ()) for label in ("base (HEAD~1)", "candidate (HEAD)")]
        keys = tuple((names or {key: key for key in pair}).items())

        @contextmanager
        def opened(*_: object) -> Iterator[Sides]:
            settings = {"gate_floor": list(lines)}
            yield Sides(sides[0], sides[1], keys, tuple(only[0]), tuple(only[1]), settings, ("A note.",))

        class Pairs:
            pair_s = None

            def __init__(self, _: object, wanted: Sequence[tuple[str, str]], *__: object) -> None:
                self._chosen = [key for key, _ in wanted]

            def __call__(self, keys: Sequence[str] | None, _: str) -> dict[str, Measured | Ended]:
                if dies:
                    raise ComparisonError("a worker ended")
                return {key: pair[key] for key in self._chosen if keys is None or key in keys}

        monkeypatch.setattr(module, "open_sides", opened)
        monkeypatch.setattr(module, "Pairs", Pairs)
        return decide(REQUEST, lambda _: None, **options)

    return run


def test_a_report_says_what_was_compared_and_how(decided: Decide) -> None:
    report = decided({"it": measured(total=0.0)}, seed=7)
    assert report.title == "candidate (HEAD) against base (HEAD~1)"
    assert report.notes == ("A note.",)
    assert report.details == {"mode": "ab", "seed": 7, "pairs": [5, 0]}
    assert report.exit_code() == 0


def test_a_second_stage_is_in_the_report(decided: Decide) -> None:
    report = decided({"it": measured(total=log(1.2))})
    assert report.details["pairs"] == [5, 10]
    assert isinstance(report.details["seed"], int)
    assert report.exit_code() == 1


@pytest.mark.parametrize(
    ("lines", "floor", "code"),
    [((), None, 1), (("all = 30%",), None, 0), ((), 0.3, 0), (("total = 30%",), None, 0), (("all = 1%",), 0.3, 0)],
)
def test_floor_decides_the_exit_code(decided: Decide, lines: Sequence[str], floor: float | None, code: int) -> None:
    assert decided({"it": measured(total=log(1.2))}, lines=lines, floor=floor).exit_code() == code


def test_a_line_that_is_no_floor(decided: Decide) -> None:
    with pytest.raises(UsageError, match="gate_floor"):
        decided({"it": measured(total=0.0)}, lines=["much"])


def test_what_only_one_side_has(decided: Decide) -> None:
    pair, only = {"it": measured(total=0.0)}, (["old"], ["new"])
    report = decided(pair, only=only)
    assert {each.benchmark: str(each.verdict) for each in report.findings} == {
        "it": "same",
        "old": "missing",
        "new": "no-baseline",
    }
    assert report.exit_code() == 11
    assert decided(pair, only=([], ["new"])).exit_code() == 10
    assert decided(pair, only=only, is_allowed_missing=lambda key: key in {"old", "new"}).exit_code() == 0


def test_names_that_differ_are_both_said(decided: Decide) -> None:
    report = decided({"it[a]": measured(total=0.0)}, names={"it[a]": "it[b]"})
    assert [each.benchmark for each in report.findings] == ["it[b] against it[a]"]


@pytest.mark.parametrize("pair", [{}, {"it": SKIPPED}, {"it": SKIPPED, "other": SKIPPED}])
def test_nothing_measured_is_no_pass(decided: Decide, pair: Mapping[str, Ended]) -> None:
    assert decided(pair).exit_code() == 12


def test_one_measured_benchmark_among_skipped_ones_is_enough(decided: Decide) -> None:
    assert decided({"it": measured(total=0.0), "other": SKIPPED}).exit_code() == 0


def test_only_what_was_flagged_is_decided_on(decided: Decide) -> None:
    pair = {"it": measured(total=0.0), "other": measured(total=log(1.2))}
    report = decided(pair, only=(["old"], ["new"]), is_wanted=lambda key: key == "it")
    assert [each.benchmark for each in report.findings] == ["it"]
    assert report.exit_code() == 0


def test_a_worker_that_ends_is_a_verdict(decided: Decide) -> None:
    report = decided({"it": measured(total=0.0)}, dies=True)
    assert report.exit_code() == 15
    assert [(each.benchmark, each.reason) for each in report.findings] == [("the run", "a worker ended")]


def test_more_pairs_where_they_are_asked_for(decided: Decide) -> None:
    assert decided({"it": measured(total=log(1.2))}, more=20).details["pairs"] == [5, 20]
