"""What is stored of a cell is read back as it was, whatever else a file holds."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from importlib.resources import files
from typing import Any

import pytest
from clock_runs import run_of
from stored_schema import complaints

from framegate.realtime.statistics import realtime_of
from framegate.results.cell import CellResult
from framegate.results.model_size import Ceilings, ModelSize
from framegate.results.page import Arrivals, Kernels, KernelTime, Page, PageLaunch, Receipt
from framegate.results.parts import (
    FORM_VERSION,
    Agreement,
    Cell,
    FedFrames,
    Form,
    Memory,
    Part,
    PictureValues,
    ScreenCosts,
    StageSamples,
)
from framegate.results.realtime import Attempt, Realtime, Search

MACHINE = Ceilings(read_bytes_per_s=10e9, macs_per_s=50e9)
PAGE = Page(
    backend="webgl",
    tfjs="4.22.0",
    has_timer=False,
    flags={"IS_BROWSER": True},
    load_s={"fetch": 0.5},
    dispatch_s=(0.1, 0.2),
    raf=Arrivals.of(30, 60, 1.5),
    launches=(PageLaunch(0.1, 2, 3.5), PageLaunch(0.2, 2)),
    receipt=Receipt(
        "TF.js 4.22.0, webgl", "webgl", "float32", 7, 2, "on CPU", 2, 3000, 1000, 0.5, 0.75, is_first_right=True
    ),
    kernels=Kernels.of([KernelTime("Add", 0.1, ((1, 2),)), KernelTime("Pad", None)], 0.1),
)
SEARCH = Search(30.0, 2.0, (Attempt(30.0, sustained=True, dropped=0, age_p99_s=0.02), Attempt(60.0, False, 9, None)))
REALTIME = replace(realtime_of(replace(run_of([(0, 0), (1, 0), (2, 2)]), display_interval_s=0.02)), search=SEARCH)
PARTS: tuple[Part, ...] = (
    Form(FORM_VERSION),
    Cell(model="net", size="16", is_software=True),
    FedFrames("photo", "crop"),
    StageSamples({"draw": (0.1, 0.3, 0.2), "present": (0.0, 0.0, 0.1)}),
    Memory(2, None),
    Agreement("tensorflow", 1e-6),
    PictureValues((-1.0, 1.0), -0.5, 0.5, 0.0),
    ScreenCosts(12, 4, 0.1, {"convert": 0.1}, None, 0.3, 0.2, is_gpu_s_trusted=False),
    ModelSize("net-uint8", 1, 2, 3, 4, 0.5, 0.25, MACHINE, compared_with="net", psnr_db=31.5),
    REALTIME,
    PAGE,
)


def entry(**extra_info: Any) -> dict[str, Any]:
    return {"name": "test_x[a-b]", "extra_info": extra_info, "stats": {"median": 0.5}}


def test_parts_are_read_as_they_were_stored() -> None:
    extra_info: dict[str, Any] = {}
    for part in PARTS:
        part.store(extra_info)
    result = CellResult.read(json.loads(json.dumps(entry(**extra_info, trial_s={"a": 1}, model_remarks=["old"]))))
    assert result.version == FORM_VERSION
    assert (
        *(Form(result.version), result.frame, result.frames, result.stages, result.memory, result.agreement),
        *(result.picture, result.screen, result.model_size, result.realtime, result.page),
    ) == PARTS
    assert (result.trial_s, result.remarks) == ({"a": 1}, ("old",))
    assert (result.suite, result.cell, result.median_s) == ("test_x", "a-b", 0.5)


def test_a_file_from_before_there_was_a_version_has_version_0() -> None:
    result = CellResult.read(entry(frame={"model": "net"}, memory={"peak_bytes": 1, "steady_bytes": 2}))
    assert (result.version, result.frame.model, result.memory) == (0, "net", Memory(1, 2))


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"name": 3, "extra_info": [], "stats": None, "params": "x"},
        entry(memory="12 MB", frame=3, screen={"tensor_bytes": 1}, stages_s={"a": [1], "b": [1, 2]}, trial_s=[1]),
        entry(memory={"peak_bytes": "12", "steady_bytes": True}, stages_s={"a": []}, picture={"shown": [1, 2, 3]}),
        entry(memory={"peak_bytes": 1}, stages_s={}, framegate={"version": "1"}, model_remarks="text"),
    ],
)
def test_what_a_user_keeps_under_the_same_keys_is_left_out(stored: dict[str, Any]) -> None:
    result = CellResult.read(stored)
    assert [result.memory, result.screen, result.picture, result.page] == [None] * 4
    assert (result.frame, result.stages, result.version) == (Cell(), StageSamples(), 0)
    assert not result.stages


def test_a_field_that_does_not_fit_leaves_the_others() -> None:
    page = CellResult.read(entry(browser={"tfjs": 4, "cores": 2, "flags": None, "launches": [{"rounds": 1}]})).page
    assert page == Page(cores=2)


def test_other_plugins_find_what_they_have_stored() -> None:
    assert CellResult.read(entry(watts=12)).extra_info["watts"] == 12


def test_the_total_is_the_median_of_the_sums() -> None:
    stages = StageSamples({"a": (1, 2, 9), "b": (5, 1, 3)})
    assert (stages.medians_s, stages.total_s) == ({"a": 2, "b": 3}, 6)


@pytest.mark.parametrize(
    ("weight_bytes", "macs", "bound"),
    [
        (200_000_000, 100_000_000, "weights"),  # 20 ms against 2 ms
        (1_000_000, 1_000_000_000, "arithmetic"),  # 0.1 ms against 20 ms
        (200_000_000, 1_000_000_000, "both"),  # 20 ms against 20 ms
        (290_000_000, 1_000_000_000, "both"),  # 29 ms against 20 ms
        (310_000_000, 1_000_000_000, "weights"),  # 31 ms against 20 ms
    ],
)
def test_the_higher_floor_bounds_a_network(weight_bytes: int, macs: int, bound: str) -> None:
    assert ModelSize("x", 1, macs, 1, weight_bytes, 1, 1, MACHINE).bound_by == bound


def test_an_output_without_noise_is_equal_and_one_that_was_not_compared_is_not() -> None:
    compared = ModelSize("x", 1, 1, 1, 1, 1, 1, MACHINE, compared_with="y")
    assert compared.is_equal
    assert not ModelSize("x", 1, 1, 1, 1, 1, 1, MACHINE).is_equal


def test_doubts_about_the_times_of_kernels_are_said() -> None:
    times = [KernelTime("Conv", 0.03), KernelTime("Add", 0.01), KernelTime("Conv", 0.04)]
    assert Kernels.of(times, 0.08).not_trusted == ()
    assert Kernels.of(times, 0.08, has_timer=True, is_software=False).not_trusted == ()
    assert Kernels.of(times, 0.08, has_timer=False).not_trusted == (
        "the device has no timer, so that waiting for each kernel, or handing it over only, is in its time",
    )
    assert Kernels.of(times, 0.08, is_software=True).not_trusted == (
        "a software GPU computed them, on cores that it shares with the page",
    )
    assert Kernels.of(times, 0.2).not_trusted == (
        "together they are 40% of the inference that was measured without timing them",
    )
    assert Kernels.of([*times, KernelTime("Pad", None)], 0.08).not_trusted == ("1 of 4 kernels have no time",)


def schema_keys(part: str) -> set[str]:
    schema = json.loads((files("framegate.results") / "schema.json").read_text("utf-8"))
    return set(schema["properties"][part].get("properties", {}))


@pytest.mark.parametrize(
    "part", [Form, Cell, FedFrames, Memory, Agreement, PictureValues, ScreenCosts, ModelSize, Realtime, Page]
)
def test_the_schema_describes_every_field(part: Any) -> None:
    names = {field.name for field in fields(part)}
    beside = {ModelSize: {"bound_by"}, Page: {"crossOriginIsolated"}}
    assert schema_keys(part.key) == names | beside.get(part, set())


def test_a_run_against_a_clock_is_stored_as_the_schema_says() -> None:
    extra_info: dict[str, Any] = {}
    REALTIME.store(extra_info)
    assert complaints(json.loads(json.dumps(extra_info)), "realtime") == []
