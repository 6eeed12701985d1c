"""An output that is the picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from framegate.interfaces import Array, Pixels
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.keys import ViewKeys
from framegate.postprocess.planes import Scratch, planes, red_first


class ImageView(View):
    """The main output without its batch dimension: (H, W, C) or (1, H, W, C), or the same without C for grey.

    float32 is handed on as it is, without a copy, and so are int32 and uint8 where their range is that of bytes, which
    is how renderers take integers. Everything else is copied to float32, and so are channels that come first, or blue
    before red.

    Keys: ``channels_first``, ``output_order``; see docs/views.md.
    """

    keys = frozenset({"channels_first", "output_order"})
    shows_values = True

    def __init__(self, request: ViewRequest) -> None:
        super().__init__(request)
        names = ("float32", "int32", "uint8") if request.value_range == (0, 255) else ("float32",)
        keys = ViewKeys(request.options, self.keys)
        self._channels_first = keys.flag("channels_first", default=False)
        self._is_bgr = keys.word("output_order", "rgb", ("rgb", "bgr")) == "bgr"
        self._scratch = Scratch()
        self._dtypes = [np.dtype(name) for name in names]

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Array:
        """The picture: a view of the output's memory where nothing has to be converted."""
        del frame
        picture = self._planes(outputs)
        if self._is_ready(picture):
            return picture
        copied = self._scratch("picture", picture.shape)
        np.copyto(copied, picture, casting="unsafe")
        return copied

    def expected(self, outputs: Mapping[str, Array], frame: Pixels) -> Array:
        """The same."""
        del frame
        picture = self._planes(outputs)
        return picture if self._is_ready(picture) else picture.astype(np.float32)

    def page_settings(self, outputs: Mapping[str, Array]) -> Mapping[str, object]:
        """What the spec says."""
        del outputs
        return {"channels_first": self._channels_first, "is_bgr": self._is_bgr}

    def _planes(self, outputs: Mapping[str, Array]) -> Array:
        picture = planes(outputs, self.request.outputs[0], channels_first=self._channels_first)
        return red_first(picture, is_bgr=self._is_bgr)

    def _is_ready(self, picture: Array) -> bool:
        return picture.dtype in self._dtypes and not (self._channels_first or self._is_bgr)
