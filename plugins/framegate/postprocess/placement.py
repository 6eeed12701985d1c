"""Where in a frame a model's input lies, and which part of the frame is shown."""

from __future__ import annotations

from dataclasses import dataclass

from framegate.interfaces import Pixels, Size
from framegate.preprocess.fit import between_bars
from framegate.words import Fit


@dataclass(frozen=True)
class InputPlacement:
    """Where in the shown part of a frame the model's input lies.

    The shown part is what the model sees of a frame, at the frame's own resolution. A point of the model's input with
    the coordinates x and y, in pixels from the upper left corner, is at ``left + x * scale_x`` and
    ``top + y * scale_y`` in it.

    Attributes:
        input_size: pixels of the model's input.
        shown: pixels of the shown part.
        left: x of the input's left edge, in pixels of the shown part; negative where the input has bars beside it.
        top: y of the input's upper edge.
        scale_x: pixels of the shown part per pixel of the input, across.
        scale_y: the same, down.
    """

    input_size: Size
    shown: Size
    left: float = 0.0
    top: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0

    @classmethod
    def same(cls, size: Size) -> InputPlacement:
        """The model sees the shown part as it is."""
        return cls(size, size)

    @classmethod
    def of(cls, frame: Size, input_size: Size, fit: Fit) -> InputPlacement:
        """Where a frame lies in a model's input.

        Args:
            frame: the frame's size.
            input_size: pixels of the model's input.
            fit: how the frame is brought to it.
        """
        if fit == "crop":
            return cls.same(input_size)
        top, left, inner = between_bars(frame, input_size) if fit == "letterbox" else (0, 0, input_size)
        scale_x, scale_y = frame.width / inner.width, frame.height / inner.height
        return cls(input_size, frame, -left * scale_x, -top * scale_y, scale_x, scale_y)

    def crop(self, frame: Pixels) -> Pixels:
        """The shown part of a frame, around its centre: a view, not a copy."""
        height, width = frame.shape[:2]
        top, left = (height - self.shown.height) // 2, (width - self.shown.width) // 2
        return frame[top : top + self.shown.height, left : left + self.shown.width]
