"""What a page is fed in turn for one picture."""

from __future__ import annotations

import numpy as np

from framegate.frames.turns import in_turn
from framegate.interfaces import Pixels


def fed_pictures(picture: Pixels) -> list[Pixels]:
    """Of uint8 RGBA (H, W, 4): frames take all but the first in turn, with the picture itself before its variants."""
    *turns, before = in_turn([np.ascontiguousarray(picture[..., :3])])
    return [np.concatenate([each, picture[..., 3:]], axis=-1) for each in (before, *turns)]
