from collections.abc import Mapping

import pytest

from framegate.measure.replay import Replay, ReplayClock


def test_time_passes_only_as_told() -> None:
    clock = ReplayClock()
    assert (clock(), clock()) == (0.0, 0.0)
    clock.advance(0.25)
    before = clock()
    clock.advance(1.5)
    assert (before, clock() - before) == (0.25, 1.5)
    assert str(clock) == "replay"


def test_a_call_takes_as_long_as_a_round_and_when_none_is_left_more_are_measured() -> None:
    clock, asked = ReplayClock(), []

    def measure(delays_s: Mapping[str, float]) -> dict[str, list[float]]:
        asked.append(dict(delays_s))
        return {"a": [8.0, 16.0], "b": [0.0, 1.0]}

    replay = Replay(clock, measure, {"a": [1.0, 2.0], "b": [0.5, 0.25]})
    taken = []
    for _ in range(5):
        before = clock()
        replay()
        taken.append(clock() - before)
    assert taken == [1.5, 2.25, 8.0, 17.0, 8.0]
    assert asked == [{}, {}]
    assert replay.samples == {"a": [1.0, 2.0, 8.0, 16.0, 8.0], "b": [0.5, 0.25, 0.0, 1.0, 0.0]}


def test_what_was_measured_before_it_was_slowed_is_not_played() -> None:
    asked = []

    def measure(delays_s: Mapping[str, float]) -> dict[str, list[float]]:
        asked.append(dict(delays_s))
        return {"a": [3.0]}

    replay = Replay(ReplayClock(), measure, {"a": [1.0, 1.0]})
    replay()
    replay.slow({"a": 2.0})
    replay()
    replay.slow({})
    replay()
    assert asked == [{"a": 2.0}, {}]
    with pytest.raises(ValueError, match="no stage c; there is a"):
        replay.slow({"c": 1.0})
