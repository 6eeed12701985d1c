"""Runs against a clock: --frame-scenario, --frame-rate, --frame-pipeline, --frame-seconds, and screens that lie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from late_renderers import LATE_RENDERERS
from patience import PATIENCE_S

from framegate.pipelines import against_clock

Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]

RENDERERS = f"""{LATE_RENDERERS}

class Repeats(Mutant):
    def chosen(self, drawn):
        return drawn[-2:][0] if len(drawn) % 5 == 0 else drawn[-1]


class Swaps(Mutant):
    def chosen(self, drawn):
        return drawn[-2:][0] if len(drawn) % 2 == 0 else drawn[-1]


class Blank(Mutant):
    def chosen(self, drawn):
        return np.zeros_like(drawn[0]) if len(drawn) % 7 == 0 else drawn[-1]


def pytest_framegate_renderers(config):
    return {{kind.__name__.lower(): kind for kind in (Right, Previous, Once, Repeats, Swaps, Blank)}}
"""


SHORT = """

def pytest_framegate_frame_sources(config):
    return {"short": lambda _: (np.full((96, 128, 3), 20 * number, np.uint8) for number in range(12))}
"""

SOURCES = """
import numpy as np
from framegate.errors import SourceStopped

handed = []


def long(locator):
    for number in range(int(locator)):
        handed.append(number)
        yield np.full((96, 128, 3), number % 256, np.uint8)
    if len(handed) > 100:
        raise SourceStopped("ended", "the film tore")


def pytest_framegate_frame_sources(config):
    return {"long": long}
"""


@pytest.fixture
def realtime(run: Run) -> Run:
    def run_suite(*options: str, timing: bool = False) -> pytest.RunResult:
        return run(*options, suite="test_realtime.py", timing=timing)

    return run_suite


def test_a_camera_is_measured_in_every_scenario_and_order(realtime: Run) -> None:
    result = realtime("--frame-scenario=all", "--frame-pipeline=all", "-v")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines_random(
        [
            f"*test_realtime?tiny-16-none-null-null-null-{scenario}-{order}? PASSED*"
            for scenario in ("camera-30", "single-stream", "offline")
            for order in ("serial", "overlapped")
        ]
    )


def test_each_rate_of_a_camera_is_a_cell(realtime: Run) -> None:
    result = realtime("--frame-rate=60,30000/1001", "--frame-scenario=camera,offline", "--collect-only", "-q")
    result.stdout.fnmatch_lines(["*-camera-60-serial?>", "*-camera-29.97-serial?>", "*-offline-serial?>"])


def test_every_frame_of_a_run_is_accounted_for_in_what_is_stored(stored: Stored) -> None:
    (benchmark,) = stored("--frame-rate=100", "--frame-seconds=1", suite="test_realtime.py")
    extra_info = benchmark["extra_info"]
    realtime_part = extra_info["realtime"]
    assert realtime_part["came"] == 100
    assert realtime_part["delivered"] + sum(realtime_part["dropped"].values()) + realtime_part["waiting"] == 100
    assert benchmark["stats"]["rounds"] == realtime_part["delivered"] == len(realtime_part["ages_s"])
    assert {len(seconds) for seconds in extra_info["stages_s"].values()} == {realtime_part["delivered"]}
    assert (extra_info["frame"]["scenario"], extra_info["frame"]["pipeline"]) == ("camera-100", "serial")


@pytest.mark.parametrize("order", ["serial", "overlapped"])
@pytest.mark.parametrize("mutant", ["previous", "once", "repeats", "swaps", "blank"])
def test_a_screen_that_lies_is_found_within_ten_frames(
    realtime: Run, suites: Path, monkeypatch: pytest.MonkeyPatch, mutant: str, order: str
) -> None:
    monkeypatch.setattr(against_clock, "UNTIMED_S", PATIENCE_S)
    suites.joinpath("conftest.py").write_text(RENDERERS + SHORT)
    # In this scenario no frame is dropped, so that numbers count frames.
    options = ("--frame-scenario=single-stream", "--frame-source=short", "--frame-once")
    result = realtime(f"--frame-renderer={mutant}", f"--frame-pipeline={order}", *options)
    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines([r".*WrongOutput: frame \d was drawn, and .*"])


def test_a_screen_that_shows_each_frame_passes(realtime: Run, suites: Path) -> None:
    suites.joinpath("conftest.py").write_text(RENDERERS)
    realtime("--frame-renderer=right").assert_outcomes(passed=1)


@pytest.mark.parametrize("order", ["serial", "overlapped"])
def test_a_source_that_stops_ends_its_run_with_what_there_is_and_the_reason(
    stored: Stored, suites: Path, order: str
) -> None:
    suites.joinpath("conftest.py").write_text(SOURCES)
    options = ("--frame-source=long:90", "--frame-rate=100", "--frame-queue=90", f"--frame-pipeline={order}")
    (benchmark,) = stored(*options, suite="test_realtime.py")
    realtime_part = benchmark["extra_info"]["realtime"]
    assert realtime_part["ended"] == "the film tore"
    # 60 frames were decoded before, for whatever else is shown; the source was opened again for the run.
    assert (realtime_part["came"], realtime_part["delivered"]) == (90, 90)


def test_a_source_that_sets_the_pace_has_no_rate(stored: Stored, suites: Path) -> None:
    suites.joinpath("conftest.py").write_text(SOURCES + "long.is_live = True\n")
    # All of its 500 frames arrive, and a rate of 1 says nothing of that.
    (benchmark,) = stored("--frame-source=long:500", "--frame-rate=1", "--frame-seconds=600", suite="test_realtime.py")
    realtime_part = benchmark["extra_info"]["realtime"]
    assert (realtime_part["scenario"], realtime_part["rate"]) == ("camera", None)
    assert realtime_part["ended"] == "the film tore"
    assert benchmark["stats"]["rounds"] == len(realtime_part["ages_s"])


def test_a_source_that_sets_the_pace_refuses_a_search(realtime: Run, suites: Path) -> None:
    suites.joinpath("conftest.py").write_text(SOURCES + "long.is_live = True\n")
    result = realtime("--frame-source=long:90", "--frame-rate=max", timing=True)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["UsageError: --frame-rate=max searches a rate, and long:90 has one of its own; leave*"]
    )


def test_a_run_of_one_frame_does_not_blame_the_model_for_a_picture_that_was_shown_before(realtime: Run) -> None:
    result = realtime("--frame-once", timing=True)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*ended after 1 frame;*"])
    result.stdout.no_fnmatch_line("*returns the same for different pictures*")


@pytest.mark.parametrize("count", [7, 61, 200])
def test_a_source_of_any_length_lasts_as_long_as_the_run(realtime: Run, suites: Path, count: int) -> None:
    suites.joinpath("conftest.py").write_text(SOURCES.replace("> 100", "> 10**6"))
    realtime(f"--frame-source=long:{count}", "--frame-scenario=all", "--frame-pipeline=all").assert_outcomes(passed=6)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--frame-rate=0", "--frame-rate '0' is not a rate from 0.1 to 1000 frames per second*"),
        ("--frame-rate=nan", "--frame-rate 'nan' is not a rate*"),
        ("--frame-rate=1e9", "--frame-rate '1e9' is not a rate*"),
        ("--frame-rate=fast", "--frame-rate 'fast' is not a rate*"),
        (
            "--frame-scenario=multi-stream",
            "unknown scenario 'multi-stream'*there is: all, camera, offline, single-stream",
        ),
        ("--frame-pipeline=parallel", "unknown pipeline 'parallel'; there is: all, overlapped, serial"),
        ("--frame-seconds=0", "--frame-seconds '0' is not a whole number from 1 to 86400"),
        ("--frame-patience=0", "--frame-patience '0' is not a whole number from 1 to 3600000"),
        ("--frame-age=0", "--frame-age '0' is not a whole number from 1 to 1000"),
        ("--frame-queue=0", "--frame-queue '0' is not a whole number from 1 to 1000"),
    ],
)
def test_what_cannot_be_right_ends_the_run_with_one_line(realtime: Run, option: str, message: str) -> None:
    result = realtime(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


@pytest.mark.parametrize("option", ["--frame-rate=30", "--frame-scenario=camera", "--frame-pipeline=overlapped"])
def test_a_suite_without_a_clock_refuses_a_rate(run: Run, option: str) -> None:
    result = run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    flag = option.partition("=")[0]
    result.stderr.fnmatch_lines([f"ERROR: {flag} is for test_realtime, and test_frame takes frames without a clock*"])


BLOCKS = """
import pytest
from pytest_benchmark.fixture import BenchmarkFixture


class Blocks(BenchmarkFixture):
    \"\"\"Asks for frames one by one, as the gate does in a pair of launches.\"\"\"

    runs_blocks = True

    def __call__(self, frame):
        self._mode = "blocks"
        for _ in range(5):
            frame()
        print("stages:", {name: len(seconds) for name, seconds in frame.samples.items()})


@pytest.fixture
def benchmark(benchmark):
    benchmark.__class__ = Blocks
    return benchmark
"""


@pytest.mark.parametrize("scenario", ["camera", "single-stream"])
def test_pairs_of_launches_take_frames_one_by_one(realtime: Run, suites: Path, scenario: str) -> None:
    suites.joinpath("conftest.py").write_text(BLOCKS)
    rate = ["--frame-rate=100"] if scenario == "camera" else []
    result = realtime(f"--frame-scenario={scenario}", *rate, "-s")
    result.assert_outcomes(passed=1)
    # Two frames came before, to warm up.
    result.stdout.fnmatch_lines(["*stages: {'preprocess': 7, 'inference': 7, *'present': 7}*"])


def test_pairs_of_launches_look_for_no_rate(realtime: Run, suites: Path) -> None:
    suites.joinpath("conftest.py").write_text(BLOCKS)
    result = realtime("--frame-rate=max")
    result.stdout.fnmatch_lines(["*--frame-rate=max is no rate that two revisions can be compared at; name one*"])


def test_a_pair_finds_a_screen_that_lies(realtime: Run, suites: Path) -> None:
    suites.joinpath("conftest.py").write_text(RENDERERS + BLOCKS)
    result = realtime("--frame-renderer=previous")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*WrongOutput: frame * was drawn, and the screen shows *"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--frame-scenario=offline", "--frame-rate=60"],
            "--frame-rate is for a camera, and --frame-scenario=offline has none; leave one of them out, or add camera",
        ),
        (["--frame-scenario=single-stream", "--frame-queue=2"], "--frame-queue is for a camera, and *"),
        (["--frame-in-flight=2"], "--frame-in-flight is for stages that overlap; add --frame-pipeline=overlapped*"),
    ],
)
def test_an_option_that_would_say_nothing_is_refused(realtime: Run, options: list[str], message: str) -> None:
    result = realtime(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


def test_the_gate_compares_runs_at_one_rate(realtime: Run) -> None:
    result = realtime("--gate", "--benchmark-only", "--frame-rate=max", timing=True)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --gate compares runs at one rate, and --frame-rate=max searches another*"])


def test_what_is_said_of_cameras_may_stand_beside_all_scenarios(realtime: Run) -> None:
    realtime("--frame-scenario=all", "--frame-rate=60", "--collect-only").assert_outcomes()
    realtime("--frame-pipeline=all", "--frame-in-flight=2", "--collect-only").assert_outcomes()
