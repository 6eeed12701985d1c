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


@pytest.mark.parametrize("gl_first", [True, False], ids=["gl-first", "runtimes-first"])
def test_drawing_and_inference_in_either_order(shell: Shell, *, gl_first: bool) -> None:
    draw, run = "".join(DRAW.format(gl=gl) for gl in CONTEXTS), RUN.format(runtimes=RUNTIMES)
    done = shell(sys.executable, "-c", draw + run if gl_first else run + draw)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("drew (64, 64, 4)") == len(CONTEXTS)
    for runtime in RUNTIMES:
        assert f"{runtime} ran (1, 64, 64, 3)" in done.stdout


@pytest.mark.parametrize("first", RUNTIMES[1:])
def test_a_runtime_before_tensorflow_and_a_driver(shell: Shell, first: str) -> None:
    """With the conversion in the cache, where the tests above left it, TensorFlow comes last."""
    rest = [name for name in reversed(RUNTIMES) if name != first]
    code = RUN.format(runtimes=[first]) + DRAW.format(gl="egl") + RUN.format(runtimes=rest)
    done = shell(sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("ran (1, 64, 64, 3)") == len(RUNTIMES)
