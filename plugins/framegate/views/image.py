"""An output that is the picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from framegate.interfaces import Array, Pixels
from framegate.postprocess.base import View, ViewRequest


class ImageView(View):
    """The main output without its batch dimension: (H, W, C) or (1, H, W, C), or the same without C for grey.

    float32 is handed on as it is, without a copy, and so are int32 and uint8 where their range is that of bytes, which
    is how renderers take integers. Everything else is copied to float32.
    """

    shows_values = True

    def __init__(self, request: ViewRequest) -> None:
        super().__init__(request)
        names = ("float32", "int32", "uint8") if request.value_range == (0, 255) else ("float32",)
        self._dtypes = [np.dtype(name) for name in names]

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Array:
        """The picture, of the output's memory if nothing has to be converted."""
        del frame
        values = outputs[self.request.outputs[0]]
        picture = values.reshape(values.shape[-3:])
        return picture if picture.dtype in self._dtypes else picture.astype(np.float32)

    def expected(self, outputs: Mapping[str, Array], frame: Pixels) -> Array:
        """The same."""
        return self(outputs, frame)
