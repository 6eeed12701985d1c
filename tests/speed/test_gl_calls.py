"""What a call into OpenGL costs: this project's way, and PyOpenGL's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from interleaved import within

from framegate.errors import BackendUnavailable
from framegate.gl.egl import open_egl

SCRIPT = """
import sys, timeit
import OpenGL
OpenGL.ERROR_CHECKING = sys.argv[1] == "checked"
from OpenGL import GL
from framegate.gl.egl import open_egl

context = open_egl()
context.functions.checked = sys.argv[1] == "checked"
with context.current():
    for gl in (context.functions, GL):
        call, target = gl.glBindTexture, int(gl.GL_TEXTURE_2D)
        call(target, 0)
        print(min(timeit.repeat(lambda: call(target, 0), number=2000, repeat=30)) / 2000)
"""


def seconds_a_call(mode: str) -> tuple[float, float]:
    """Ours and PyOpenGL's, in a process of their own: PyOpenGL reads its settings when it is imported."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, mode], capture_output=True, text=True, check=True)
    ours, theirs = map(float, done.stdout.split())
    return ours, theirs


@pytest.mark.skipif(sys.platform != "linux", reason="PyOpenGL draws in an EGL context on Linux only")
def test_a_call_costs_no_more_than_pyopengls(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    try:
        open_egl().release()
    except BackendUnavailable as error:
        pytest.skip(str(error))
    monkeypatch.setenv("PYOPENGL_PLATFORM", "egl")

    def ratio() -> float:
        ours, theirs = seconds_a_call("unchecked")
        record_property("ours and theirs", [f"{1e9 * seconds:.0f} ns" for seconds in (ours, theirs)])
        return ours / theirs

    holds, found = within(1.3, ratio, tries=3)
    assert holds, found
