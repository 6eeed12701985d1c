"""OpenGL drivers, TensorFlow and the other runtimes live in one process, whichever comes first."""

import subprocess
import sys
from collections.abc import Callable

import pytest

Shell = Callable[..., subprocess.CompletedProcess[str]]

DRAW = """
import numpy as np
from framegate import contexts, renderers
from framegate.interfaces import ANYWHERE
context = contexts.builtin()[{gl!r}](ANYWHERE)
tensor = np.random.default_rng(0).random((64, 64, 3), np.float32)
with context.current():
    renderer = renderers.builtin()["gl-texture"](context)
    renderer.prepare(tensor.shape, "float32")
    renderer.draw(tensor)
    print("drew", renderer.read().shape)
"""
RUN = """
import numpy as np
import framegate
for runtime in {runtimes!r}:
    model = framegate.load_model("pix2pix-64-f4", runtime)
    print(runtime, "ran", model.run(np.zeros((1, 64, 64, 1), np.float32)).popitem()[1].shape)
"""
CONTEXTS = ["egl", "glfw", "osmesa"]
RUNTIMES = ["tensorflow", "openvino", "onnxruntime", "litert", "tensorflow-xla"]


@pytest.fixture
def display(need_display: Callable[[], None]) -> None:
    """What the context ``glfw`` opens its window on."""
    need_display()


@pytest.mark.usefixtures("display")
@pytest.mark.parametrize("gl_first", [True, False], ids=["gl-first", "runtimes-first"])
def test_drawing_and_inference_in_either_order(shell: Shell, *, gl_first: bool) -> None:
    draw, run = "".join(DRAW.format(gl=gl) for gl in CONTEXTS), RUN.format(runtimes=RUNTIMES)
    done = shell(sys.executable, "-c", draw + run if gl_first else run + draw)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("drew (64, 64, 4)") == len(CONTEXTS)
    for runtime in RUNTIMES:
        assert f"{runtime} ran (1, 64, 64, 3)" in done.stdout


def test_the_other_runtimes_before_a_driver_and_tensorflow(shell: Shell) -> None:
    """With their conversions in the cache, where the tests above left them, TensorFlow comes last."""
    others, last = RUNTIMES[1:4], (RUNTIMES[4], RUNTIMES[0])
    code = RUN.format(runtimes=others) + DRAW.format(gl="egl") + RUN.format(runtimes=last)
    done = shell(sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("ran (1, 64, 64, 3)") == len(RUNTIMES)
