"""OpenGL drivers and TensorFlow live in one process, whichever comes first."""

import subprocess
import sys
from collections.abc import Callable

import pytest

Shell = Callable[..., subprocess.CompletedProcess[str]]

DRAW = """
import numpy as np
from framegate import gl, render
context = gl.builtin()[{gl!r}]()
tensor = np.random.default_rng(0).random((64, 64, 3), np.float32)
with context.current():
    renderer = render.builtin()["gl-texture"](context)
    renderer.prepare(tensor.shape, "float32")
    renderer.draw(tensor)
    print("drew", renderer.read().shape)
"""
RUN = """
import numpy as np
import framegate
model = framegate.load_model("pix2pix-64-f4")
print("ran", model.run(np.zeros((1, 64, 64, 1), np.float32)).popitem()[1].shape)
"""


@pytest.mark.parametrize("gl", ["egl", "glfw", "osmesa"])
@pytest.mark.parametrize("gl_first", [True, False], ids=["gl-first", "tensorflow-first"])
def test_drawing_and_inference_in_either_order(shell: Shell, gl: str, *, gl_first: bool) -> None:
    draw = DRAW.format(gl=gl)
    done = shell(sys.executable, "-c", draw + RUN if gl_first else RUN + draw)
    assert done.returncode == 0, done.stderr
    assert "drew (64, 64, 4)" in done.stdout
    assert "ran (1, 64, 64, 3)" in done.stdout
