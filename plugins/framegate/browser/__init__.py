"""TF.js itself, in a real browser: the files, the server, the page, and the driver that runs it."""

from __future__ import annotations

from collections.abc import Mapping

RUNTIMES: Mapping[str, str] = {f"tfjs-{backend}": backend for backend in ("cpu", "wasm", "webgl", "webgpu")}
"""The backends of TF.js, by the names that they have as runtimes."""

WAYS = ("topixels", "texture", "draw", "same-context")
"""Ways from a model's output to the canvas, which in a page are the renderers."""
