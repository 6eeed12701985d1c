"""Cells that run in a browser: what is stored, and what becomes of wrong pictures and lost browsers."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from stored_schema import complaints

RunCells = Callable[..., subprocess.CompletedProcess[str]]

# Importing TensorFlow takes longer than all else that these runs do.
NO_TENSORFLOW = "import sys\nsys.modules['tensorflow'] = None\n"

# Two faults: topixels draws the picture before, and texture leaves a tensor behind.
LATE = """
    const before = this.before ?? tf.clone(unit);
    this.before = tf.clone(unit);
    await tf.browser.toPixels(before, this.canvas);
    before.dispose();
"""
READS = "const values = await output.data();"
EDITS = {"await tf.browser.toPixels(unit, this.canvas);": LATE, READS: f"tf.keep(tf.zeros([2])); {READS}"}
EDITED = f"""
import pathlib, shutil
from framegate.browser import requests

shutil.copytree(requests.PAGE, "page")
requests.PAGE = pathlib.Path("page")
script = requests.PAGE / "screen.js"
text = script.read_text()
for right, wrong in {EDITS!r}.items():
    assert right in text
    text = text.replace(right, wrong)
script.write_text(text)
"""


def test_a_cell_stores_what_the_page_measured(run_cells: RunCells, tmp_path: Path) -> None:
    # Files that were uploaded by hand run in a page as in Python.
    (tmp_path / "models" / "tiny" / "model.json").rename(tmp_path / "models" / "tiny" / "my net (2).json")
    done = run_cells("", "--frame-runtime=tfjs-wasm,tfjs-cpu", "--frame-renderer=texture,draw")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "draw with TF.js on wasm: Kernel 'Draw' not registered for backend 'wasm'" in done.stdout
    cells: list[dict[str, Any]] = json.loads((tmp_path / "run" / "out.json").read_text())["benchmarks"]
    assert [cell["name"] for cell in cells] == [
        "test_browser[tiny-16-none-tfjs-wasm-texture]",
        "test_browser[tiny-16-none-tfjs-cpu-texture]",
        "test_browser[tiny-16-none-tfjs-cpu-draw]",
    ]
    assert [complaints(cell["extra_info"]) for cell in cells] == [[], [], []]
    frame = cells[0]["extra_info"]["frame"]
    assert (frame["runtime"], frame["renderer"], frame["gl"], len(frame["model_sha256"])) == (
        *("tfjs-wasm", "texture", None),
        64,
    )
    for cell, stages in zip(
        cells,
        [["upload", "inference", "postprocess", "readback", "draw"]] * 2
        + [["upload", "inference", "postprocess", "draw"]],
        strict=True,
    ):
        stored = cell["extra_info"]["stages_s"]
        assert list(stored) == stages
        wholes = [sum(parts) for parts in zip(*stored.values(), strict=True)]
        assert cell["stats"]["data"] == pytest.approx(wholes, abs=1e-9)
        assert cell["options"]["timer"] == "replay"
        about = cell["extra_info"]["browser"]
        assert about["tfjs"] == "4.22.0"
        assert about["crossOriginIsolated"] is True
        assert about["compared_with"] == "tensorflow"
        assert set(about["load_s"]) == {"start", "fetch", "build", "first-run"}
        assert len(about["dispatch_s"]) == len(wholes)
        assert {*stages, *about["load_s"], "dispatch", "readback"} == {*about["methods"]}
        assert len(about["readback_s"]) >= 3
        assert 0 <= about["differs_by"] <= 1e-4
        raf = about["raf"]
        assert 1 <= raf["frames"] <= raf["callbacks"]
        assert raf["frames_per_s"] == pytest.approx(raf["frames"] / raf["seconds"])
        (launch,) = about["launches"]
        assert (launch["median_s"], launch["rounds"]) == (pytest.approx(cell["stats"]["median"]), len(wholes))
    pictures = [cell["extra_info"]["picture"] for cell in cells]
    guessed = {"input_range": [0.0, 1.0], "output_range": [0.0, 1.0]}
    values = {"shown": [0.0, 1.0], "smallest": 0.0, "largest": 1.0, "clamped": 0.0, "guessed": guessed}
    assert pictures == [values] * 3
    described = [cell["extra_info"]["frame"] for cell in cells]
    assert [about["is_software"] for about in described] == [True, True, None]
    assert "SwiftShader" in described[0]["gl_renderer"]
    said = f"the browser drew with {described[0]['gl_renderer']} (software on the CPU, no GPU)"
    assert f"tfjs-wasm, tfjs-cpu: {said}" in done.stdout.splitlines()
    wasm, first_on_cpu, second_on_cpu = (cell["extra_info"]["browser"] for cell in cells)
    assert wasm["wasm_simd"] is True
    assert wasm["wasm_threads"] >= 1
    assert first_on_cpu["wasm_threads"] is None
    assert first_on_cpu["launches"][0]["start_s"] > first_on_cpu["load_s"]["fetch"]
    assert second_on_cpu["launches"][0]["start_s"] is None


def test_a_canvas_that_shows_the_frame_before_fails_and_so_does_a_page_that_grows(run_cells: RunCells) -> None:
    done = run_cells(NO_TENSORFLOW + EDITED, "--frame-runtime=tfjs-wasm", "--frame-renderer=topixels,texture")
    assert "2 failed" in done.stdout, done.stdout + done.stderr
    late, leak = [line for line in done.stdout.splitlines() if line.startswith("WrongOutput: ")]
    assert late.startswith(
        "WrongOutput: after the last measured round the screen does not show the picture that was fed last: wrong"
    )
    assert re.match(r"WrongOutput: (\d+) frames left \1 tensors and \d+ bytes behind", leak)


def test_several_launches_and_their_spread_and_kernels_are_stored_and_shown_when_they_are_asked_for(
    run_cells: RunCells, tmp_path: Path
) -> None:
    options = (
        "--frame-runtime=tfjs-webgl",
        "--frame-renderer=same-context",
        "--frame-launches=2",
        "--frame-kernels",
        "--frame-tables",
    )
    done = run_cells(NO_TENSORFLOW, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    (cell,) = json.loads((tmp_path / "run" / "out.json").read_text())["benchmarks"]
    assert complaints(cell["extra_info"]) == []
    launches = cell["extra_info"]["browser"]["launches"]
    assert len(launches) == 2
    assert all(launch["start_s"] > 0 for launch in launches)
    assert cell["stats"]["rounds"] == sum(launch["rounds"] for launch in launches)
    data = cell["stats"]["data"]
    assert [launch["median_s"] for launch in launches] == [
        pytest.approx(median(data[: launches[0]["rounds"]])),
        pytest.approx(median(data[launches[0]["rounds"] :])),
    ]
    assert len(re.findall(r"tfjs-webgl to .* 2, \d+\.\d\dx apart$", done.stdout, re.MULTILINE)) == 1
    kernels = cell["extra_info"]["browser"]["kernels"]
    assert "Multiply" in {kernel["name"] for kernel in kernels["times"]}
    assert kernels["sum_s"] == pytest.approx(sum(kernel["time_s"] for kernel in kernels["times"]))
    assert "test_browser" not in done.stdout.split("kernels of one run")[1]
    assert "(not to be trusted: a software GPU computed them" in done.stdout


def test_cells_in_a_worker_store_where_they_ran_and_what_that_costs_the_page(
    run_cells: RunCells, tmp_path: Path
) -> None:
    done = run_cells(
        f"{NO_TENSORFLOW}\nfrom framegate.pipelines import page\n\npage.COST_S = 0.2\n",
        *("test_realtime.py", "--frame-scenario=single-stream", "--frame-seconds=1"),
        *("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels", "--frame-page-thread=worker", "--frame-page-cost"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cells = json.loads((tmp_path / "run" / "out.json").read_text())["benchmarks"]
    assert [cell["name"].partition("[")[0] for cell in cells] == ["test_browser", "test_realtime_browser"]
    assert [complaints(cell["extra_info"]) for cell in cells] == [[], []]
    for cell in cells:
        about = cell["extra_info"]["browser"]
        assert about["thread"] == "worker"
        assert about["cost"]["alone"]["seconds"] >= 0.2
        assert about["cost"]["with_model"]["seconds"] >= 0.2
    table = done.stdout.split("what a model costs its page: ")[1]
    assert [len(re.findall(rf"^ +.* {when} ", table, re.MULTILINE)) for when in ("alone", "with the model")] == [2, 2]


def test_a_run_against_a_clock_takes_frames_of_another_library(
    run_cells: RunCells, need_files: Callable[[str], None], tmp_path: Path
) -> None:
    need_files("ort")
    done = run_cells(
        "",
        *("test_realtime.py", "--frame-scenario=single-stream", "--frame-seconds=1", "-k", "realtime_browser"),
        *("--frame-runtime=ort-wasm", "--frame-renderer=topixels"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (cell,) = json.loads((tmp_path / "run" / "out.json").read_text())["benchmarks"]
    about = cell["extra_info"]
    assert complaints(about) == []
    assert about["browser"]["receipt"]["asked"].startswith("ONNX Runtime Web ")
    # The canvas after the run was that of the model, as TensorFlow has it.
    assert about["agreement"]["compared_with"] == "tensorflow"
    assert about["realtime"]["scenario"] == "single-stream"


BLOCKS = """
from framegate.browser.session import TFJSPage
from pytest_benchmark.fixture import BenchmarkFixture

rounds, asked = TFJSPage.rounds, []

def rounds_asked(page, *arguments, **named):
    asked.append(named.get("delays_s"))
    return rounds(page, *arguments, **named)

def blocks(benchmark, target):
    for turn in range(10):
        target.slow({"draw": 0.05} if turn > 4 else {})
        before = benchmark._timer()
        target()
        took = benchmark._timer() - before
        print("took", took, "of", sum(samples[-1] for samples in target.samples.values()), "with", asked[-1])

TFJSPage.rounds = rounds_asked

BenchmarkFixture.__call__, BenchmarkFixture.runs_blocks = blocks, True
"""


def test_rounds_run_when_the_gate_asks_for_them_and_with_its_delays(run_cells: RunCells) -> None:
    done = run_cells(NO_TENSORFLOW + BLOCKS, "--frame-runtime=tfjs-wasm", "--frame-renderer=texture", "-s")
    assert done.returncode == 0, done.stdout + done.stderr
    times = re.findall(r"took (\S+) of (\S+) with (.*)", done.stdout)
    assert all(float(taken) == pytest.approx(float(whole)) and float(whole) > 0 for taken, whole, _ in times)
    assert [delays_s for _, _, delays_s in times] == ["{}"] * 5 + ["{'draw': 0.05}"] * 5
    assert min(float(taken) for taken, _, _ in times[5:]) >= 0.05


def test_pythons_ways_and_the_pages_stand_in_one_table(run_cells: RunCells) -> None:
    done = run_cells(
        NO_TENSORFLOW,
        *("test_frame.py", "--frame-runtime=null,tfjs-wasm", "--frame-renderer=opencv,texture", "--frame-gl=null"),
        *("--frame-preprocess=none", "--benchmark-max-time=0.01", "--frame-tables"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    table = done.stdout.split("tiny at 16, preprocessing none: which runtime and which way to the screen")[1]
    assert re.search(r"^  null to opencv on null +Python ", table, re.MULTILINE)
    assert re.search(r"^  tfjs-wasm to texture +page ", table, re.MULTILINE)
    assert "Fastest: null to opencv on null" in table
    assert "Fastest in a page: tfjs-wasm to texture" in table
