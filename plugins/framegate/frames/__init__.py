"""Frame sources: a photo, a generated clip, and the user's own picture or video."""

from framegate.frames.sources import open_frames

__all__ = ["open_frames"]
