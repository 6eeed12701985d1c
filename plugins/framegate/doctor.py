"""Try every backend on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import numpy as np

from framegate import gl, render, runtimes
from framegate.browser.chromium import find_chromium, flags, is_software
from framegate.browser.driver import Browser
from framegate.browser.tfjs import VERSION, find_tfjs
from framegate.errors import BackendUnavailable, FramegateError
from framegate.gl.selection import devices_of
from framegate.interfaces import ANYWHERE, GLContext, RendererFactory, RuntimeFactory
from framegate.paths import cache_dir
from framegate.render.verify import verify_pixels


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's table."""

    kind: str
    name: str
    state: str
    detail: str


def examine() -> Iterator[Finding]:
    """Make each runtime, GL context, renderer and browser, and use it once.

    Renderers draw in the first context that works. The browser may take the machine's GPU, and says what it took.
    """
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

    yield from examine_browser()


def examine_browser() -> Iterator[Finding]:
    """Start the browser, and look for what it loads."""
    yield _finding("browser", "chromium", _describe_browser)
    yield _finding("browser", "tfjs", _describe_tfjs)


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


# The page has no server behind it, so there is WebGL and no WebGPU.
_GPU = """() => {
  document.createElement("canvas").getContext("webgl2");
  return faults.drawn_by();
}"""


def _describe_browser() -> str:
    program = find_chromium()
    with closing(Browser(program, flags("native"))) as browser:
        device = str(browser.call(_GPU, None, 20.0) or "none that WebGL could use")
        driver = f"driven by playwright {version('playwright')}"
        software = ", software" if is_software(device) else ""
        return f"{browser.version} ({program}), {driver}; as its native GPU: {device}{software}"


def _describe_tfjs() -> str:
    folder = find_tfjs(cache_dir())
    if folder is not None:
        return f"TF.js {VERSION} in {folder}"
    if shutil.which("npm") is None:
        raise BackendUnavailable(
            f"TF.js {VERSION} is neither in this package nor in the cache, and npm is not installed",
            "apt-get install npm, or install a wheel that carries TF.js",
        )
    return f"TF.js {VERSION} is not there yet; npm fetches it at the first run"


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
