"""What a call into OpenGL costs: this project's way, and PyOpenGL's own."""

from __future__ import annotations

import os
import subprocess
import sys

from speed.figures import Figures, report

# In a process of its own: PyOpenGL reads its settings when it is imported.
SCRIPT = """
import sys, timeit
import OpenGL
OpenGL.ERROR_CHECKING = sys.argv[1] == "checked"
from OpenGL import GL
from framegate.contexts.egl import open_egl

context = open_egl()
with context.current():
    for gl in (context.functions, GL):
        call, target = gl.glBindTexture, int(gl.GL_TEXTURE_2D)
        call(target, 0)
        print(min(timeit.repeat(lambda: call(target, 0), number=2000, repeat=30)) / 2000)
"""


def seconds_per_call(mode: str) -> tuple[float, float]:
    """Ours, and PyOpenGL's with its checks on (``checked``) or off."""
    command = [sys.executable, "-c", SCRIPT, mode]
    environment = {**os.environ, "PYOPENGL_PLATFORM": "egl"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - the script above
    ours, theirs = map(float, done.stdout.split())
    return ours, theirs


def measure() -> Figures:
    """Microseconds, and times as long as a call of PyOpenGL's."""
    ours, theirs = seconds_per_call("unchecked")
    ours_again, checked = seconds_per_call("checked")
    return {
        "us": 1e6 * min(ours, ours_again),
        "vs-pyopengl": ours / theirs,
        "vs-pyopengl-checked": ours_again / checked,
    }


if __name__ == "__main__":
    report(measure)
