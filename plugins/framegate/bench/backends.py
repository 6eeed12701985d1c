"""What can measure a model here: TF.js in a browser, and the runtimes of Python; and what is not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from framegate.browser.chromium import find_chromium
from framegate.browser.tfjs import TFJS
from framegate.errors import BackendUnavailable
from framegate.extras import how_to_install
from framegate.machine import has_library

PAGE_RUNTIMES = ("tfjs-wasm", "tfjs-webgl", "tfjs-webgpu", "tfjs-cpu")
PYTHON_RUNTIMES = {
    "tensorflow": "tensorflow",
    "openvino": "openvino",
    "onnxruntime": "onnxruntime",
    "litert": "ai_edge_litert",
}
"""Runtime -> the library that it needs beside TensorFlow; those that say most of a model first."""
CONVERTED_PAGE_RUNTIMES = {"ort-wasm": "tf2onnx", "litert-wasm": "ai_edge_litert"}
"""Runtime of a page that is fed what Python converts -> the library that converts for it, beside TensorFlow."""
RENDERERS = ("opencv", "topixels", "texture", "gl-upload")
"""The renderers of both kinds, the first of each kind first."""

HasLibrary = Callable[[str], bool]


class Backends(NamedTuple):
    """What there is to measure with.

    Attributes:
        suites: names of the suites' files.
        runtimes: names of the runtimes, those of pages first.
        missing: a line for each thing that is not there, with what to do.
    """

    suites: tuple[str, ...]
    runtimes: tuple[str, ...]
    missing: tuple[str, ...]


def find_backends(cache: Path, has: HasLibrary = has_library) -> Backends:
    """Look for them without importing or starting any.

    Args:
        cache: where TF.js' files are kept.
        has: whether a library is there.
    """
    suites: list[str] = []
    runtimes: list[str] = []
    missing = []
    lacks = list(_browser_lacks(cache, has))
    if lacks:
        missing.append(f"TF.js in a browser: {'; '.join(lacks)}")
    else:
        suites.append("test_browser.py")
        runtimes += PAGE_RUNTIMES
    if has("tensorflow"):
        if not lacks:
            runtimes += [name for name, library in CONVERTED_PAGE_RUNTIMES.items() if has(library)]
        suites.append("test_frame.py")
        runtimes += [name for name, library in PYTHON_RUNTIMES.items() if has(library)]
    else:
        missing.append(f"Python: TensorFlow is not installed ({how_to_install('tensorflow')})")
    return Backends(tuple(suites), tuple(runtimes), tuple(missing))


def _browser_lacks(cache: Path, has: HasLibrary) -> Iterator[str]:
    if not has("playwright"):
        yield f"playwright is not installed ({how_to_install('browser')})"
    try:
        find_chromium()
    except BackendUnavailable as error:
        yield f"{error.reason} ({error.install_hint})"
    if TFJS.find(cache) is None and shutil.which("npm") is None:
        yield f"{TFJS.title} is not in {cache}, and there is no npm to bring it (sudo apt-get install -y npm)"
