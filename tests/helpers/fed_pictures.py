"""What a page is fed in turn for one picture."""

from __future__ import annotations

import numpy as np

from framegate.frames.turns import in_turn
from framegate.interfaces import Pixels, Range, Size, TensorForm


def fed_pictures(picture: Pixels) -> list[Pixels]:
    """Of uint8 RGBA (H, W, 4): frames take all but the first in turn, with the picture itself before its variants."""
    *turns, before = in_turn([np.ascontiguousarray(picture[..., :3])])
    return [np.concatenate([each, picture[..., 3:]], axis=-1) for each in (before, *turns)]


def form_of(pictures: list[Pixels], channels: int = 3, value_range: Range = (-1, 1)) -> TensorForm:
    """How they lie in the tensor of a model that takes one of them in a batch."""
    return TensorForm(Size(*pictures[0].shape[:2]), channels, "float32", (value_range,))
