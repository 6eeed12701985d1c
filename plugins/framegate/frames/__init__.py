"""Frame sources: a photo, a generated clip, and the user's own picture or video."""

from framegate.frames.sources import open_frames
from framegate.frames.turns import in_turn

__all__ = ["in_turn", "open_frames"]
