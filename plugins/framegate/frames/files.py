"""Pictures to files."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np

from framegate.errors import FrameError, UsageError
from framegate.files import writable_file
from framegate.interfaces import Pixels

# ITU-R BT.709: the share of each colour in the luminance; the divisors bring the differences to -0.5 .. 0.5.
_LUMA = np.array([0.2126, 0.7152, 0.0722])
_BLUE, _RED = (np.array([0, 0, 1]) - _LUMA) / 1.8556, (np.array([1, 0, 0]) - _LUMA) / 1.5748

_BT709 = np.column_stack([np.stack([219 * _LUMA, 224 * _BLUE, 224 * _RED]) / 255, [16, 128, 128]])
"""RGB and 1 to Y, Cb and Cr of BT.709 in limited range: 16..235, and 16..240 about 128."""


def write_png(path: Path, picture: Pixels) -> None:
    """Write uint8 RGB (H, W, 3), RGBA (H, W, 4) or grey (H, W) to a PNG file; missing folders are made.

    Raises:
        FrameError: the file cannot be written.
    """
    import cv2

    code = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}.get(picture.shape[-1]) if picture.ndim == 3 else None
    _, data = cv2.imencode(".png", picture if code is None else cv2.cvtColor(picture, code))
    with writable_file(path, "picture") as file:
        file.write(data.tobytes())


def write_y4m(path: Path, pictures: Iterable[Pixels], rate: float) -> int:
    """Write pictures to an uncompressed video, as a browser's fake camera plays it; missing folders are made.

    The colours are those of BT.709 in limited range, with one colour for two by two pixels (``C420jpeg``): 1.5 bytes
    per pixel and picture. The format has no place to say so: Chromium takes them for that where it draws by a GPU or
    by SwiftShader (``--use-angle=swiftshader``), and for BT.601 where it has neither, as FFmpeg and so OpenCV do.

    Args:
        path: the file, which ends in ``.y4m``.
        pictures: RGB, uint8 (H, W, 3), of one size, whose sides are even; each is asked for when the last is written.
        rate: pictures per second, 0.001 or more.

    Returns:
        Number of pictures.

    Raises:
        UsageError: the rate is no such number, a side is odd, or there is no picture.
        FrameError: pictures differ in size, or the file cannot be written.
    """
    if not (math.isfinite(rate) and rate >= 0.001):
        raise UsageError(f"a video of {rate} pictures per second cannot be; give 0.001 or more")
    count, size = 0, (0, 0)
    with writable_file(path, "video") as file:
        for picture in pictures:
            height, width = picture.shape[:2]
            if count == 0:
                if height % 2 or width % 2:
                    raise UsageError(f"a picture of {width}x{height} pixels cannot be in 4:2:0; give even sides")
                size = (height, width)
                file.write(_y4m_header(width, height, rate))
            if (height, width) != size:
                raise FrameError(f"{path}: pictures change from {size} to {(height, width)}; give all of them one size")
            file.write(b"FRAME\n")
            file.write(_i420(picture))
            count += 1
        if count == 0:
            raise UsageError(f"{path}: a video of no pictures; give one or more")
    return count


def _y4m_header(width: int, height: int, rate: float) -> bytes:
    per_second = Fraction(rate).limit_denominator(1001)  # which 30000/1001 is exact in
    return (
        f"YUV4MPEG2 W{width} H{height} F{per_second.numerator}:{per_second.denominator}"
        " Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n"
    ).encode()


def _i420(picture: Pixels) -> bytes:
    """Y of every pixel, then Cb and Cr of every two by two, of BT.709 in limited range."""
    import cv2

    luma = cv2.transform(picture, _BT709[:1])
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    blue, red = cv2.split(cv2.transform(small, _BT709[1:]))
    return luma.tobytes() + blue.tobytes() + red.tobytes()
