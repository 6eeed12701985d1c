"""Frame sources: a photo, a generated clip, a camera, the user's own pictures and videos, and those of plugins."""

from __future__ import annotations

from framegate.interfaces import FrameSourceFactory
from framegate.registry import Lazy


class _Live(Lazy):
    """A source whose frames come whether or not somebody asks for them, so that only the newest is worth something."""

    is_live = True


def builtin() -> dict[str, FrameSourceFactory]:
    """The sources that come with Framegate, by name; nothing is imported or read until one is opened."""
    return {
        "photo": Lazy("framegate.frames.sources", "packaged_photo"),
        "clip": Lazy("framegate.frames.sources", "generated_clip"),
        "camera": _Live("framegate.frames.captures", "camera"),
    }
