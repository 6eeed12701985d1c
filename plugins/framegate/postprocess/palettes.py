"""Colours of classes, by name or as the spec lists them."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Mapping

import numpy as np

from framegate.errors import UsageError
from framegate.interfaces import Pixels
from framegate.postprocess.keys import is_colour

_CITYSCAPES = (
    (128, 64, 128), (244, 35, 232), (70, 70, 70), (102, 102, 156), (190, 153, 153), (153, 153, 153), (250, 170, 30),
    (220, 220, 0), (107, 142, 35), (152, 251, 152), (70, 130, 180), (220, 20, 60), (255, 0, 0), (0, 0, 142), (0, 0, 70),
    (0, 60, 100), (0, 80, 100), (0, 0, 230), (119, 11, 32),
)  # fmt: skip
_HUES = 1024
_GOLDEN = (5**0.5 - 1) / 2
"""Share of the circle from a hue to the next: turned by it, none comes near an earlier one, however many there are."""


def palette(value: object) -> Pixels:
    """The colours of a palette, one per class: uint8 (classes, 3).

    Args:
        value: ``voc`` (256 colours, the first of them black), ``cityscapes`` (19), ``hues`` (1,024), or a list of
            colours such as [[0, 0, 0], [255, 128, 0]].

    Raises:
        UsageError: it is none of these.
    """
    if isinstance(value, str) and value in _NAMED:
        return _NAMED[value]()
    if isinstance(value, list | tuple) and value and all(map(is_colour, value)):
        return np.array(value, np.uint8)
    raise UsageError(
        f"palette = {value!r:.60} is neither one of {', '.join(_NAMED)} nor a list of colours such as [[0, 0, 0],"
        " [255, 128, 0]]; see docs/views.md"
    )


def _voc() -> Pixels:
    """Every third bit of a class' number belongs to one colour; the lowest bits are the colours' highest."""
    numbers = np.arange(256)
    colours = np.zeros((256, 3), np.uint8)
    for bit in range(8):
        for channel in range(3):
            colours[:, channel] |= ((numbers >> (3 * bit + channel) & 1) << (7 - bit)).astype(np.uint8)
    return colours


def _hues() -> Pixels:
    """Hues that are far from those of the classes before."""
    colours = [colorsys.hsv_to_rgb(number * _GOLDEN % 1, 0.8, 1) for number in range(_HUES)]
    return np.array(np.rint(np.array(colours) * 255), np.uint8)


_NAMED: Mapping[str, Callable[[], Pixels]] = {
    "voc": _voc,
    "cityscapes": lambda: np.array(_CITYSCAPES, np.uint8),
    "hues": _hues,
}
