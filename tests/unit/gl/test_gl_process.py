"""OpenGL in a process that imported TensorFlow first, and in one that was forked: each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from framegate.contexts.egl import open_egl
from framegate.errors import BackendUnavailable
from framegate.gl import process

needs_tensorflow = pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[tensorflow]")
DRAW = """
import numpy as np
from framegate.errors import BackendUnavailable, GLError
from framegate.contexts import builtin
from framegate.interfaces import ANYWHERE
from framegate.renderers import builtin as renderers

def draw(name):
    with_context = builtin()[name](ANYWHERE)
    with with_context.current():
        renderer = renderers()["gl-texture"](with_context)
        renderer.prepare((16, 16, 3), "float32")
        renderer.draw(np.full((16, 16, 3), 0.5, np.float32))
        return int(renderer.read()[..., :3].min())
"""
NAMES = ("egl", "osmesa")


@pytest.fixture(autouse=True)
def _can_draw() -> None:
    try:
        open_egl().release()
    except BackendUnavailable as error:
        pytest.skip(str(error))


def said(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", DRAW + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout.splitlines()


@needs_tensorflow
def test_drawing_after_the_projects_own_import_of_tensorflow() -> None:
    code = f"""
from framegate.models import tf
tensorflow = tf.tensorflow()
for name in {NAMES}:
    print(draw(name))
print(int(tensorflow.reduce_sum(tensorflow.ones([3]))))
"""
    assert said(code) == ["128", "128", "3"]


@needs_tensorflow
def test_after_somebody_elses_import_it_draws_or_refuses_by_name() -> None:
    code = f"""
import tensorflow
for name in {NAMES}:
    try:
        print(draw(name))
    except BackendUnavailable as error:
        print("refused" if f"TensorFlow {{tensorflow.__version__}} was imported first" in error.reason else error)
"""
    assert set(said(code)) in ({"128"}, {"refused"})


@pytest.mark.parametrize("drawn", [False, True])
def test_a_tensorflow_that_all_can_see_is_refused_unless_it_came_second(
    monkeypatch: pytest.MonkeyPatch,
    drawn: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(process, "_drawing", [os.getpid()] if drawn else [])
    monkeypatch.setitem(sys.modules, process._TENSORFLOW_FOR_ALL, process)
    if drawn:
        open_egl().release()
    else:
        with pytest.raises(BackendUnavailable, match=r"egl might crash here: TensorFlow .*was imported first"):
            open_egl()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_of_a_process_that_has_drawn_is_refused() -> None:
    code = """
import os
from framegate.contexts.egl import open_egl
context = open_egl()
draw("egl")
if os.fork() == 0:
    for use in (lambda: context.current().__enter__(), lambda: draw("egl")):
        try:
            use()
        except (GLError, BackendUnavailable) as error:
            print(error, flush=True)
    os._exit(0)
os.wait()
print(draw("egl"))
"""
    *refusals, drawn = said(code)
    assert len(refusals) == 2
    assert all("cannot be used in a fork of process" in line for line in refusals)
    assert drawn == "128"
