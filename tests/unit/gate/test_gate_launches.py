"""Launches put together into one run in pytest-benchmark's form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framegate.errors import ComparisonError
from framegate.gate import launches
from framegate.gate.history import launch_values
from framegate.gate.launches import Launch, canary_seconds, merged_run, outcomes_of, run_launches
from framegate.gate.store import Store, read_run
from framegate.gate.worker.messages import Outcome
from framegate.gate.workers import Side
from framegate.results.fingerprint import fingerprint

SIDE = Side("the candidate", "python", Path(), ())


def entry(name: str, rounds: list[float], stages: dict[str, list[float]] | None = None) -> dict[str, Any]:
    extra: dict[str, Any] = {"frame": {"size": "16"}}
    if stages:
        extra["stages_s"] = stages
    return {"name": name, "stats": {"data": rounds, "min": 99.0, "rounds": 99}, "extra_info": extra}


def launch(*entries: dict[str, Any], canary: float = 1e-3, **outcomes: str) -> Launch:
    ended = {key: Outcome(outcome, "why") for key, outcome in outcomes.items()}
    return Launch({"machine_info": {"system": "Linux"}, "benchmarks": list(entries)}, ended, canary, 0)


def smallest(seconds: list[float]) -> dict[str, Any]:
    return {"min": min(seconds), "rounds": len(seconds)}


def test_rounds_and_stages_of_all_launches_are_kept_apart() -> None:
    first = launch(entry("it", [3.0, 1.0], {"draw": [0.3, 0.1]}), canary=1e-3)
    second = launch(entry("it", [2.0], {"draw": [0.2]}), canary=2e-3)
    run = merged_run([first, second], smallest)
    (it,) = run["benchmarks"]
    assert it["stats"] == {"data": [3.0, 1.0, 2.0], "min": 1.0, "rounds": 3}
    assert it["extra_info"]["gate"]["launches"] == [{"rounds": 2, "calls": 2}, {"rounds": 1, "calls": 1}]
    assert it["extra_info"]["stages_s"] == {"draw": [0.3, 0.1, 0.2]}
    assert launch_values(it, "min") == [{"total": 1.0, "draw": 0.1}, {"total": 2.0, "draw": 0.2}]
    assert run["framegate_gate"] == {"schema": 1, "launches": 2, "canary": [1e-3, 2e-3], "waited": [0.0, 0.0]}
    assert run["machine_info"] == {"system": "Linux"}


def test_the_launches_themselves_are_not_changed() -> None:
    first = launch(entry("it", [1.0], {"draw": [0.1]}))
    merged_run([first, launch(entry("it", [2.0], {"draw": [0.2]}))], smallest)
    assert first.run["benchmarks"] == [entry("it", [1.0], {"draw": [0.1]})]


def test_a_benchmark_that_some_launches_had() -> None:
    run = merged_run(
        [launch(), launch(entry("it", [1.0])), launch(entry("it", [2.0]), entry("other", [3.0]))], smallest
    )
    assert {each["name"]: len(each["extra_info"]["gate"]["launches"]) for each in run["benchmarks"]} == {
        "it": 2,
        "other": 1,
    }
    assert run["framegate_gate"]["launches"] == 3


@pytest.mark.parametrize("own", [3, "text", None, [1.0], {"a": 3}, {"a": [1.0], "b": []}, {"a": [[]]}, {}])
def test_a_users_own_extra_info_is_kept_and_not_taken_for_stages(own: Any) -> None:
    mine = entry("it", [2.0])
    mine["extra_info"] |= {"stages_s": own, "frame": own, "frames": own, "browser": own, "screen": own, "mine": own}
    run = merged_run([launch(mine), launch(mine)], smallest)
    (it,) = run["benchmarks"]
    assert it["extra_info"]["mine"] == own
    assert launch_values(it, "min") == [{"total": 2.0}, {"total": 2.0}]
    assert fingerprint({}, it["extra_info"])["cpu"] == "None"


def test_a_users_own_infinities_can_be_stored(tmp_path: Path) -> None:
    mine = entry("it", [2.0])
    mine["extra_info"] |= {"loss": float("nan"), "all": [{"most": float("inf")}, 1.5]}
    run = merged_run([launch(mine)], smallest)
    stored = Store(tmp_path).save("default", run)
    (it,) = read_run(stored.path)["benchmarks"]
    assert (it["extra_info"]["loss"], it["extra_info"]["all"]) == ("nan", [{"most": "inf"}, 1.5])


def test_a_run_without_benchmarks() -> None:
    assert merged_run([launch()], smallest)["benchmarks"] == []


def test_stages_that_only_one_launch_has_do_not_mix_with_those_of_another() -> None:
    run = merged_run(
        [launch(entry("it", [1.0], {"draw": [0.1]})), launch(entry("it", [2.0], {"draw": [0.2], "new": [0.3]}))],
        smallest,
    )
    (it,) = run["benchmarks"]
    values = launch_values(it, "min")
    assert [each["draw"] for each in values] == [0.1, 0.2]
    assert all(each.get("new") in {None, 0.3} for each in values)
    assert "new" not in values[0]


def test_outcomes_of_each_launch() -> None:
    found = outcomes_of([launch(it="passed", other="skipped"), launch(it="failed")])
    assert [each.outcome for each in found["it"]] == ["passed", "failed"]
    assert len(found["other"]) == 1


def scripted(results: list[Launch | ComparisonError]) -> Callable[..., Launch]:
    def run(*_: object) -> Launch:
        result = results.pop(0)
        if isinstance(result, ComparisonError):
            raise result
        return result

    return run


def test_launches_say_how_long_it_will_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launches, "launch", scripted([launch(it="passed")] * 3))
    times = iter([0.0, 10.0, 20.0, 30.0])
    said: list[str] = []
    found = run_launches(SIDE, 3, said.append, lambda: next(times))
    assert len(found) == 3
    assert said[0] == "gate: launch 1 of 3: 1 benchmarks in 10 s, about 20 s left"
    assert said[2] == "gate: launch 3 of 3: 1 benchmarks in 10 s"


def test_one_in_which_a_benchmark_failed_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launches, "launch", scripted([launch(it="passed"), launch(it="failed"), launch(it="passed")]))
    assert len(run_launches(SIDE, 3, lambda _: None)) == 2


def test_the_canary_is_the_fastest_of_several() -> None:
    ticks = iter([0.0, 5.0, *[float(value) for value in range(10, 10 + 28)]])
    assert canary_seconds(lambda: next(ticks)) == 1.0
    assert canary_seconds() > 0
