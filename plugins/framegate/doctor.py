"""Try every backend on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from framegate import gl, render, runtimes
from framegate.errors import BackendUnavailable
from framegate.interfaces import GLContext
from framegate.render.verify import verify_pixels


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's table."""

    kind: str
    name: str
    state: str
    detail: str


def examine() -> Iterator[Finding]:
    """Make each runtime, GL context and renderer, and use it once; renderers draw in the first context that works."""
    for name, make_runtime in runtimes.builtin().items():
        try:
            yield Finding("runtime", name, "ok", make_runtime().describe())
        except BackendUnavailable as error:
            yield Finding("runtime", name, "missing", str(error))
    for name, make_context in gl.builtin().items():
        try:
            yield Finding("GL context", name, "ok", _describe(make_context()))
        except BackendUnavailable as error:
            yield Finding("GL context", name, "missing", str(error))
    yield from _examine_renderers()


def _describe(context: GLContext) -> str:
    try:
        info = context.info()
    finally:
        context.release()
    software = ", software" if info.is_software else ""
    return f"{context.name}: {info.renderer}{software}; OpenGL {info.version}"


def _examine_renderers() -> Iterator[Finding]:
    try:
        context = gl.builtin()["auto"]()
    except BackendUnavailable:
        context = gl.builtin()["null"]()
    tensor = np.linspace(0, 1, 4 * 6 * 3, dtype=np.float32).reshape(4, 6, 3)
    try:
        with context.current():
            for name, make_renderer in render.builtin().items():
                try:
                    renderer = make_renderer(context)
                    renderer.prepare(tensor.shape, "float32")
                except BackendUnavailable as error:
                    yield Finding("renderer", name, "missing", str(error))
                    continue
                renderer.draw(tensor)
                verify_pixels(renderer.read(), tensor, renderer.tolerance)
                renderer.close()
                yield Finding("renderer", name, "ok", f"drew a test picture in {context.name}, equal to the oracle")
    finally:
        context.release()
