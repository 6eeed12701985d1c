"""The built-in views, one per file."""

from __future__ import annotations

from importlib import import_module

from framegate.registry import Lazy

NAMES = {
    "boxes": "BoxesView",
    "classes": "ClassesView",
    "heatmap": "HeatmapView",
    "image": "ImageView",
    "label": "LabelView",
    "mask": "MaskView",
    "points": "PointsView",
    "subpixel": "SubpixelView",
}
"""View -> class in the module of that name."""


def builtin() -> dict[str, Lazy]:
    """Factories of the built-in views: each is given a `ViewRequest` and returns a `View`."""
    return {name: Lazy(_module(name), class_name) for name, class_name in NAMES.items()}


def keys_of(view: str | None) -> frozenset[str] | None:
    """The keys of a spec that are a built-in view's own; those of all where none is named, None for a plugin's view."""
    if view is not None and view not in NAMES:
        return None
    keys: set[str] = set()
    for name in NAMES if view is None else [view]:
        keys |= getattr(import_module(_module(name)), NAMES[name]).keys
    return frozenset(keys)


def _module(name: str) -> str:
    return f"framegate.views.{name}"
