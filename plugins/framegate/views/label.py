"""An output that says what the frame shows: the classes with the largest values."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from framegate.errors import ModelError
from framegate.interfaces import Array, Pixels
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.drawing import Tags, page_percents, page_tags, paste
from framegate.postprocess.keys import ViewKeys
from framegate.postprocess.labels import label_of, labels
from framegate.postprocess.maps import Float64
from framegate.postprocess.planes import named_output, written

_TAG = (0, 0, 0)
# In place of infinities, which a softmax would make NaN of.
_LARGEST = 1e30


class LabelView(View):
    """The frame with the names of the classes with the largest values in its corner, and their probabilities.

    The output has a value per class, (1, C): probabilities, or what softmax makes them from if the spec says
    ``logits = true``. NaN comes last, and of equals the class with the smaller number first.

    Keys: ``labels``, ``top``, ``logits``; see docs/views.md.
    """

    keys = frozenset({"labels", "logits", "top"})

    def __init__(self, request: ViewRequest) -> None:
        super().__init__(request)
        keys = ViewKeys(request.options, self.keys)
        self._labels = labels(keys.raw("labels", ()))
        self._count = keys.whole("top", 3, 1, 100)
        self._logits = keys.flag("logits", default=False)
        self._tags = Tags(request.placement.shown)
        self._picture = np.empty((*request.placement.shown, 3), np.uint8)

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The frame, and a line of text per class."""
        values = self._values(outputs)
        best = np.argsort(-values, kind="stable")[: self._count]
        shares = values[best]
        if self._logits:
            shares = np.exp(shares - shares[0]) / np.exp(values - shares[0]).sum()
        np.copyto(self._picture, frame)
        top = 0
        for number, share in zip(best.tolist(), shares.tolist(), strict=True):
            top += self._write(self._picture, top, number, share)
        return self._picture

    def expected(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The same, class by class."""
        values = self._values(outputs).tolist()
        shares = values
        if self._logits:
            powers = [math.exp(value - max(values)) for value in values]
            shares = [power / math.fsum(powers) for power in powers]
        picture, top = frame.copy(), 0
        for number in sorted(range(len(values)), key=lambda number: -values[number])[: self._count]:
            top += self._write(picture, top, number, shares[number])
        return picture

    def page_settings(self, outputs: Mapping[str, Array]) -> Mapping[str, object]:
        """What the spec says, and the text of each class."""
        classes = range(self._values(outputs).size)
        names = [self._tags.tag(label_of(self._labels, number), _TAG) for number in classes]
        return {
            "shown": self.request.placement.shown,
            "top": self._count,
            "logits": self._logits,
            **page_tags("name", names),
            **page_percents(self._tags),
        }

    def _values(self, outputs: Mapping[str, Array]) -> Float64:
        """The value of each class, all of them finite."""
        name = self.request.outputs[0]
        values = named_output(outputs, name)
        if values.dtype.kind not in "biuf" or not values.size:
            raise ModelError(
                f"output {name!r} is {values.dtype.name} {written(values.shape)}; this view needs a number per class,"
                " as in (1, C)"
            )
        return np.nan_to_num(values.ravel().astype(np.float64), nan=-_LARGEST, posinf=_LARGEST, neginf=-_LARGEST)

    def _write(self, picture: Pixels, top: int, number: int, share: float) -> int:
        """Draw a line of text; returns its height."""
        name, percent = self._tags.tag(label_of(self._labels, number), _TAG), self._tags.percent(share)
        paste(picture, name, top, 0)
        paste(picture, percent, top, name.shape[1])
        return max(len(name), len(percent))
