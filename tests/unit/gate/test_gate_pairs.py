"""One pair of launches, with workers that answer what they are told to."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import log
from typing import Any, cast

import pytest

from framegate.errors import ComparisonError
from framegate.gate.pairs import BLOCK_PAIRS, ROUNDS, Delay, Ended, Measured, run_pair
from framegate.gate.worker.messages import Block, Finished, Message, Outcome, Ready, Stored, Timings
from framegate.gate.workers import Side, Worker


class Talker:
    """A worker that comes to benchmarks of its own, whose rounds take what it was given."""

    def __init__(self, name: str, benchmarks: Sequence[dict[str, Any]], log_of: list[str]) -> None:
        self.side = Side(name, "python", cast("Any", None), ())
        self.blocks: list[Block] = []
        self._name, self._log = name, log_of
        self._answers: list[Message] = []
        self._left = list(benchmarks)
        self._now: dict[str, Any] = {}
        self._come_to_the_next()

    def _come_to_the_next(self) -> None:
        if not self._left:
            self._answers.append(Finished(0))
            return
        self._now = self._left.pop(0)
        if "ends" in self._now:
            self._end(self._now["ends"])
            return
        self._answers.append(Ready(self._now["key"], self._now["seconds"], marker=self._now.get("marker", {})))

    def _end(self, outcome: str) -> None:
        self._answers.append(Outcome(outcome, self._name, self._now["key"]))
        self._come_to_the_next()

    def send(self, message: Message) -> None:
        if not isinstance(message, Block):
            self._answers.append(Stored(self._now.get("extra_info", {})))
            self._end(self._now.get("after", "passed"))
            return
        self._log.append(self._name)
        self.blocks.append(message)
        if len(self.blocks) == self._now.get("fails_in_block"):
            self._end("failed")
            return
        seconds = self._now["seconds"] + message.delay_s
        stages = {name: [value] * message.rounds for name, value in self._now.get("stages", {}).items()}
        rounds = [seconds * 1.5, *[seconds] * (message.rounds - 1)]
        self._answers.append(Timings(self._now.get("canary", 1e-3), rounds, stages))

    def receive(self, *kinds: type[Message]) -> Message:
        answer = self._answers.pop(0)
        assert isinstance(answer, kinds)
        return answer


def pair(
    base: Sequence[dict[str, Any]], candidate: Sequence[dict[str, Any]], delays: Sequence[Delay] = (), seed: int = 1
) -> tuple[dict[str, Measured | Ended], list[Talker], list[str]]:
    order: list[str] = []
    talkers = [Talker("base", base, order), Talker("candidate", candidate, order)]
    keys = [(before["key"], after["key"]) for before, after in zip(base, candidate, strict=True)]
    workers = cast("list[Worker]", talkers)
    return run_pair(workers, keys, random.Random(seed), delays), talkers, order  # noqa: S311


def one(key: str = "it", seconds: float = 0.01, **more: Any) -> dict[str, Any]:
    return {"key": key, "seconds": seconds, **more}


def test_a_pair_is_six_pairs_of_blocks_of_five_rounds() -> None:
    found, talkers, order = pair([one()], [one(seconds=0.011)])
    measured = found["it"]
    assert isinstance(measured, Measured)
    assert measured.ratios["total"] == pytest.approx(log(1.1))
    assert measured.seconds["total"] == pytest.approx((0.01, 0.011))
    # One of each is for the first look.
    assert [len(talker.blocks) for talker in talkers] == [BLOCK_PAIRS + 1] * 2
    assert all(block == Block(ROUNDS, 1) for block in talkers[0].blocks)
    assert all({order[index], order[index + 1]} == {"base", "candidate"} for index in range(0, len(order), 2))


def test_which_side_goes_first_is_chance() -> None:
    firsts = [pair([one()], [one()], seed=seed)[2][2::2] for seed in range(20)]
    base = sum(names.count("base") for names in firsts)
    assert 40 <= base <= 80
    assert firsts[0] != firsts[1]


@pytest.mark.parametrize(
    ("seconds", "rounds", "iterations"), [(0.05, 5, 1), (0.2, 2, 1), (0.6, 1, 1), (1e-4, 5, 10), (1e-6, 5, 1000)]
)
def test_how_long_a_block_is(seconds: float, rounds: int, iterations: int) -> None:
    _, talkers, _ = pair([one(seconds=seconds)], [one(seconds=seconds / 2)])
    assert talkers[0].blocks[0].rounds == rounds
    assert talkers[0].blocks[0].iterations == pytest.approx(iterations, abs=1)
    assert talkers[1].blocks[0] == talkers[0].blocks[0]


def test_stages_and_missed_frames() -> None:
    base = one(seconds=0.03, stages={"inference": 0.02, "draw": 0.01, "old": 0.001})
    candidate = one(seconds=0.04, stages={"inference": 0.02, "draw": 0.02, "new": 0.001})
    measured = pair([base], [candidate])[0]["it"]
    assert isinstance(measured, Measured)
    assert set(measured.ratios) == {"total", "inference", "draw", "p95", "missed"}
    assert measured.ratios["draw"] == pytest.approx(log(2))
    assert measured.ratios["inference"] == pytest.approx(0)
    # One round in five of the base is late, and all of the candidate's.
    assert measured.ratios["missed"] == pytest.approx(0.8)
    assert "missed" not in measured.seconds


def test_a_stage_too_short_for_the_clock() -> None:
    measured = pair([one(stages={"draw": 0.0})], [one(stages={"draw": 0.0})])[0]["it"]
    assert isinstance(measured, Measured)
    assert measured.ratios["draw"] == 0


def test_counts_and_markers_and_the_machine() -> None:
    base = one(extra_info={"browser": {"tensors_left": 0, "bytes_left": 4}}, canary=1e-3)
    candidate = one(extra_info={"browser": {"tensors_left": 2}}, canary=2e-3, marker={"floor": 0.1})
    measured = pair([base], [candidate])[0]["it"]
    assert isinstance(measured, Measured)
    assert measured.counts == {"tensors_left": (0, 2)}
    assert measured.marker == {"floor": 0.1}
    assert measured.canaries == pytest.approx([log(2)] * BLOCK_PAIRS)


def test_a_delay_is_real_work_on_the_candidates_side_only() -> None:
    found, talkers, _ = pair([one()], [one()], [Delay("ten", 0.1)])
    measured = found["it"]
    assert isinstance(measured, Measured)
    assert measured.ratios["total"] == pytest.approx(0)
    assert measured.delayed["ten"]["total"] == pytest.approx(log(1.1))
    assert all(block.delay_s == 0 for block in talkers[0].blocks)
    assert [block.delay_s for block in talkers[1].blocks if block.delay_s] == pytest.approx([0.001] * BLOCK_PAIRS)


@pytest.mark.parametrize(
    ("base", "candidate", "outcomes"),
    [
        ({"ends": "skipped"}, {}, ("skipped", "passed")),
        ({}, {"ends": "skipped"}, ("passed", "skipped")),
        ({"ends": "failed"}, {"ends": "skipped"}, ("failed", "skipped")),
        ({}, {"fails_in_block": 1}, ("passed", "failed")),
        ({"fails_in_block": 4}, {}, ("failed", "passed")),
        ({}, {"after": "failed"}, ("passed", "failed")),
        ({"after": "failed"}, {"after": "failed"}, ("failed", "failed")),
    ],
)
def test_what_ends_early_is_no_measurement_and_the_next_one_is(
    base: dict[str, Any], candidate: dict[str, Any], outcomes: tuple[str, str]
) -> None:
    found, _, _ = pair([one(**base), one("next")], [one(**candidate), one("next", seconds=0.02)])
    ended = found["it"]
    assert isinstance(ended, Ended)
    assert ended.outcomes == outcomes
    measured = found["next"]
    assert isinstance(measured, Measured)
    assert measured.ratios["total"] == pytest.approx(log(2))


def test_sides_in_another_order_are_said() -> None:
    talkers = [Talker("base", [one("a"), one("b")], []), Talker("candidate", [one("b"), one("a")], [])]
    keys = [("a", "a"), ("b", "b")]
    with pytest.raises(ComparisonError, match="candidate came to b where a was expected"):
        run_pair(cast("list[Worker]", talkers), keys, random.Random(1))  # noqa: S311


def test_a_side_that_ends_too_soon_is_said() -> None:
    talkers = [Talker("base", [one("a")], []), Talker("candidate", [], [])]
    with pytest.raises(ComparisonError, match="candidate came to its end where a was expected"):
        run_pair(cast("list[Worker]", talkers), [("a", "a")], random.Random(1))  # noqa: S311
