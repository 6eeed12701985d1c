"""An output of which each value is shown as a colour, such as depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np

from framegate.errors import ModelError, UsageError
from framegate.interfaces import Array, Float32, Pixels
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.keys import ViewKeys
from framegate.postprocess.maps import SmoothMap, bilinear
from framegate.postprocess.planes import Scratch, planes


class HeatmapView(View):
    """One channel of an output in the colours of a colour map, over the frame.

    The values that have the first and the last colour are the smallest and the largest that are seen in the frame, or,
    with ``heatmap_range = "fixed"``, the ends of the output's range. NaN has the first colour, and so
    has everything where all values are equal.

    Keys: ``colours``, ``heatmap_range``, ``channel``, ``opacity``, ``channels_first``; see docs/views.md.
    """

    keys = frozenset({"channel", "channels_first", "colours", "heatmap_range", "opacity"})

    def __init__(self, request: ViewRequest) -> None:
        super().__init__(request)
        keys = ViewKeys(request.options, self.keys)
        self._channels_first = keys.flag("channels_first", default=False)
        self._colours = colour_map(keys.raw("colours", "turbo"))
        self._is_fixed = keys.word("heatmap_range", "frame", ("frame", "fixed")) == "fixed"
        self._channel = keys.whole("channel", 0, 0, 9999)
        self._opacity = keys.number("opacity", 1, 0, 1)
        # A level is right if it is one off, as float32 may round it to the next one; another is for the mixing.
        self.tolerance = int(np.abs(np.diff(self._colours.astype(int), axis=0)).max()) + (self._opacity < 1)
        shown = request.placement.shown
        self._levels = np.empty(shown, np.uint8)
        self._heat, self._picture = np.empty((*shown, 3), np.uint8), np.empty((*shown, 3), np.uint8)
        self._smooth = SmoothMap(request.placement)
        self._scratch = Scratch()

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The colours of all values."""
        import cv2

        values = self._values(outputs)
        share = self._smooth(self._shares(values, *self._ends(values)))
        # Without a share below 0, the absolute value that it takes is the value itself.
        levels = cv2.convertScaleAbs(share, dst=self._levels, alpha=255)
        heat = cv2.applyColorMap(levels, self._colours[:, np.newaxis], dst=self._heat)
        if self._opacity == 1:
            return cast("Pixels", heat)
        return cast("Pixels", cv2.addWeighted(heat, self._opacity, frame, 1 - self._opacity, 0, dst=self._picture))

    def expected(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The same in double precision."""
        values = self._values(outputs).astype(np.float64)
        low, high = self._ends(values)
        share = (np.nan_to_num(values, nan=low) - low) / ((high - low) or 1)
        levels = np.rint(255 * bilinear(np.clip(share, 0, 1), self.request.placement)).astype(np.uint8)
        return np.rint(self._colours[levels] * self._opacity + frame * (1 - self._opacity)).astype(np.uint8)

    def page_settings(self, outputs: Mapping[str, Array]) -> Mapping[str, object]:
        """What the spec says, and the colours."""
        del outputs
        return {
            "shown": self.request.placement.shown,
            "channels_first": self._channels_first,
            "fixed": self.request.value_range if self._is_fixed else None,
            "channel": self._channel,
            "colours": self._colours,
            "opacity": self._opacity,
        }

    def _values(self, outputs: Mapping[str, Array]) -> Array:
        channels = planes(outputs, self.request.outputs[0], channels_first=self._channels_first)
        if self._channel >= channels.shape[2]:
            raise ModelError(
                f"channel = {self._channel}, but output {self.request.outputs[0]!r} has {channels.shape[2]} channels,"
                " from 0"
            )
        return channels[..., self._channel]

    def _ends(self, values: Array) -> tuple[float, float]:
        """The values with the first and the last colour."""
        if self._is_fixed:
            return self.request.value_range
        seen = self._smooth.cut(values)
        low, high = float(seen.min()), float(seen.max())
        if np.isfinite(low) and np.isfinite(high):
            return low, high
        numbers = seen[np.isfinite(seen)]
        return (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 0.0)

    def _shares(self, values: Array, low: float, high: float) -> Float32:
        """Where between the ends each value is: 0 to 1."""
        share = self._scratch("share", values.shape)
        with np.errstate(invalid="ignore", over="ignore"):
            np.subtract(values, low, out=share, dtype=np.result_type(values, np.float32), casting="unsafe")
            np.divide(share, (high - low) or 1, out=share)
        # fmax and fmin take the number where the other one is NaN.
        return np.fmin(np.fmax(share, 0, out=share), 1, out=share)


def colour_map(name: object) -> Pixels:
    """A colour map: the colour of each byte, uint8 (256, 3).

    Args:
        name: ``grey``, or a map of OpenCV's.

    Raises:
        UsageError: no colour map has that name.
    """
    import cv2

    levels = np.arange(256, dtype=np.uint8)[:, np.newaxis]
    if name == "grey":
        return levels.repeat(3, axis=1)
    maps = {word.removeprefix("COLORMAP_").lower(): word for word in dir(cv2) if word.startswith("COLORMAP_")}
    if not isinstance(name, str) or name not in maps:
        raise UsageError(f"colours = {name!r:.60} is no colour map; there is: grey, {', '.join(maps)}")
    # OpenCV's colours are blue, green, red.
    return np.ascontiguousarray(cv2.applyColorMap(levels, getattr(cv2, maps[name]))[:, 0, ::-1])
