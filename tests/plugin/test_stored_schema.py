"""What real runs store is what the schema describes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stored_schema import complaints

from framegate.results.cell import CellResult

Stored = Callable[..., list[dict[str, Any]]]
WriteModel = Callable[..., Path]


@pytest.mark.parametrize(
    "suite", ["test_frame.py", "test_inference.py", "test_load.py", "test_preprocess.py", "test_render.py"]
)
def test_every_suite_stores_what_the_schema_describes(stored: Stored, suite: str) -> None:
    for cell in stored("--frame-renderer=opencv", suite=suite):
        assert complaints(cell["extra_info"]) == []


def test_a_run_against_a_clock_stores_what_the_schema_describes(stored: Stored) -> None:
    (cell,) = stored("--frame-rate=100", "--frame-seconds=1", suite="test_realtime.py")
    assert complaints(cell["extra_info"]) == []


def test_the_study_stores_what_the_schema_describes(stored: Stored, write_model: WriteModel) -> None:
    models = f"--frame-model={write_model('net')},{write_model('net-uint8')}"
    base, quantised = stored(models, suite="test_model_size.py")
    assert [complaints(cell["extra_info"]) for cell in (base, quantised)] == [[], []]
    sizes = [CellResult.read(cell).model_size for cell in (base, quantised)]
    assert [size.is_equal for size in sizes if size is not None] == [False, True]


def test_what_is_stored_is_read_back(stored: Stored) -> None:
    (cell,) = stored("--frame-preprocess=greyscale", "--frame-renderer=opencv")
    result = CellResult.read(cell)
    assert result.version == 1
    assert (result.suite, result.cell) == ("test_frame", "tiny-16-greyscale-null-opencv-null")
    assert result.stages.stored() == cell["extra_info"]["stages_s"]
    written = [result.frame, result.frames, result.memory, result.agreement, result.picture]
    assert json.loads(json.dumps([part.stored() for part in written if part is not None])) == [
        cell["extra_info"][key] for key in ("frame", "frames", "memory", "agreement", "picture")
    ]


def test_a_run_from_before_there_was_a_version_reads_the_same(stored: Stored) -> None:
    (cell,) = stored("--frame-preprocess=none", "--frame-renderer=opencv")
    now = CellResult.read(cell)
    del cell["extra_info"]["framegate"]
    then = CellResult.read(cell)
    assert (now.version, then.version) == (1, 0)
    assert replace(then, version=1, extra_info=now.extra_info) == now


def test_the_check_itself_finds_other_keys_and_other_types() -> None:
    wrong = {"framegate": {"version": 2}, "frame": {}, "frames": {"source": 1, "fit": "crop", "more": 1}, "own": 1}
    found = json.dumps(complaints(wrong))
    for complaint in ("1 was expected", "'model' is a required", "1 is not of type", "'more' was unexpected", "'own'"):
        assert complaint in found
