"""An output that says of which class each pixel is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np

from framegate.errors import ModelError
from framegate.interfaces import Array, Pixels, Size
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.keys import ViewKeys
from framegate.postprocess.maps import Indices, NearestMap, nearest
from framegate.postprocess.palettes import palette
from framegate.postprocess.planes import Scratch, planes


class ClassesView(View):
    """The frame with the colour of its class over each pixel.

    An output with several channels has a value per class, of which the largest wins, and the first one of equals. An
    output with one channel holds the number of the class itself, as an integer or as a float that is whole.

    Keys: ``palette``, ``opacity``, ``transparent``, ``channels_first``; see docs/views.md.
    """

    keys = frozenset({"channels_first", "opacity", "palette", "transparent"})
    tolerance = 1

    def __init__(self, request: ViewRequest) -> None:
        super().__init__(request)
        keys = ViewKeys(request.options, self.keys)
        self._channels_first = keys.flag("channels_first", default=False)
        self._palette = palette(keys.raw("palette", "voc"))
        self._opacity = keys.number("opacity", 0.5, 0, 1)
        self._transparent = keys.wholes("transparent")
        self._is_clear = np.zeros(len(self._palette), np.uint8)
        self._is_clear[[number for number in self._transparent if number < len(self._palette)]] = 255
        self._colours_here, self._clear_here = NearestMap(request.placement), NearestMap(request.placement)
        self._picture = np.empty((*request.placement.shown, 3), np.uint8)
        self._scratch = Scratch()

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The frame and the classes' colours, mixed."""
        import cv2

        classes = self._classes(outputs)
        shape = classes.shape
        # Without mode="clip", numpy writes to an array of its own first.
        colours = np.take(self._palette, classes, 0, out=self._scratch("colours", (*shape, 3), np.uint8), mode="clip")
        shown, weight = self._colours_here(colours), self._opacity
        picture = cv2.addWeighted(shown, weight, frame, 1 - weight, 0, dst=self._picture)
        if self._transparent:
            clear = np.take(self._is_clear, classes, out=self._scratch("clear", shape, np.uint8), mode="clip")
            cv2.copyTo(frame, self._clear_here(clear), dst=picture)
        return cast("Pixels", picture)

    def expected(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The same in double precision."""
        channels = planes(outputs, self.request.outputs[0], channels_first=self._channels_first).astype(np.float64)
        classes = channels.argmax(axis=2) if channels.shape[2] > 1 else np.rint(channels[..., 0]).astype(np.intp)
        rows, columns = nearest(self.request.placement, Size(*classes.shape))
        classes = classes[rows][:, columns]
        mixed = np.rint(self._palette[classes] * self._opacity + frame * (1 - self._opacity)).astype(np.uint8)
        return np.where(np.isin(classes, self._transparent)[..., np.newaxis], frame, mixed)

    def page_settings(self, outputs: Mapping[str, Array]) -> Mapping[str, object]:
        """What the spec says, and the colours."""
        del outputs
        return {
            "shown": self.request.placement.shown,
            "channels_first": self._channels_first,
            "palette": self._palette,
            "opacity": self._opacity,
            "transparent": self._transparent,
        }

    def _classes(self, outputs: Mapping[str, Array]) -> Indices:
        """The class of each pixel of the map.

        Raises:
            ModelError: there is a class without a colour.
        """
        channels = planes(outputs, self.request.outputs[0], channels_first=self._channels_first)
        height, width, count = channels.shape
        classes = self._scratch("classes", (height, width), np.intp)
        if count > 1:
            self._require(0, count - 1)
            return np.argmax(channels, axis=2, out=classes)
        values = channels[..., 0]
        if values.dtype.kind == "f":
            values = np.rint(values, out=self._scratch("whole", values.shape, np.float64))
        self._require(values.min(), values.max())
        np.copyto(classes, values, casting="unsafe")
        return classes

    def _require(self, lowest: float, highest: float) -> None:
        if not (lowest >= 0 and highest < len(self._palette)):
            raise ModelError(
                f"output {self.request.outputs[0]!r} has classes from {lowest:g} to {highest:g}, and the palette has"
                f" {len(self._palette)} colours, from 0; palette = … in the spec names or lists others"
            )
