"""What has to be equal for two stored results to be comparable, and what need not."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from framegate.results.fingerprint import PAGE_FIELDS, TOLD_OTHERWISE, differences, fingerprint
from framegate.results.parts import Cell

FRAME_FIELDS = [name for name in Cell().stored() if name not in TOLD_OTHERWISE]

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
OTHERS: dict[str, Any] = {"threads": 3, "wasm_threads": 3, "vsync": False}
EXTRA_INFO: dict[str, Any] = {
    "frame": {name: f"a {name}" for name in FRAME_FIELDS} | {"threads": 2, "vsync": True},
    "browser": {name: f"a {name}" for name in PAGE_FIELDS} | {"wasm_threads": 2},
    "frames": {"source": "photo", "fit": "crop"},
    "stages_s": {"draw": [0.1]},
}


def changed(mapping: Mapping[str, Any], *path: str) -> dict[str, Any]:
    copied = copy.deepcopy(dict(mapping))
    inner = copied
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = OTHERS.get(path[-1], "another")
    return copied


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
    then, now = fingerprint(MACHINE, EXTRA_INFO), fingerprint(changed(MACHINE, *path), EXTRA_INFO)
    assert differences(now, then).startswith(f"{field}: ")
    assert ";" not in differences(now, then)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        *((("frame", name), name) for name in FRAME_FIELDS),
        *((("browser", name), name) for name in PAGE_FIELDS),
        (("frames", "source"), "frames source"),
        (("frames", "fit"), "frames fit"),
    ],
)
def test_another_cell_has_another_fingerprint(path: tuple[str, ...], field: str) -> None:
    then, now = fingerprint(MACHINE, EXTRA_INFO), fingerprint(MACHINE, changed(EXTRA_INFO, *path))
    assert differences(now, then) == f"{field}: {OTHERS.get(path[-1], 'another')}, was {then[field]}"


@pytest.mark.parametrize(
    "path", [("node",), ("release",), ("processor",), ("cpu", "hz_actual"), ("cpu", "hz_actual_friendly")]
)
def test_the_clock_rate_of_the_moment_and_the_machines_name_are_no_difference(path: tuple[str, ...]) -> None:
    assert fingerprint(changed(MACHINE, *path), EXTRA_INFO) == fingerprint(MACHINE, EXTRA_INFO)


def test_times_are_no_difference() -> None:
    assert fingerprint(MACHINE, changed(EXTRA_INFO, "stages_s")) == fingerprint(MACHINE, EXTRA_INFO)


def test_a_field_that_came_and_one_that_went() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "c": "3"}) == "c: none, was 3; b: 2, was none"
    assert differences({"a": "1"}, {"a": "1"}) == ""


def test_a_plain_benchmark_of_another_project() -> None:
    fields = fingerprint({}, {})
    assert "size" not in fields
    assert fields["cpu"] == "None"


def test_another_view_has_another_fingerprint_and_a_picture_has_that_of_old_results() -> None:
    views = [
        fingerprint(MACHINE, {**EXTRA_INFO, "shown": {"view": view, "outputs": ["a", "b"], "reason": None}})
        for view in ("image", "boxes")
    ]
    assert views[0] == fingerprint(MACHINE, EXTRA_INFO)
    assert differences(views[1], views[0]) == "view: boxes of a, b, was none"


def test_what_somebody_else_keeps_under_instruments_is_none() -> None:
    assert "instruments" not in fingerprint({"instruments": 3}, {})
