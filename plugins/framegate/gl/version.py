"""Which OpenGL a context has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from framegate.errors import BackendUnavailable

if TYPE_CHECKING:
    from framegate.interfaces import GLContext

Version = tuple[int, int]


def version_of(context: GLContext) -> Version:
    """Major and minor version, as its version string begins; (0, 0) for the null context."""
    numbers = re.match(r"(\d+)\.(\d+)", context.info().version)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)


def need_version(context: GLContext, least: Version, what: str) -> None:
    """Refuse a context that is too old.

    Raises:
        BackendUnavailable: names what needs which version, and which there is.
    """
    version = version_of(context)
    if version < least:
        raise BackendUnavailable(
            f"{what} need OpenGL {least[0]}.{least[1]}, and the {context.name} context has {context.info().version}",
            "use a context with a newer OpenGL version, or the gl-texture-sub renderer",
        )
