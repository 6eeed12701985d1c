"""Frame sources: a photo, a generated clip, a camera, the user's own pictures and videos, and those of plugins."""

from __future__ import annotations

from collections.abc import Mapping

from framegate.interfaces import FrameSourceFactory
from framegate.registry import Lazy


class _Live(Lazy):
    """A source whose frames come whether or not somebody asks for them, so that only the newest is worth something."""

    is_live = True


def is_live(source: str, factories: Mapping[str, FrameSourceFactory]) -> bool:
    """Whether a source's frames come when they come: the attribute ``is_live`` of its factory."""
    return bool(getattr(factories.get(source.partition(":")[0]), "is_live", False))


def builtin() -> dict[str, FrameSourceFactory]:
    """The sources that come with Framegate, by name; nothing is imported or read until one is opened."""
    return {
        "photo": Lazy("framegate.frames.sources", "packaged_photo"),
        "clip": Lazy("framegate.frames.sources", "generated_clip"),
        "camera": _Live("framegate.frames.captures", "camera"),
    }
