"""A trace of what the page of ``framegate live`` has shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from live_pages import Person

from framegate.trace.read import read_trace


def test_the_last_frames_are_kept_as_a_trace(person: Person, tmp_path: Path) -> None:
    person.sees_frames(10)
    person.page.locator("#tiles dd").first.wait_for()
    with person.page.expect_download() as download:
        said = person.presses("Trace")
    name = "tiny-48x32-none-tfjs-wasm-topixels.trace.json"
    assert said == f"Saved as {name}; open it by: framegate trace {name}"
    assert download.value.suggested_filename == name
    download.value.save_as(tmp_path / name)
    trace = read_trace(tmp_path / name)
    assert trace["otherData"]["cell"] == "tiny-48x32-none-tfjs-wasm-topixels"
    events = trace["traceEvents"]
    slices = [event for event in events if event["ph"] == "X"]
    frames = [event for event in slices if event["name"].startswith("frame")]
    stages = {event["name"] for event in slices} - {event["name"] for event in frames}
    assert {"upload", "inference", "postprocess", "draw"} <= stages
    assert len(frames) >= 10
    assert sum(event["dur"] for event in slices if event["name"] in stages) == pytest.approx(
        sum(event["dur"] for event in frames), rel=0.01
    )
    assert {"memory", "queue", "under way"} <= {event["name"] for event in events if event["ph"] == "C"}
