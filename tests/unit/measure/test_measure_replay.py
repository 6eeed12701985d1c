from framegate.measure.replay import ReplayClock


def test_time_passes_only_as_told() -> None:
    clock = ReplayClock()
    assert (clock(), clock()) == (0.0, 0.0)
    clock.advance(0.25)
    before = clock()
    clock.advance(1.5)
    assert (before, clock() - before) == (0.25, 1.5)
    assert str(clock) == "replay"
