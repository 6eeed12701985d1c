"""The stored mode: a candidate's launches against the accepted runs of its baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log, log1p
from typing import Any

from framegate.gate.fingerprint import differences, fingerprint
from framegate.gate.floors import Floors
from framegate.gate.machine import KEPT_RUNS, SECTION, Excuse, excuse_of
from framegate.gate.memory import memory_of, memory_shifts
from framegate.gate.samples import Stat, exact_counts, families
from framegate.gate.statistics import ENOUGH_RUNS, against_history, as_change
from framegate.gate.verdicts import MISSED, Finding, Shift, Verdict, of_shifts

UNSURE = (
    "slower by more than the floor, and by less than its accepted runs vary; more of them, more launches or framegate"
    " ab would settle it"
)


@dataclass(frozen=True)
class Outcome:
    """How a benchmark ended in a launch: ``passed``, ``failed`` or ``skipped``, and why."""

    outcome: str
    reason: str = ""


@dataclass
class Candidate:
    """What was measured now.

    Attributes:
        run: pytest-benchmark's file of all launches together, as it is stored.
        outcomes: benchmark -> how it ended in each launch that came to it.
    """

    run: dict[str, Any]
    outcomes: Mapping[str, Sequence[Outcome]]
    entries: dict[str, dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.entries = by_key(self.run)


def by_key(run: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Benchmarks of a stored run by their names, which hold their parameters.

    Raises:
        ValueError: two benchmarks share a name, or the file is none of pytest-benchmark's.
    """
    found: dict[str, dict[str, Any]] = {}
    benchmarks = run.get("benchmarks")
    if not isinstance(benchmarks, list):
        raise ValueError("it has no list of benchmarks")  # noqa: TRY004 # it is the file that is wrong
    for entry in benchmarks:
        if entry["name"] in found:
            raise ValueError(f"two benchmarks are called {entry['name']}")
        found[entry["name"]] = entry
    return found


def launch_values(entry: Mapping[str, Any], stat: Stat) -> list[dict[str, float]]:
    """The families' values in each launch of a stored benchmark.

    Raises:
        ValueError: the entry does not say, or what it says are no times.
    """
    found, round_, call = [], 0, 0
    try:
        data, launches = entry["stats"]["data"], entry["extra_info"]["gate"]["launches"]
        # Without calls in any launch, a user keeps something else under that name.
        stages = entry["extra_info"].get("stages_s", {}) if any(each["calls"] for each in launches) else {}
        for each in launches:
            rounds = data[round_ : round_ + each["rounds"]]
            calls = {name: values[call : call + each["calls"]] for name, values in stages.items()}
            found.append(families(rounds, calls, stat))
            round_, call = round_ + each["rounds"], call + each["calls"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it does not say what each launch measured ({error!r})") from error
    if not found:
        raise ValueError("it holds no launch")
    return found


def compare(
    candidate: Candidate,
    accepted: Sequence[Mapping[str, Any]],
    stat: Stat,
    floors: Mapping[str, Floors],
    default_floors: Floors,
    is_allowed_missing: Any,
) -> tuple[Finding, ...]:
    """Every benchmark that is in the candidate or that the baseline expects.

    Args:
        candidate: what was measured now.
        accepted: the accepted runs of the baseline, the oldest first; none is a verdict, too.
        stat: which number stands for the rounds of a launch.
        floors: floors of benchmarks that have their own.
        default_floors: of all others.
        is_allowed_missing: whether a benchmark that is gone may be gone.

    Raises:
        ValueError: an accepted run holds what is no stored result; the message says which and what.
    """
    past = [_entries(index, run) for index, run in enumerate(accepted)]
    expected = [*past[-1]] if past else []
    excuse = excuse_of(candidate.run, accepted)
    findings = []
    for key in dict.fromkeys([*candidate.outcomes, *candidate.entries, *expected]):
        lost = _not_measured(key, candidate, expected=key in expected)
        if lost is not None:
            if not (lost.verdict is Verdict.MISSING and is_allowed_missing(key)):
                findings.append(lost)
        elif key in candidate.entries:
            history = [(run, entries[key]) for run, entries in zip(accepted, past, strict=True) if key in entries]
            chosen = floors.get(key, default_floors)
            findings.append(_judged(key, candidate, history, stat, chosen, excuse))
    return tuple(findings)


def _not_measured(key: str, candidate: Candidate, *, expected: bool) -> Finding | None:
    ended = candidate.outcomes.get(key, ())
    failed = next((each for each in ended if each.outcome == "failed"), None)
    if failed is not None:
        return Finding(key, Verdict.FAILED, failed.reason)
    skipped = next((each for each in ended if each.outcome == "skipped"), None)
    if skipped is not None and (expected or len(ended) > sum(each.outcome == "skipped" for each in ended)):
        return Finding(key, Verdict.MISSING, f"the baseline has it, and now it is skipped: {skipped.reason}")
    launches = candidate.run.get(SECTION, {}).get("launches", len(ended))
    if skipped is None and key in candidate.entries and len(ended) < launches:
        return Finding(key, Verdict.NOTHING, f"only {len(ended)} of {launches} launches ran it")
    if key not in candidate.entries and expected:
        return Finding(
            key,
            Verdict.MISSING,
            "the baseline has it, and now it is renamed, deselected or gone; --gate-allow-missing PATTERN lets it go",
        )
    if key not in candidate.entries and skipped is None:
        return Finding(key, Verdict.NOTHING, "it ran and stored no times; does it use the benchmark fixture?")
    return None


def _judged(
    key: str,
    candidate: Candidate,
    history: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    stat: Stat,
    floors: Floors,
    excuse: Excuse | None,
) -> Finding:
    entry = candidate.entries[key]
    try:
        values = launch_values(entry, stat)
    except ValueError as error:
        return Finding(key, Verdict.NOTHING, str(error))
    if not history:
        return Finding(
            key,
            Verdict.NO_BASELINE,
            "no accepted run has it; --gate-bootstrap accepts what has nothing to be compared with",
        )
    now = fingerprint(candidate.run.get("machine_info", {}), entry)
    then = [(fingerprint(run.get("machine_info", {}), old), old) for run, old in history]
    comparable = [old for print_, old in then if print_ == now][-KEPT_RUNS:]
    if not comparable:
        return Finding(key, Verdict.OTHER, differences(now, then[-1][0]))
    try:
        past = [launch_values(old, stat) for old in comparable]
    except ValueError as error:
        return Finding(key, Verdict.UNREADABLE, f"an accepted run has it, and {error}")
    shifts = [_time_shift(family, values, past, floors) for family in values[0] if family != MISSED]
    if MISSED in values[0]:
        shifts.append(_missed_shift(values, past, floors))
    shifts += _count_shifts(entry, comparable[-1])
    shifts += memory_shifts([held for old in comparable for held in _launches(old)], _launches(entry), floors)
    return _explained(of_shifts(key, shifts), excuse)


def _explained(finding: Finding, excuse: Excuse | None) -> Finding:
    if finding.verdict is Verdict.INCONCLUSIVE:
        return replace(finding, reason=UNSURE)
    if finding.verdict is Verdict.REGRESSED and excuse is not None and _is_excused(finding, excuse):
        return replace(finding, verdict=Verdict.INCONCLUSIVE, reason=excuse.reason)
    return finding


def _time_shift(
    family: str, values: Sequence[Mapping[str, float]], past: Sequence[Sequence[Mapping[str, float]]], floors: Floors
) -> Shift:
    from statistics import median

    now = [_log(each[family]) for each in values if family in each]
    runs = [[_log(each[family]) for each in run if family in each] for run in past]
    runs = [run for run in runs if run]
    if not runs:
        return Shift(family, Verdict.SAME, 0.0, 0.0, 0.0)
    found = against_history(now, runs, floors.fraction(family))
    seconds = (
        median(each[family] for run in past for each in run if family in each),
        median(each[family] for each in values if family in each),
    )
    small = abs(seconds[1] - seconds[0]) < floors.seconds(family)
    return Shift(
        family,
        Verdict.SAME if small else found.verdict,
        as_change(found.shift),
        as_change(found.shift - found.bound),
        as_change(found.shift + found.bound),
        seconds=seconds,
    )


def _log(seconds: float) -> float:
    # A stage can be too short for the clock; a nanosecond stands for nothing.
    return log(max(seconds, 1e-9))


def _missed_shift(
    values: Sequence[Mapping[str, float]], past: Sequence[Sequence[Mapping[str, float]]], floors: Floors
) -> Shift:
    from statistics import median

    now = median(each[MISSED] for each in values)
    then = median(each.get(MISSED, 0.0) for run in past for each in run)
    change, floor = now - then, floors.fraction(MISSED)
    verdict = Verdict.REGRESSED if change > floor else Verdict.IMPROVED if change < -floor else Verdict.SAME
    return Shift(MISSED, verdict, change, change - floor, change + floor)


def _launches(entry: Mapping[str, Any]) -> list[dict[str, int]]:
    """What the process of each launch held; files of before do not say."""
    return [memory_of({"memory": each}) for each in entry["extra_info"]["gate"]["launches"]]


def _count_shifts(entry: Mapping[str, Any], old: Mapping[str, Any]) -> list[Shift]:
    now, then = exact_counts(entry.get("extra_info", {})), exact_counts(old.get("extra_info", {}))
    found = []
    for name, count in now.items():
        change = count - then.get(name, count)
        verdict = Verdict.REGRESSED if change > 0 else Verdict.IMPROVED if change < 0 else Verdict.SAME
        found.append(Shift(name, verdict, change, change, change))
    return found


def _is_excused(finding: Finding, excuse: Excuse) -> bool:
    return all(shift.seconds is not None and log1p(shift.change) <= excuse.most for shift in finding.worst())


def few_runs(accepted: Sequence[object]) -> list[str]:
    """A note for a baseline that is still short."""
    count = len(accepted)
    if not 0 < count < ENOUGH_RUNS:
        return []
    return [
        f"Only {count} of the {ENOUGH_RUNS} accepted runs that make a good baseline: its bounds are wider until then."
    ]


def _entries(index: int, run: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    try:
        return by_key(run)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"accepted run {index + 1} is no stored run: {error}") from error
