"""What the render suite stores of a way to the screen beside its time."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]


def test_each_cell_stores_what_it_moves(stored: Stored) -> None:
    (cell,) = stored("--frame-renderer=opencv", suite="test_render.py")
    screen = cell["extra_info"]["screen"]
    assert (screen["tensor_bytes"], screen["uploaded_bytes"]) == (16 * 16 * 3 * 4, 16 * 16 * 4)
    assert list(screen["passes_s"]) == ["convert", "upload", "draw", "present"]
    assert screen["copy_s"] > 0
    assert screen["in_flight_s"] > 0
    assert screen["gpu_s"] is None
    assert screen["is_gpu_s_trusted"] is False
    assert list(cell["extra_info"]["stages_s"]) == ["convert", "draw", "present"]


def test_a_software_rasterisers_own_clock_is_marked(stored: Stored, run: Run) -> None:
    (cell,) = stored("--frame-renderer=gl-upload", "--frame-gl=egl", suite="test_render.py")
    assert list(cell["extra_info"]["screen"]["gpu_s"]) == ["upload", "draw", "present"]
    assert cell["extra_info"]["screen"]["is_gpu_s_trusted"] is not cell["extra_info"]["frame"]["is_software"]
    if cell["extra_info"]["frame"]["is_software"]:
        options = ("--frame-renderer=gl-upload", "--frame-gl=egl", "--frame-tables")
        result = run(*options, suite="test_render.py", timing=True)
        result.stdout.fnmatch_lines(
            ["(?: the timer queries of a software rasteriser may leave out most of its drawing*"]
        )


def test_the_table_compares_renderers_of_one_size_and_context(run: Run) -> None:
    options = ("--frame-renderer=opencv,topixels-loop", "--frame-size=8,16", "--frame-tables")
    result = run(*options, suite="test_render.py", timing=True)
    result.stdout.fnmatch_lines(
        [
            "test_render: ways to the screen, the fastest first (*",
            "*total ms*convert ms*upload ms*draw ms*present ms*in flight*MB up*x copy*vs gl-texture*vs topixels-loop*",
            "*8-opencv-null *x",
            "*8-topixels-loop-null * 1x",
            "*16-opencv-null *x",
            "*16-topixels-loop-null * 1x",
        ]
    )


def test_timing_off_and_renderers_without_passes_show_no_table(run: Run) -> None:
    for options, timing in ((("--frame-renderer=opencv",), False), (("--frame-renderer=null",), True)):
        result = run(*options, "--frame-tables", suite="test_render.py", timing=timing)
        result.assert_outcomes(passed=1)
        result.stdout.no_fnmatch_line("*ways to the screen, the fastest first*")
