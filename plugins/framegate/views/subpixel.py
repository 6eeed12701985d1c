"""An output whose channels are the pixels of a larger picture."""

from __future__ import annotations

from collections.abc import Mapping
from math import isqrt

import numpy as np

from framegate.errors import ModelError
from framegate.interfaces import Array, Float32, Pixels
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.keys import ViewKeys
from framegate.postprocess.planes import Scratch, planes, red_first


class SubpixelView(View):
    """The output with each pixel's channels as a square of pixels, as TF's ``depth_to_space`` does.

    The square's size follows from the channels: 12, 27 and 48 are a picture with three channels, 2, 3 and 4 times as
    large, and 4, 9 and 16 are a grey one.

    Keys: ``channels_first``, ``output_order``; see docs/views.md.
    """

    keys = frozenset({"channels_first", "output_order"})
    shows_values = True

    def __init__(self, request: ViewRequest) -> None:
        super().__init__(request)
        keys = ViewKeys(request.options, self.keys)
        self._channels_first = keys.flag("channels_first", default=False)
        self._is_bgr = keys.word("output_order", "rgb", ("rgb", "bgr")) == "bgr"
        self._scratch = Scratch()

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Float32:
        """The larger picture, in the output's range."""
        del frame
        values = planes(outputs, self.request.outputs[0], channels_first=self._channels_first)
        height, width, count = values.shape
        block, channels = self._block(count)
        picture = self._scratch("picture", (height * block, width * block, channels))
        blocks = values.reshape(height, width, block, block, channels).transpose(0, 2, 1, 3, 4)
        if self._is_bgr and channels > 1:
            blocks = blocks[..., ::-1]
        np.copyto(picture.reshape(height, block, width, block, channels), blocks, casting="unsafe")
        return picture

    def expected(self, outputs: Mapping[str, Array], frame: Pixels) -> Float32:
        """The same, one place of the square after another."""
        del frame
        values = planes(outputs, self.request.outputs[0], channels_first=self._channels_first)
        height, width, count = values.shape
        block, channels = self._block(count)
        picture = np.zeros((height * block, width * block, channels), np.float32)
        for place in range(block * block):
            part = values[..., place * channels : (place + 1) * channels]
            picture[place // block :: block, place % block :: block] = red_first(part, is_bgr=self._is_bgr)
        return picture

    def page_settings(self, outputs: Mapping[str, Array]) -> Mapping[str, object]:
        """How many channels the picture has."""
        values = planes(outputs, self.request.outputs[0], channels_first=self._channels_first)
        channels = self._block(values.shape[2])[1]
        return {"channels": channels, "channels_first": self._channels_first, "is_bgr": self._is_bgr}

    def _block(self, count: int) -> tuple[int, int]:
        """Side of the square, and channels of the picture."""
        for channels in (3, 1):
            side = isqrt(count // channels)
            if side * side * channels == count:
                return side, channels
        raise ModelError(
            f"output {self.request.outputs[0]!r} has {count} channels, which are no squares of pixels: 4, 9, 16 … for"
            " a grey picture, 12, 27, 48 … for one with colours"
        )
