"""The stage between a model's readback and its renderer: a view at work on frames."""

from __future__ import annotations

from collections.abc import Mapping

from framegate.interfaces import Array, Pixels
from framegate.postprocess.base import View


class Postprocess:
    """Each call turns the outputs that a frame has led to into the picture that is drawn.

    Args:
        view: what shows the outputs.
        frame: a frame of the camera, uint8 RGB (H, W, 3).
        outputs: what the model has made of it.

    Attributes:
        view: the view.
        frame: the frame that the next outputs belong to; whoever calls sets it before.
        outputs: the latest ones. They may be the model's memory, which its next run overwrites.
    """

    def __init__(self, view: View, frame: Pixels, outputs: Mapping[str, Array]) -> None:
        self.view, self.frame, self.outputs = view, frame, outputs

    def __call__(self, outputs: Mapping[str, Array]) -> Array:
        """Return the picture, (H, W, C), and keep the outputs."""
        self.outputs = outputs
        return self.view(outputs, self._shown())

    def expected(self) -> Array:
        """The picture that belongs to the latest outputs, computed apart."""
        return self.view.expected(self.outputs, self._shown())

    def _shown(self) -> Pixels:
        return self.view.request.placement.crop(self.frame)
