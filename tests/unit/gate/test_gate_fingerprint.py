"""What has to be equal for two stored results to be comparable, and what need not."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from framegate.gate.fingerprint import BROWSER_FIELDS, TOLD_OTHERWISE, differences, fingerprint
from framegate.results.parts import Frame

FRAME_FIELDS = [name for name in Frame().stored() if name not in TOLD_OTHERWISE]

MACHINE: dict[str, Any] = {
    "node": "box",
    "processor": "",
    "machine": "x86_64",
    "system": "Linux",
    "release": "6.1.0",
    "python_implementation": "CPython",
    "python_version": "3.11.7",
    "cpu": {"brand_raw": "A CPU", "count": 2, "hz_actual": [2_000_000_000, 0], "hz_actual_friendly": "2.0 GHz"},
    "versions": {"tensorflow": "2.19.1", "numpy": "2.1"},
}
BENCHMARK: dict[str, Any] = {
    "name": "test_frame[x]",
    "extra_info": {
        "frame": {name: f"a {name}" for name in FRAME_FIELDS},
        "browser": {name: f"a {name}" for name in BROWSER_FIELDS},
        "frames": {"source": "photo", "fit": "crop"},
        "stages_s": {"draw": [0.1]},
    },
    "stats": {"data": [0.1]},
}


def changed(mapping: Mapping[str, Any], *path: str) -> dict[str, Any]:
    found = copy.deepcopy(dict(mapping))
    inner = found
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = "another"
    return found


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("cpu", "brand_raw"), "cpu"),
        (("cpu", "count"), "cpu_count"),
        (("machine",), "machine"),
        (("system",), "os"),
        (("python_version",), "python"),
        (("python_implementation",), "python"),
        (("versions", "tensorflow"), "tensorflow version"),
        (("versions", "numpy"), "numpy version"),
    ],
)
def test_another_machine_has_another_fingerprint(path: tuple[str, ...], field: str) -> None:
    then, now = fingerprint(MACHINE, BENCHMARK), fingerprint(changed(MACHINE, *path), BENCHMARK)
    assert differences(now, then).startswith(f"{field}: ")
    assert ";" not in differences(now, then)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        *((("frame", name), name) for name in FRAME_FIELDS),
        *((("browser", name), name) for name in BROWSER_FIELDS),
        (("frames", "source"), "frames source"),
        (("frames", "fit"), "frames fit"),
    ],
)
def test_another_cell_has_another_fingerprint(path: tuple[str, ...], field: str) -> None:
    then, now = fingerprint(MACHINE, BENCHMARK), fingerprint(MACHINE, changed(BENCHMARK, "extra_info", *path))
    assert differences(now, then) == f"{field}: another, was {then[field]}"


@pytest.mark.parametrize(
    "path", [("node",), ("release",), ("processor",), ("cpu", "hz_actual"), ("cpu", "hz_actual_friendly")]
)
def test_the_clock_rate_of_the_moment_and_the_machines_name_are_no_difference(path: tuple[str, ...]) -> None:
    assert fingerprint(changed(MACHINE, *path), BENCHMARK) == fingerprint(MACHINE, BENCHMARK)


def test_times_are_no_difference() -> None:
    for path in (("stats",), ("name",), ("extra_info", "stages_s")):
        assert fingerprint(MACHINE, changed(BENCHMARK, *path)) == fingerprint(MACHINE, BENCHMARK)


def test_a_field_that_came_and_one_that_went() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "c": "3"}) == "c: none, was 3; b: 2, was none"
    assert differences({"a": "1"}, {"a": "1"}) == ""


def test_a_plain_benchmark_of_another_project() -> None:
    found = fingerprint({}, {"name": "test_it", "extra_info": {}})
    assert "size" not in found
    assert found["cpu"] == "None"
