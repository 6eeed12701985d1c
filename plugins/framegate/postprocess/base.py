"""What a view is: it turns a model's outputs, and the frame, into the picture that is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from framegate.interfaces import Array, Pixels, Range
from framegate.postprocess.placement import InputPlacement


@dataclass(frozen=True)
class ViewRequest:
    """What a view is made for.

    Attributes:
        outputs: names of the outputs that it shows, the main one first.
        placement: where in the shown part of a frame the model's input lies.
        value_range: the values of the main output that are black and full brightness.
        options: the keys of the spec that are the view's own, such as ``palette``.
    """

    outputs: tuple[str, ...]
    placement: InputPlacement
    value_range: Range = (0.0, 1.0)
    options: Mapping[str, object] = field(default_factory=dict)


class View:
    """The base class of views: ``__call__`` is what is measured, and ``expected`` what it is compared with.

    Attributes:
        tolerance: the largest difference between the two that is right, in steps of 1/255.
        keys: the keys of a spec that are its own.
        shows_values: whether the picture's values are those of the main output, and their range decides what is seen.
        request: what it was made for.
    """

    tolerance: int = 0
    keys: ClassVar[frozenset[str]] = frozenset()
    shows_values: ClassVar[bool] = False

    def __init__(self, request: ViewRequest) -> None:
        self.request = request

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Array:
        """The picture that is drawn.

        Args:
            outputs: every output of the model, by name, the batch included.
            frame: what the model sees of the camera's frame, at the frame's own resolution: uint8 RGB (H, W, 3).

        Returns:
            float32 (H, W, 1 | 3 | 4) in the request's range, or uint8 of the same shape from 0 to 255. The next call
            may overwrite it.

        Raises:
            ModelError: the outputs have a shape that the view cannot show.
        """
        raise NotImplementedError

    def expected(self, outputs: Mapping[str, Array], frame: Pixels) -> Array:
        """The same picture, computed as plainly as can be; without it, a view is compared with a new one."""
        return type(self)(self.request)(outputs, frame)

    def page_settings(self, outputs: Mapping[str, Array]) -> Mapping[str, object] | None:
        """What a page's view of the same name is made with; None where pages have no such view.

        Args:
            outputs: those that it shows, of the right shapes and dtypes, but zero.

        Returns:
            What JSON can hold, and arrays of uint8.
        """
        del outputs
        return None


ViewFactory = Callable[[ViewRequest], View]
