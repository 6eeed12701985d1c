"""The stored mode: a candidate's launches against the accepted runs of its baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from statistics import median
from typing import Any

from framegate.gate.evidence import Evidence, Sample
from framegate.gate.fingerprint import differences, fingerprint
from framegate.gate.floors import Floors
from framegate.gate.judge import judge
from framegate.gate.machine import KEPT_RUNS, SECTION, excuse_of
from framegate.gate.samples import both_counts, families, memory_of
from framegate.gate.statistics import ENOUGH_RUNS, HistoryShift, against_history
from framegate.gate.verdicts import MISSED, Finding, Verdict
from framegate.gate.worker.messages import Outcome
from framegate.words import Stat

UNSURE = (
    "slower by more than the floor, and by less than its accepted runs vary; more of them, more launches or framegate"
    " ab would settle it"
)


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
    evidence = []
    for key in dict.fromkeys([*candidate.outcomes, *candidate.entries, *expected]):
        outcome = _not_measured(key, candidate, expected=key in expected)
        if outcome is not None:
            if not (outcome.verdict is Verdict.MISSING and is_allowed_missing(key)):
                evidence.append(Evidence(key, outcome))
        elif key in candidate.entries:
            history = [(run, entries[key]) for run, entries in zip(accepted, past, strict=True) if key in entries]
            evidence.append(_evidence(key, candidate, history, stat))
    own = {each.key: floors.get(each.key, default_floors) for each in evidence}
    return judge(evidence, own, excuse_of(candidate.run, accepted))


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


def _evidence(
    key: str, candidate: Candidate, history: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], stat: Stat
) -> Evidence:
    entry = candidate.entries[key]
    try:
        values = launch_values(entry, stat)
    except ValueError as error:
        return Evidence(key, Finding(key, Verdict.NOTHING, str(error)))
    if not history:
        reason = "no accepted run has it; --gate-bootstrap accepts what has nothing to be compared with"
        return Evidence(key, Finding(key, Verdict.NO_BASELINE, reason))
    now = fingerprint(candidate.run.get("machine_info", {}), entry)
    then = [(fingerprint(run.get("machine_info", {}), old), old) for run, old in history]
    comparable = [old for print_, old in then if print_ == now][-KEPT_RUNS:]
    if not comparable:
        return Evidence(key, Finding(key, Verdict.OTHER, differences(now, then[-1][0])))
    try:
        past = [launch_values(old, stat) for old in comparable]
    except ValueError as error:
        return Evidence(key, Finding(key, Verdict.UNREADABLE, f"an accepted run has it, and {error}"))
    samples = {family: _sample(family, values, past) for family in values[0]}
    return Evidence(
        key,
        families={family: sample for family, sample in samples.items() if sample is not None},
        counts=both_counts(comparable[-1].get("extra_info", {}), entry.get("extra_info", {})),
        memory=([held for old in comparable for held in _memory(old)], _memory(entry)),
        unsure=UNSURE,
    )


Values = Sequence[Mapping[str, float]]
"""The families' values in each launch of a run."""


def _sample(family: str, values: Values, past: Sequence[Values]) -> Sample | None:
    """A family of the candidate, if any accepted run has it."""
    now = [each[family] for each in values if family in each]
    if family == MISSED:
        # A run without an inference stage had no frames, and missed none.
        return Sample(HistoryShift(median(now) - median(each.get(MISSED, 0.0) for run in past for each in run)))
    runs = [run for values in past if (run := [each[family] for each in values if family in each])]
    if not runs:
        return None
    estimate = against_history(_logs(now), [_logs(run) for run in runs])
    return Sample(estimate, (median(seconds for run in runs for seconds in run), median(now)))


def _logs(seconds: Sequence[float]) -> list[float]:
    # A stage can be too short for the clock; a nanosecond stands for nothing.
    return [log(max(each, 1e-9)) for each in seconds]


def _memory(entry: Mapping[str, Any]) -> list[dict[str, int]]:
    """What the process of each launch held; files of before do not say."""
    return [memory_of({"memory": each}) for each in entry["extra_info"]["gate"]["launches"]]


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
