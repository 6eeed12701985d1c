"""Contexts with an older OpenGL: what falls back, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from framegate.errors import BackendUnavailable
from framegate.gl.version import version_of
from framegate.interfaces import GLContext
from framegate.render.verify import verify_pixels
from framegate.renderers import builtin, gl_pbo

OpenContext = Callable[[str], GLContext]
OLD = "3.3 (Core Profile) of long ago"


@pytest.fixture
def old_context(shared_context: OpenContext, monkeypatch: pytest.MonkeyPatch) -> GLContext:
    """A context that says it has OpenGL 3.3."""
    context = shared_context("egl")
    info = replace(context.info(), version=OLD)
    monkeypatch.setattr(context, "info", lambda: info)
    return context


@pytest.mark.parametrize("ring", [gl_pbo.OrphanedRing, gl_pbo.PersistentRing])
def test_each_kind_of_ring_serves_more_frames_than_it_has_buffers(
    ring: type, shared_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = shared_context("egl")
    monkeypatch.setattr(gl_pbo, "_STORAGE", (3, 3) if ring is gl_pbo.PersistentRing else (99, 0))
    rng = np.random.default_rng(0)
    with context.current():
        before = context.functions.alive()
        renderer = builtin()["gl-pbo"](context)
        renderer.prepare((5, 7, 3), "float32")
        for _ in range(2 * gl_pbo.BUFFERS + 1):
            tensor = rng.random((5, 7, 3), np.float32)
            renderer.draw(tensor)
            verify_pixels(renderer.read(), tensor, renderer.tolerance)
        renderer.close()
        assert context.functions.alive() == before


def test_a_ring_can_be_closed_with_frames_in_flight(shared_context: OpenContext) -> None:
    context = shared_context("egl")
    tensor = np.zeros((5, 7, 3), np.float32)
    with context.current():
        renderer = builtin()["gl-pbo"](context)
        renderer.prepare(tensor.shape, "float32")
        for _ in range(2 * gl_pbo.BUFFERS):
            for name, call in renderer.passes():
                call(tensor if name == "upload" else None)
        renderer.close()
        context.finish()


def test_the_ring_falls_back_to_orphaning(old_context: GLContext) -> None:
    tensor = np.random.default_rng(0).random((5, 7, 3), np.float32)
    with old_context.current():
        renderer = builtin()["gl-pbo"](old_context)
        renderer.prepare(tensor.shape, "float32")
        renderer.draw(tensor)
        verify_pixels(renderer.read(), tensor, renderer.tolerance)
        renderer.close()


@pytest.mark.parametrize(("name", "what"), [("gl-ssbo", "storage buffers"), ("gl-compute", "compute shaders")])
def test_what_needs_a_newer_opengl_says_so_and_leaves_nothing(name: str, what: str, old_context: GLContext) -> None:
    with old_context.current():
        before = old_context.functions.alive()
        with pytest.raises(BackendUnavailable) as caught:
            builtin()[name](old_context).prepare((5, 7, 3), "float32")
        assert old_context.functions.alive() == before
    assert str(caught.value) == (
        f"{what} need OpenGL 4.3, and the egl context has {OLD};"
        " use a context with a newer OpenGL version, or the gl-texture-sub renderer"
    )


@pytest.mark.parametrize(
    ("text", "version"), [("4.5 (Core Profile) Mesa 22.3.6", (4, 5)), ("4.6.0 NVIDIA 550.1", (4, 6)), ("none", (0, 0))]
)
def test_the_version_is_what_its_text_begins_with(
    text: str, version: tuple[int, int], shared_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = shared_context("null")
    info = replace(context.info(), version=text)
    monkeypatch.setattr(context, "info", lambda: info)
    assert version_of(context) == version
