"""The stored mode: a candidate's launches against the accepted runs of its baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from statistics import median
from typing import Any

from framegate.gate.evidence import Evidence, Sample
from framegate.gate.excuses import KEPT_RUNS, SECTION, excuse_of
from framegate.gate.floors import Floors
from framegate.gate.judge import judge
from framegate.gate.samples import both_counts, enough_for_p95, families, memory_of
from framegate.gate.statistics import ENOUGH_RUNS, HistoryShift, against_history
from framegate.gate.verdicts import MEMORY, MISSED, P95, Finding, Verdict
from framegate.gate.worker.messages import Outcome
from framegate.results.fingerprint import differences, fingerprint, section
from framegate.results.parts import Memory, StageSamples
from framegate.words import Stat

UNSURE = (
    "slower by more than the floor, and by less than its accepted runs vary; more of them, more launches or framegate"
    " ab would settle it"
)

MOST_NAMED = 3
"""Benchmarks that a note names, before it counts the others."""


@dataclass
class Candidate:
    """What was measured.

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
        ValueError: two benchmarks share a name, or pytest-benchmark did not write the file.
    """
    entries: dict[str, dict[str, Any]] = {}
    benchmarks = run.get("benchmarks")
    if not isinstance(benchmarks, list):
        raise ValueError("it has no list of benchmarks")  # noqa: TRY004 # it is the file that is wrong
    for entry in benchmarks:
        if entry["name"] in entries:
            raise ValueError(f"two benchmarks are called {entry['name']}")
        entries[entry["name"]] = entry
    return entries


def launch_values(entry: Mapping[str, Any], stat: Stat) -> list[dict[str, float]]:
    """The families' values in each launch of a stored benchmark.

    Raises:
        ValueError: the entry does not say, or what it says are no times.
    """
    values, round_, call = [], 0, 0
    try:
        data, launches = entry["stats"]["data"], entry["extra_info"]["gate"]["launches"]
        # Without calls in any launch, a user keeps something else under that name.
        stages = _stages(entry["extra_info"]) if any(launch["calls"] for launch in launches) else {}
        for launch in launches:
            rounds = data[round_ : round_ + launch["rounds"]]
            calls = {name: seconds[call : call + launch["calls"]] for name, seconds in stages.items()}
            values.append(families(rounds, calls, stat))
            round_, call = round_ + launch["rounds"], call + launch["calls"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it does not say what each launch measured ({error!r})") from error
    if not values:
        raise ValueError("it holds no launch")
    return values


def _stages(extra_info: Mapping[str, Any]) -> Mapping[str, Sequence[float]]:
    stages = StageSamples.read(extra_info)
    if stages is None and extra_info.get(StageSamples.key, {}) != {}:  # empty, if no stage was in all launches
        raise ValueError("the seconds of its stages cannot be read")
    return {} if stages is None else stages.samples_s


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
        candidate: what was measured.
        accepted: the accepted runs of the baseline, the oldest first; there may be none.
        stat: the number that stands for the rounds of a launch.
        floors: floors of benchmarks that have their own.
        default_floors: floors of all others.
        is_allowed_missing: whether a benchmark that is gone may be gone.

    Raises:
        ValueError: an accepted run holds something other than stored results; the message says which run, and what.
    """
    past = [_entries(index, run) for index, run in enumerate(accepted)]
    expected = [*past[-1]] if past else []
    evidence = []
    for key in dict.fromkeys([*candidate.outcomes, *candidate.entries, *expected]):
        finding = _not_measured(key, candidate, expected=key in expected)
        if finding is not None:
            if not (finding.verdict is Verdict.MISSING and is_allowed_missing(key)):
                evidence.append(Evidence(key, finding))
        elif key in candidate.entries:
            history = [(run, entries[key]) for run, entries in zip(accepted, past, strict=True) if key in entries]
            evidence.append(_evidence(key, candidate, history, stat))
    own = {benchmark.key: floors.get(benchmark.key, default_floors) for benchmark in evidence}
    return judge(evidence, own, excuse_of(candidate.run, accepted))


def _not_measured(key: str, candidate: Candidate, *, expected: bool) -> Finding | None:
    ended = candidate.outcomes.get(key, ())
    failed = next((outcome for outcome in ended if outcome.outcome == "failed"), None)
    if failed is not None:
        return Finding(key, Verdict.FAILED, failed.reason)
    skipped = next((outcome for outcome in ended if outcome.outcome == "skipped"), None)
    if skipped is not None and (expected or len(ended) > sum(outcome.outcome == "skipped" for outcome in ended)):
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
    own = fingerprint(candidate.run.get("machine_info", {}), section(entry, "extra_info"))
    others = [(fingerprint(run.get("machine_info", {}), section(old, "extra_info")), old) for run, old in history]
    comparable = [old for other, old in others if other == own][-KEPT_RUNS:]
    if not comparable:
        return Evidence(key, Finding(key, Verdict.OTHER, differences(own, others[-1][0])))
    try:
        past = [launch_values(old, stat) for old in comparable]
    except ValueError as error:
        return Evidence(key, Finding(key, Verdict.UNREADABLE, f"an accepted run has it, and {error}"))
    samples = {family: _sample(family, values, past) for family in values[0]}
    return Evidence(
        key,
        families={family: sample for family, sample in samples.items() if sample is not None},
        counts=both_counts(section(comparable[-1], "extra_info"), section(entry, "extra_info")),
        memory=([launch for old in comparable for launch in _memory(old)], _memory(entry)),
        unsure=UNSURE,
    )


_Launches = Sequence[Mapping[str, float]]
"""The families' values in each launch of a run."""


def _sample(family: str, values: _Launches, past: Sequence[_Launches]) -> Sample | None:
    """A family of the candidate, if any accepted run has it."""
    candidate = [launch[family] for launch in values if family in launch]
    if family == MISSED:
        # A run without an inference stage had no frames, and missed none.
        base = [launch.get(MISSED, 0.0) for run in past for launch in run]
        return Sample(HistoryShift(median(candidate) - median(base)))
    runs = [run for values in past if (run := [launch[family] for launch in values if family in launch])]
    if not runs:
        return None
    estimate = against_history(_logs(candidate), [_logs(run) for run in runs])
    return Sample(estimate, (median(seconds for run in runs for seconds in run), median(candidate)))


def _logs(seconds: Sequence[float]) -> list[float]:
    # A stage can be too short for the clock; a nanosecond stands for nothing.
    return [log(max(value, 1e-9)) for value in seconds]


def _memory(entry: Mapping[str, Any]) -> list[dict[str, int]]:
    """Bytes of each launch's process; empty in files from before they were stored."""
    return [
        memory_of(Memory.read({Memory.key: dict.fromkeys(MEMORY) | launch}))
        for launch in entry["extra_info"]["gate"]["launches"]
    ]


def few_runs(accepted: Sequence[object]) -> list[str]:
    """A note for a baseline that is still short."""
    count = len(accepted)
    if not 0 < count < ENOUGH_RUNS:
        return []
    return [
        f"Only {count} of the {ENOUGH_RUNS} accepted runs that make a good baseline: its bounds are wider until then."
    ]


def few_rounds(candidate: Candidate, stat: Stat) -> list[str]:
    """A note that names the benchmarks whose launches had too few rounds for a tail."""
    fewest = {key: min(_rounds(entry)) for key, entry in candidate.entries.items()}
    few = [f"{key} ({rounds})" for key, rounds in fewest.items() if rounds < enough_for_p95()]
    if not few or stat == P95:
        return []
    others = f" and {len(few) - MOST_NAMED} others" if len(few) > MOST_NAMED else ""
    rule = f"p95 takes {enough_for_p95()} rounds in a launch, and is not compared where there were fewer"
    return [f"{rule}: {', '.join(few[:MOST_NAMED])}{others}."]


def _rounds(entry: Mapping[str, Any]) -> list[int]:
    """Number of rounds in each launch."""
    return [launch["rounds"] for launch in entry["extra_info"]["gate"]["launches"]]


def _entries(index: int, run: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    try:
        return by_key(run)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"accepted run {index + 1} is not a stored run: {error}") from error
