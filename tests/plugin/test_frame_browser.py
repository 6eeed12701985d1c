"""The browser's options, and which suite takes which runtimes and renderers."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from framegate.browser.results import PageRounds
from framegate.browser.runtimes import builtin_runtimes
from framegate.errors import BackendUnavailable, WrongOutput
from framegate.inference.agreement import verify_agreement
from framegate.machine import is_software
from framegate.pipelines.page import verify_nothing_left
from framegate.pipelines.page_screen import TFJS_AGREEMENT

Run = Callable[..., pytest.RunResult]


def test_an_unknown_gpu_is_refused(run: Run) -> None:
    result = run("--frame-browser-gpu=nativ")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: unknown frame browser-gpu 'nativ' (did you mean 'native'?); there is: native, software"]
    )


def test_a_browser_that_is_not_there_is_refused(run: Run) -> None:
    result = run("--frame-browser-path=no/such/chrome")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --frame-browser-path 'no/such/chrome' is no file; name the browser's program"])


def test_a_browser_that_nobody_knows_is_refused(run: Run) -> None:
    result = run("--frame-browser=firefix")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: unknown frame browser 'firefix' (did you mean 'firefox'?); there is: *"])


@pytest.mark.parametrize(
    "asked",
    [
        ["--frame-browser=firefox,chrome"],
        ["--frame-runtime=firefox:tfjs-wasm", "--frame-browser=auto,chrome"],
        ["--frame-runtime=firefox:tfjs-wasm,chrome:tfjs-wasm"],
    ],
)
def test_one_program_is_not_several_browsers(run: Run, asked: list[str]) -> None:
    result = run("--frame-browser-path=/bin/true", *asked)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --frame-browser-path is one program, and * browsers are asked for (*firefox*"])


def test_a_browser_that_is_missing_is_looked_for_once_and_takes_no_other_with_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def find_none(engine: object, _path: str | None) -> Path:
        looked.append(type(engine).__name__)
        raise BackendUnavailable(f"no {type(engine).__name__}", "get one")

    monkeypatch.setattr("framegate.browser.firefox.Firefox.find", find_none)
    monkeypatch.setattr("framegate.browser.adb.AdbEngine.find", find_none)
    result = run(
        *("--frame-runtime=tfjs-wasm,tfjs-cpu", "--frame-renderer=topixels", "--frame-browser=firefox,adb"),
        *("--frame-require=adb:tfjs-cpu",),
        suite="test_browser.py",
    )
    result.assert_outcomes(skipped=3, errors=1)
    assert looked == ["Firefox", "AdbEngine"]
    result.stdout.fnmatch_lines(["*runtime 'firefox:tfjs-wasm': no Firefox; get one"])


@pytest.mark.parametrize("seconds", ["0", "-1", "1.5", "soon", "86401"])
def test_a_deadline_that_cannot_be_is_refused(run: Run, seconds: str) -> None:
    result = run(f"--frame-browser-timeout={seconds}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --frame-browser-timeout '{seconds}' is not a whole number from 1 to 86400"])


def test_without_a_browser_cells_are_skipped_and_say_what_to_install(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("framegate.browser.chromium._PLACES", defaultdict(tuple))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    result = run("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels,texture", suite="test_browser.py")
    result.assert_outcomes(skipped=2)
    hint = "sudo apt-get install -y chromium, playwright install chromium"
    result.stdout.fnmatch_lines([f"*2 cells: runtime 'tfjs-wasm': no Chrome or Chromium is installed *; {hint}, or *"])


def test_what_is_missing_is_looked_for_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def find_none(path: str | None) -> Path:
        asked.append(path)
        raise BackendUnavailable("there is none", "get one")

    monkeypatch.setattr("framegate.browser.chromium.find_chromium", find_none)
    result = run("--frame-runtime=tfjs-wasm,tfjs-cpu", "--frame-renderer=topixels,texture", suite="test_browser.py")
    result.assert_outcomes(skipped=4)
    assert asked == [None]


def test_no_browser_is_asked_for_a_model_on_which_tfjs_waits_for_ever(
    run: Run, write_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framegate.browser.chromium.find_chromium", lambda path: pytest.fail(f"asked for {path}"))
    path = write_model("endless", size=16) / "model.json"
    image = {"batch_input_shape": [None, 16, 16, 3], "dtype": "float32", "name": "image"}
    layers = [
        {"class_name": "InputLayer", "name": "image", "inbound_nodes": [], "config": image},
        {"class_name": "ReLU", "name": "y", "inbound_nodes": [["image", 0, 0, {}]], "config": {"name": "y"}},
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["image", 0, 0]], "output_layers": [["y", 0, 0]]}
    topology = {"class_name": "Functional", "config": config, "keras_version": "2.15.0"}
    changes = {"format": "layers-model", "modelTopology": topology, "weightsManifest": []}
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    result = run(
        f"--frame-model={path.parent}", "--frame-runtime=tfjs-cpu", "--frame-renderer=topixels", suite="test_browser.py"
    )
    result.assert_outcomes(errors=1)
    waits = "It waits for ever: layer 'y' has inbound_nodes with too few or too many lists around a reference"
    result.stdout.fnmatch_lines(
        [f"ModelError: TF.js 4.22.0 never loads model 'endless'. {waits}; convert the model again"]
    )
    result.stdout.fnmatch_lines([f"*TF.js 4.22.0 refuses this: {waits}*"])


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--frame-runtime=tfjs-wasm", "--frame-renderer=topixels"], {"test_browser"}),
        (["--frame-runtime=null", "--frame-renderer=topixels"], {"test_frame"}),
        (["--frame-runtime=null,tfjs-wasm", "--frame-renderer=topixels"], {"test_browser", "test_frame"}),
        (["--frame-runtime=tfjs-cpu,null", "--frame-renderer=texture"], {"test_browser"}),
    ],
)
def test_a_suite_without_cells_of_its_kind_is_left_out(run: Run, options: list[str], names: set[str]) -> None:
    output = run(*options, "--collect-only", "-k", "test_browser or test_frame", suite="").stdout.str()
    assert {name for name in ("test_browser", "test_frame") if f"<Function {name}[" in output} == names
    assert "empty parameter set" not in output


NOTHING_ASKED = ("no --frame-model", "no --frame-size", "no --frame-runtime", "no --frame-renderer")
MAIN = {f"colour-128-f8-128-greyscale+down-upscale-{runtime}-{way}" for runtime, way in (
    ("tfjs-wasm", "topixels"), ("tfjs-wasm", "texture"), ("tfjs-webgl", "topixels"), ("tfjs-webgl", "texture"),
)}  # fmt: skip


@pytest.mark.parametrize(("asked", "tries_all"), [("all", True), ("null", False)])
def test_nobody_who_asked_for_all_runtimes_is_told_to(
    run: Run, pytester: pytest.Pytester, asked: str, *, tries_all: bool
) -> None:
    pytester.makeconftest("""
        from framegate.hooks.answer import words_of

        def pytest_sessionfinish(session):
            print("tries all:", words_of(session.config).tries_all)
    """)
    run(f"--frame-runtime={asked}", "--collect-only").stdout.fnmatch_lines([f"tries all: {tries_all}"])


def test_all_runtimes_begin_with_those_that_are_no_stand_in_for_a_gpu(run: Run) -> None:
    page = ("--frame-runtime=all", "--frame-renderer=topixels", "no --frame-gl")
    output = run(*page, "--frame-run-limit=600", "--collect-only", "-q", suite="test_browser.py").stdout.str()
    assert re.findall(r"test_browser\[tiny-16-none-(.*)-topixels\]", output)[:4] == [
        *("tfjs-wasm", "ort-wasm", "litert-wasm", "tfjs-cpu"),
    ]


@pytest.mark.parametrize(
    ("suite", "asked", "runtimes", "count"),
    [
        ("", (), {"tfjs-wasm", "tfjs-webgl"}, 4),
        ("", ("-k", "test_browser"), {"tfjs-wasm", "tfjs-cpu", "tfjs-webgl"}, 18),
        ("test_browser.py", (), {"tfjs-wasm", "tfjs-cpu", "tfjs-webgl"}, 18),
        ("", ("--frame-runtime=tfjs-cpu",), {"tfjs-cpu"}, 2),
    ],
)
def test_beside_other_suites_a_few_cells_run_and_the_users_names_win(
    run: Run, suite: str, asked: tuple[str, ...], runtimes: set[str], count: int
) -> None:
    output = run(*NOTHING_ASKED, *asked, "--collect-only", suite=suite).stdout.str()
    cells = re.findall(r"<Function test_browser\[(.*)\]>", output)
    assert len(cells) == count
    assert {runtime for cell in cells for runtime in builtin_runtimes() if f"-{runtime}-" in cell} == runtimes
    assert asked or suite or set(cells) == MAIN


def test_outputs_agree_within_a_ten_thousandth_of_their_range() -> None:
    expected = np.linspace(-1, 1, 12, dtype=np.float32).reshape(1, 2, 2, 3)

    def compare(values: NDArray[np.float32]) -> float:
        return verify_agreement({"output": values}, {"Identity": expected}, "tensorflow", TFJS_AGREEMENT.share)

    assert compare(expected + np.float32(1.9e-4)) == pytest.approx(0.95e-4, rel=1e-3)
    with pytest.raises(WrongOutput, match=r"up to 0\.00021; 0\.0002 is allowed"):
        compare(expected + np.float32(2.1e-4))
    with pytest.raises(WrongOutput, match="NaN"):
        compare(np.full_like(expected, np.nan))
    with pytest.raises(WrongOutput, match="shape"):
        compare(expected[0])


@pytest.mark.parametrize(("tensors", "bytes_", "fine"), [(0, 0, True), (1, 0, False), (0, 4, False)])
def test_a_page_that_grows_is_refused(tensors: int, bytes_: int, *, fine: bool) -> None:
    rounds = PageRounds({"draw": [0.1]}, [0.1], 0.0, tensors, bytes_)
    if fine:
        verify_nothing_left(rounds)
        return
    with pytest.raises(WrongOutput, match=f"1 frames left {tensors} tensors and {bytes_} bytes behind"):
        verify_nothing_left(rounds)


@pytest.mark.parametrize(
    ("device", "software"),
    [
        ("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)", True),
        ("google swiftshader", True),
        ("ANGLE (Mesa, llvmpipe (LLVM 15.0.6, 256 bits), OpenGL 4.5)", True),
        ("ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0, D3D11)", True),
        ("ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)", False),
    ],
)
def test_software_is_told_by_its_name(device: str, *, software: bool) -> None:
    assert is_software(device) is software
