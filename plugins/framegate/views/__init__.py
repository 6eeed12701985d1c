"""The built-in views, one per file."""

from __future__ import annotations

from framegate.registry import Lazy

NAMES = {"image": "ImageView"}
"""View -> class in the module of that name."""


def builtin() -> dict[str, Lazy]:
    """Factories of the built-in views: each is given a `ViewRequest` and returns a `View`."""
    return {name: Lazy(f"framegate.views.{name}", class_name) for name, class_name in NAMES.items()}
