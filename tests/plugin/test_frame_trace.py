"""The --frame-trace option."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framegate.trace.read import read_trace, stages_s

Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]


def test_the_slices_of_a_trace_add_up_to_the_stages(stored: Stored, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "traces"
    [entry] = stored(f"--frame-trace={folder}", "--frame-preprocess=none", "--benchmark-max-time=0.01")
    [path] = folder.iterdir()
    assert entry["extra_info"]["trace"] == {"file": str(path)}
    benchmark_s = entry["extra_info"]["stages_s"]
    traced_s = stages_s(read_trace(path))
    assert list(traced_s) == list(benchmark_s)
    for stage, seconds in benchmark_s.items():
        count = len(traced_s[stage])
        assert count == len(seconds)
        assert sum(traced_s[stage]) == pytest.approx(sum(seconds), rel=0.01, abs=count * 1e-9)


@pytest.mark.parametrize(
    ("suite", "stages"),
    [
        ("test_render.py", ["convert", "draw", "present"]),
        ("test_inference.py", ["inference", "readback"]),
        ("test_load.py", ["parse", "weights", "build", "first-run"]),
        ("test_preprocess.py", ["preprocess"]),
    ],
)
def test_suites_without_frames_on_their_whole_way_write_traces_too(
    stored: Stored, tmp_path: Path, suite: str, stages: list[str]
) -> None:
    options = ("--frame-preprocess=none",) if suite not in {"test_render.py", "test_load.py"} else ()
    [entry] = stored(f"--frame-trace={tmp_path}", *options, "--benchmark-max-time=0.01", suite=suite)
    trace = read_trace(Path(entry["extra_info"]["trace"]["file"]))
    traced_s = stages_s(trace)
    assert list(traced_s) == stages
    stats = entry["stats"]
    calls = stats["rounds"] * stats["iterations"]
    # A round is its stages, and what calls them.
    assert {len(seconds) for seconds in traced_s.values()} == {calls}
    assert 0 < sum(map(sum, traced_s.values())) <= stats["total"] * stats["iterations"] + calls * 1e-9
    for stage, seconds in entry["extra_info"].get("stages_s", {}).items():
        assert traced_s[stage] == pytest.approx(seconds, abs=1e-9)
    kind = "load" if suite == "test_load.py" else "frame"
    wholes = [event for event in trace["traceEvents"] if event["ph"] == "X" and event["cat"] == "framegate"]
    assert [event["name"] for event in wholes] == [f"{kind} {event['args']['data']['frame']}" for event in wholes]
    assert len({event["name"] for event in wholes}) == len(wholes) >= calls


def test_a_device_draws_within_the_stage_that_waits_for_it(stored: Stored, tmp_path: Path) -> None:
    options = ("--frame-renderer=gl-texture", "--frame-gl=egl", "--benchmark-max-time=0.01")
    [entry] = stored(f"--frame-trace={tmp_path}", *options, suite="test_render.py")
    trace = read_trace(Path(entry["extra_info"]["trace"]["file"]))
    about = trace["otherData"]["gpu"]
    assert about["track"].startswith(f"GPU: {entry['extra_info']['frame']['gl_renderer']}")
    events = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    stages = {
        (event["args"]["data"]["frame"], event["name"]): event for event in events if event["cat"] == "framegate.stage"
    }
    passes = [event for event in events if event["cat"] == "framegate.gpu"]
    frames = {event["args"]["data"]["frame"] for event in passes}
    assert min(frames) == 0
    assert [event["name"] for event in passes] == ["upload", "draw", "present"] * len(frames)
    error_us = about["clock_error_us"] + 0.01  # times are written to the nanosecond
    for event in passes:
        stage = stages[event["args"]["data"]["frame"], "present" if event["name"] == "present" else "draw"]
        assert stage["ts"] - error_us <= event["ts"]
        assert event["ts"] + event["dur"] <= stage["ts"] + stage["dur"] + error_us


def test_a_folder_that_cannot_be_written_is_refused_at_the_start(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(f"--frame-trace={tmp_path / 'file'}", "--frame-preprocess=none")
    result.stderr.fnmatch_lines(["ERROR: --frame-trace *file: no file can be written there (*); name another folder"])
