"""Try every backend on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import numpy as np

from framegate import gl, render, runtimes
from framegate.errors import BackendUnavailable, FramegateError
from framegate.gl.selection import devices_of
from framegate.interfaces import ANYWHERE, GLContext, RendererFactory, RuntimeFactory
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
        yield _finding("runtime", name, partial(_describe_runtime, make_runtime))
    for name in gl.builtin():
        yield _finding("GL context", name, partial(_describe_context, name))
    with ExitStack() as stack:
        context = _first_context()
        stack.callback(context.release)
        stack.enter_context(context.current())
        for name, make_renderer in render.builtin().items():
            yield _finding("renderer", name, partial(_draw, make_renderer, context))


def _finding(kind: str, name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(kind, name, "ok", look())
    except BackendUnavailable as error:
        return Finding(kind, name, "missing", str(error))
    except FramegateError as error:
        return Finding(kind, name, "broken", str(error))


def _describe_runtime(make: RuntimeFactory) -> str:
    return make().describe()


def _describe_context(name: str) -> str:
    factories = gl.builtin()
    context = factories[name](ANYWHERE)
    try:
        info = context.info()
    finally:
        context.release()
    software = ", software" if info.is_software else ""
    devices = devices_of(name, factories)
    return f"{context.name}: {info.renderer}{software}; OpenGL {info.version}{devices and f'; devices: {devices}'}"


def _first_context() -> GLContext:
    try:
        return gl.builtin()["auto"](ANYWHERE)
    except FramegateError:
        return gl.builtin()["null"](ANYWHERE)


def _draw(make: RendererFactory, context: GLContext) -> str:
    tensor = np.linspace(0, 1, 4 * 6 * 3, dtype=np.float32).reshape(4, 6, 3)
    renderer = make(context)
    try:
        renderer.prepare(tensor.shape, "float32")
        renderer.draw(tensor)
        verify_pixels(renderer.read(), tensor, renderer.tolerance)
    finally:
        renderer.close()
    return f"drew a test picture in {context.name}, equal to the oracle within {renderer.tolerance}/255"
