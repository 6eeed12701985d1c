"""The five toggles of the original browser tool, in the order in which it applied them.

Each takes and returns a uint8 image, (H, W, 3) RGB or (H, W) grey. The original worked on RGBA and so changed alpha
along with colour, which turned inverted frames black; these work on the colour channels alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from framegate.interfaces import Pixels, Step

DOWNSCALE = 24


def greyscale(image: Pixels) -> Pixels:
    """Luma (``COLOR_RGB2GRAY``): (H, W, 3) to (H, W). A grey image is returned as it is."""
    import cv2

    if image.ndim == 2:
        return image
    return cast("Pixels", cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))


def invert(image: Pixels) -> Pixels:
    """255 - value (``bitwise_not``)."""
    import cv2

    return cast("Pixels", cv2.bitwise_not(image))


def desaturate(image: Pixels) -> Pixels:
    """Cap values at 150 (``threshold(150, 200, THRESH_TRUNC)``)."""
    import cv2

    return cast("Pixels", cv2.threshold(image, 150, 200, cv2.THRESH_TRUNC)[1])


def brightness(image: Pixels) -> Pixels:
    """2 x value + 75, saturated at 255 (``convertScaleAbs(alpha=2, beta=75)``)."""
    import cv2

    return cast("Pixels", cv2.convertScaleAbs(image, alpha=2, beta=75))


def down_upscale(image: Pixels) -> Pixels:
    """Shrink each side to a 24th (``INTER_AREA``, 256 to 10 pixels, at least 1) and back (``INTER_CUBIC``)."""
    import cv2

    height, width = image.shape[:2]
    small = (max(1, width // DOWNSCALE), max(1, height // DOWNSCALE))
    shrunk = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
    return cast("Pixels", cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_CUBIC))


BUILTIN_STEPS: Mapping[str, Step] = {
    "greyscale": greyscale,
    "invert": invert,
    "desaturate": desaturate,
    "brightness": brightness,
    "down-upscale": down_upscale,
}
