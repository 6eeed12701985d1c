"""An output that says where the person is, or whatever stands before the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

import numpy as np

from framegate.errors import ModelError
from framegate.interfaces import Array, Float32, Pixels
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.keys import Colour, ViewKeys
from framegate.postprocess.maps import Float64, SmoothMap, bilinear
from framegate.postprocess.planes import Scratch, planes

Background = Literal["replace", "blur", "tint"]
_GREEN: Colour = (0, 177, 64)
_RED: Colour = (255, 64, 64)
_MOST_BLUR = 60
_FARTHEST = 80.0  # exp of more does not fit into float32


class MaskView(View):
    """The frame with its background replaced, blurred, or with its foreground tinted.

    The output has one channel, how much each pixel is foreground, or one for each class, as background and person.
    Whether they are probabilities or what a sigmoid (one channel) or softmax (several) makes them from is never guessed
    from values: the spec says ``logits = true``. Probabilities are read in the output's range, usually 0 to 1. NaN is
    background.

    Keys: ``background``, ``colour``, ``blur``, ``opacity``, ``foreground``, ``logits``, ``channels_first``; see
    docs/views.md.
    """

    keys = frozenset({"background", "blur", "channels_first", "colour", "foreground", "logits", "opacity"})
    tolerance = 1

    def __init__(self, request: ViewRequest) -> None:
        super().__init__(request)
        keys = ViewKeys(request.options, self.keys)
        self._channels_first = keys.flag("channels_first", default=False)
        self._background: Background = keys.word("background", "replace", ("replace", "blur", "tint"))
        self._colour = keys.colour("colour", _RED if self._background == "tint" else _GREEN)
        self._radius = keys.whole("blur", 12, 1, _MOST_BLUR)
        opacity = keys.number("opacity", 0.5, 0, 1)
        self._opacity = opacity if self._background == "tint" else 1.0
        self._foreground = keys.whole("foreground", None, 0, 9999)
        self._logits = keys.flag("logits", default=False)
        shown = request.placement.shown
        self._plain = np.full((*shown, 3), self._colour, np.uint8)
        self._behind = np.empty(shown, np.float32)
        self._blurred, self._half_blurred = np.empty_like(self._plain), np.empty_like(self._plain)
        self._picture = np.empty_like(self._plain)
        self._scratch = Scratch()
        self._smooth = SmoothMap(request.placement)

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The frame and the background, mixed by what the output says."""
        import cv2

        channels = self._channels(outputs)
        probability = self._probability(channels, self._channel(channels))
        front = self._smooth(probability)
        behind = np.subtract(1, front, out=self._behind)
        foreground, background = self._layers(frame)
        return cast("Pixels", cv2.blendLinear(foreground, background, front, behind, dst=self._picture))

    def expected(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The same in double precision, the blur by sums."""
        channels = self._channels(outputs).astype(np.float64)
        values = channels[..., self._channel(channels)]
        if self._logits:
            others = np.delete(channels, self._channel(channels), axis=2) if channels.shape[2] > 1 else np.zeros(1)
            with np.errstate(invalid="ignore"):
                ahead = values[..., np.newaxis] - others
            behind = np.exp(-_within(ahead, -_FARTHEST, _FARTHEST)).sum(axis=2)
            probability = 1 / (1 + behind)
        else:
            low, high = self.request.value_range
            probability = _within((values - low) / (high - low), 0, 1)
        front = bilinear(probability * self._opacity, self.request.placement)[..., np.newaxis]
        layers = {"replace": (frame, self._plain), "blur": (frame, _blurred(frame, self._radius))}
        foreground, background = layers.get(self._background, (self._plain, frame))
        return np.rint(foreground * front + background * (1 - front)).astype(np.uint8)

    def _channels(self, outputs: Mapping[str, Array]) -> Array:
        return planes(outputs, self.request.outputs[0], channels_first=self._channels_first)

    def page_settings(self, outputs: Mapping[str, Array]) -> Mapping[str, object]:
        """What the spec says, and the colour."""
        del outputs
        return {
            "shown": self.request.placement.shown,
            "channels_first": self._channels_first,
            "range": self.request.value_range,
            "background": self._background,
            "colour": self._colour,
            "blur": self._radius,
            "opacity": self._opacity,
            "foreground": self._foreground,
            "logits": self._logits,
        }

    def _channel(self, channels: Array) -> int:
        count = channels.shape[2]
        channel = (count - 1 if count <= 2 else None) if self._foreground is None else self._foreground
        if channel is None:
            raise ModelError(
                f"output {self.request.outputs[0]!r} has {count} channels; foreground = … in the spec says which of"
                " them, from 0, is the foreground"
            )
        if channel >= count:
            raise ModelError(
                f"foreground = {channel}, but output {self.request.outputs[0]!r} has {count} channels, from 0"
            )
        return channel

    def _probability(self, channels: Array, channel: int) -> Float32:
        """How much each pixel of the map is shown as foreground."""
        values = channels[..., channel]
        total = self._scratch("total", values.shape)
        with np.errstate(invalid="ignore", over="ignore"):
            if self._logits:
                self._exponentials(channels, channel, total)
                return np.divide(self._opacity, total, out=total)
            low, high = self.request.value_range
            np.subtract(values, low, out=total, dtype=np.result_type(values, np.float32), casting="unsafe")
            np.divide(total, high - low, out=total)
        # fmax and fmin take the number where the other one is NaN.
        np.fmin(np.fmax(total, 0, out=total), 1, out=total)
        return np.multiply(total, self._opacity, out=total)

    def _exponentials(self, channels: Array, channel: int, total: Array) -> None:
        """The sum of all exponentials as seen from the foreground's: 1 / it is sigmoid of one channel, or softmax."""
        values, behind = channels[..., channel], self._scratch("behind", total.shape)
        total.fill(1)
        others = [channels[..., other] for other in range(channels.shape[2]) if other != channel]
        for other in others or [np.zeros(1)]:
            # In the output's own precision: the largest float64 of float32's range is none of float32.
            np.subtract(values, other, out=behind, dtype=np.result_type(values, np.float32), casting="unsafe")
            np.fmin(np.fmax(behind, -_FARTHEST, out=behind), _FARTHEST, out=behind)
            np.exp(np.negative(behind, out=behind), out=behind)
            np.add(total, behind, out=total)

    def _layers(self, frame: Pixels) -> tuple[Pixels, Pixels]:
        """What is shown where the output is 1, and where it is 0."""
        import cv2

        if self._background == "replace":
            return frame, self._plain
        if self._background == "tint":
            return self._plain, frame
        side = 2 * self._radius + 1
        cv2.blur(frame, (side, side), dst=self._half_blurred, borderType=cv2.BORDER_REPLICATE)
        cv2.blur(self._half_blurred, (side, side), dst=self._blurred, borderType=cv2.BORDER_REPLICATE)
        return frame, self._blurred


def _within(values: Float64, low: float, high: float) -> Float64:
    """Values limited to a range, NaN as its lower end."""
    return np.clip(np.where(np.isnan(values), low, values), low, high)


def _blurred(frame: Pixels, radius: int) -> Pixels:
    """The mean of the square around each pixel, taken twice; beyond an edge lies its last pixel."""
    side = 2 * radius + 1
    picture = frame
    for _ in range(2):
        sums = np.pad(picture.astype(np.int64), ((radius,) * 2, (radius,) * 2, (0, 0)), "edge")
        for axis in (0, 1):
            sums = np.cumsum(np.insert(sums, 0, 0, axis=axis), axis=axis)
            ends = np.arange(side, sums.shape[axis])
            sums = np.take(sums, ends, axis=axis) - np.take(sums, ends - side, axis=axis)
        picture = np.rint(sums / side**2).astype(np.uint8)
    return picture
