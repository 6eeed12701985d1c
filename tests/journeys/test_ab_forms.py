"""Every form in which a benchmark can be written measures the same in a comparison of two environments as by itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from ab_project import Repository

SUITE = """
import time

import pytest


def busy(seconds, calls=None):
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass
    if calls is not None:
        calls.append(seconds)
    return seconds


def test_plain(benchmark):
    assert benchmark(busy, 0.001) == 0.001


def test_keywords(benchmark):
    assert benchmark(busy, seconds=0.001) == 0.001


def test_pedantic(benchmark):
    assert benchmark.pedantic(busy, args=(0.001,), rounds=3, iterations=2, warmup_rounds=1) == 0.001


def test_setup(benchmark):
    made, torn = [], []

    def setup():
        made.append(1)
        return (0.001,), {"calls": []}

    def teardown(seconds, calls):
        assert calls == [seconds]
        torn.append(1)

    assert benchmark.pedantic(busy, setup=setup, teardown=teardown, rounds=3) == 0.001
    assert len(torn) >= 3


@benchmark_mark
def test_decorated(benchmark):
    @benchmark
    def result():
        return busy(0.001)

    assert result == 0.001


@pytest.mark.parametrize("value", [1, 2])
def test_parameters(benchmark, value):
    benchmark(busy, value * 0.001)


class TestMethods:
    def test_method(self, benchmark):
        benchmark(busy, 0.001)


def test_own_fixture(slow_work):
    assert slow_work == 0.001


@pytest.fixture
def slow_work(benchmark):
    return benchmark(busy, 0.001)


@pytest.mark.skip(reason="never")
def test_skipped(benchmark):
    benchmark(busy, 0.001)


def test_no_benchmark():
    raise AssertionError("it is none")
"""


@pytest.fixture
def plain(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "project")
    decorated = "pytest.mark.benchmark(group='a group', min_rounds=3)"
    found.write("suite/test_forms.py", SUITE.replace("benchmark_mark", decorated))
    found.write("pytest.ini", "[pytest]\n")
    return found


def test_all_forms_are_measured(plain: Repository) -> None:
    both = [f"--base-python={sys.executable}", f"--head-python={sys.executable}", "--json=out.json"]
    # Side by side they would measure each other: -n is the gate's to leave out.
    run = plain.ab(*both, options=("-n", "2"))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "regressed" not in run.stdout
    findings = json.loads((plain.root / "out.json").read_text())["findings"]
    seconds = {
        finding["benchmark"]: next(shift["seconds"][1] for shift in finding["shifts"] if shift["family"] == "total")
        for finding in findings
        if finding["shifts"]
    }
    one = [
        "test_plain",
        "test_keywords",
        "test_pedantic",
        "test_setup",
        "test_decorated",
        "test_method",
        "test_own_fixture",
        "test_parameters[1]",
    ]
    assert set(seconds) == {*one, "test_parameters[2]"}
    assert all(seconds[name] >= 0.001 for name in one)
    assert seconds["test_parameters[2]"] >= 0.002
    (skipped,) = (finding for finding in findings if not finding["shifts"])
    assert (skipped["benchmark"], skipped["verdict"]) == ("test_skipped", "same")
    assert "never" in skipped["reason"]
