"""The runtimes and renderers of pages: what a test of the kind ``page`` is parametrised with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from framegate.errors import BackendUnavailable

IN_A_PAGE = "name it for a suite that runs in a browser, such as test_browser"


@dataclass(frozen=True)
class PageRuntime:
    """A backend of TF.js that a page computes with, registered like any other runtime.

    Attributes:
        backend: TF.js' name of it: ``cpu``, ``wasm``, ``webgl`` or ``webgpu``.
        flags: flags of TF.js' environment that are set before it starts: ``(("WEBGL_PACK", False),)``.
    """

    backend: str
    flags: tuple[tuple[str, bool | float], ...] = ()
    pipeline = "page"

    def __call__(self) -> NoReturn:
        """Always raises: the page computes, and this process does not.

        Raises:
            BackendUnavailable: always.
        """
        raise BackendUnavailable(f"TF.js' {self.backend} runs in a page", IN_A_PAGE)


@dataclass(frozen=True)
class PageRenderer:
    """What brings a model's output to the canvas of a page, registered like any other renderer.

    Attributes:
        name: the page's name of it: ``topixels``, ``texture``, ``draw`` or ``same-context``.
    """

    name: str
    pipeline = "page"

    def __call__(self, context: object) -> NoReturn:
        """Always raises: the page computes, and this process does not.

        Raises:
            BackendUnavailable: always.
        """
        del context
        raise BackendUnavailable(f"{self.name} draws to the canvas of a page", IN_A_PAGE)


def builtin_runtimes() -> Mapping[str, PageRuntime]:
    """The backends that TF.js brings."""
    return {f"tfjs-{backend}": PageRuntime(backend) for backend in ("cpu", "wasm", "webgl", "webgpu")}


def builtin_renderers() -> Mapping[str, PageRenderer]:
    """The renderers that the page knows."""
    return {name: PageRenderer(name) for name in ("topixels", "texture", "draw", "same-context")}
