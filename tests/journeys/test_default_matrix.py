"""One quick pass of every suite with timing off, on the real models of the default matrix."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from framegate import contexts, renderers
from framegate.browser.chromium import find_chromium
from framegate.browser.tfjs import tfjs_files
from framegate.errors import BackendUnavailable
from framegate.interfaces import ANYWHERE
from framegate.paths import cache_dir

ROOT = Path(__file__).parents[2]
Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def output() -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "suites", "-v", "-rs", "-p", "no:cacheprovider", "--benchmark-disable"],
        cwd=ROOT,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "suite", ["test_load", "test_preprocess", "test_inference", "test_render", "test_frame", "test_realtime"]
)
def test_every_suite_has_cells_that_pass(output: str, suite: str) -> None:
    assert re.search(rf"::{suite}\[.*\] PASSED", output)


@pytest.mark.parametrize("renderer", ["topixels", "opencv", "gl-texture"])
def test_the_real_model_comes_to_the_screen(output: str, renderer: str) -> None:
    assert f"test_frame[esrgan-slim-x2-128-none-tensorflow-{renderer}-auto] PASSED" in output


@pytest.mark.parametrize("runtime", ["tensorflow", "keras", "openvino", "onnxruntime", "litert", "tensorflow-xla"])
@pytest.mark.parametrize("model", ["esrgan-slim-x2-128", "pix2pix-256-f8-256", "pix2pix-64-f4-64", "selfie-256-256"])
def test_every_runtime_computes_the_same_on_every_model(output: str, model: str, runtime: str) -> None:
    """Each cell compares its outputs with those of the first runtime, which is TensorFlow."""
    assert f"test_inference[{model}-none-{runtime}] PASSED" in output


@pytest.mark.parametrize("gl", ["egl", "osmesa", "glfw"])
def test_the_render_suite_runs_in_every_context_that_this_machine_has(output: str, gl: str) -> None:
    require(gl)
    for renderer in set(renderers.builtin()) - {"null"}:
        assert f"test_render[256-{renderer}-{gl}] PASSED" in output


def test_the_long_studies_are_left_out_unless_they_are_named(output: str) -> None:
    assert "test_model_size" not in output
    assert " deselected " in output


@pytest.mark.parametrize("runtime", ["tfjs-wasm", "tfjs-webgl"])
def test_a_page_runs_beside_the_other_suites(output: str, runtime: str) -> None:
    require("browser")
    assert re.search(rf"::test_browser\[colour-128-f8-128-.*-{runtime}-texture\] PASSED", output)


def test_nothing_is_skipped_but_what_this_machine_lacks(output: str) -> None:
    skipped = {line for line in output.splitlines() if line.startswith("SKIPPED")}
    names = {name: f"GL context '{name}'" for name in ("egl", "osmesa", "glfw")} | {"browser": "runtime 'tfjs-"}
    lacking = [text for name, text in names.items() if missing(name)]
    assert all(any(text in line for text in lacking) for line in skipped)


def missing(name: str) -> str:
    """Why a browser or a GL context cannot be had here; empty if it can."""
    try:
        if name == "browser":
            find_chromium()
            tfjs_files(cache_dir())
            return ""
        contexts.builtin()[name](ANYWHERE).release()
    except BackendUnavailable as error:
        return str(error)
    return ""


def require(name: str) -> None:
    """Skip where something is missing; in CI the set-up must have brought it."""
    reason = missing(name)
    if reason and not os.environ.get("CI"):
        pytest.skip(reason)
    assert not reason
