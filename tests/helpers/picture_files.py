"""Small files of pictures of the kinds that decoders treat differently, by name: 24x16 pixels without any symmetry."""

import base64
import struct
import zlib
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT, WIDTH = 16, 24
ROWS, COLUMNS = np.mgrid[0:HEIGHT, 0:WIDTH]
RGB = np.stack([COLUMNS * 10, ROWS * 15, 255 - COLUMNS * 5 - ROWS * 5], axis=-1).astype(np.uint8)
ALPHA = np.minimum(COLUMNS * 12 + ROWS, 255).astype(np.uint8)[..., np.newaxis]
WIDE = RGB.astype(np.uint16) * 251 + np.uint16(40)

GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
"""The colour types of PNG."""

# The same picture in four inks, with the marker that Adobe's programs write.
CMYK_JPEG = base64.b64decode(
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwL"
    "CgwJCgoK/8AAFAgAEAAYBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAAB"
    "fQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hp"
    "anN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5"
    "+v/aAA4EQwBNAFkASwAAPwD8i/2Sf+XX8K/NH/h3d/1Av/Idfrh8W/i3/rf9K9e9fv5X6gfsk/8ALr+FH/Du7/qBf+Q6+X/i38W/9b/pXr3o"
    "r9QP2Sf+XX8KP+Hd3/UC/wDIdfL/AMW/i3/rf9K9e9Ffy/8A7JP/AC6/hX7wf8O7v+oF/wCQ6+oPi38W/wDW/wCleveiv1A/ZJ/5dfwo/wCH"
    "d3/UC/8AIdfL/wAW/i3/AK3/AEr170V+oH7JP/Lr+FH/AA7u/wCoF/5Dr5f+Lfxb/wBb/pXr3or/2Q=="
)


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(kind: int, values: NDArray[Any], extra: bytes = b"") -> bytes:
    """A PNG of a colour type, of uint8 or uint16 values (H, W) or (H, W, C); ``extra`` stands before the pixels."""
    depth = values.dtype.itemsize * 8
    height, width = values.shape[:2]
    rows = b"".join(b"\x00" + row.astype(values.dtype.newbyteorder(">")).tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    parts = chunk(b"IHDR", header), extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def exif(orientation: int) -> bytes:
    """EXIF data that say nothing but how a picture is to be turned."""
    return b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0)


def encoded(ending: str, values: NDArray[Any], *options: int) -> bytes:
    """RGB or RGBA, as OpenCV writes it."""
    code = cv2.COLOR_RGB2BGR if values.shape[-1] == 3 else cv2.COLOR_RGBA2BGRA
    return bytes(cv2.imencode(ending, cv2.cvtColor(values, code), options)[1].tobytes())


def turned_jpeg(orientation: int) -> bytes:
    """A JPEG with EXIF data."""
    plain, content = encoded(".jpg", RGB, cv2.IMWRITE_JPEG_QUALITY, 95), b"Exif\x00\x00" + exif(orientation)
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + plain[2:]


def picture_files() -> dict[str, bytes]:
    """Each kind's file."""
    rgba, grey = np.dstack([RGB, ALPHA]), RGB[..., 0]
    colours = np.arange(256, dtype=np.uint8)
    palette = chunk(b"PLTE", np.stack([colours, 255 - colours, colours // 2], axis=-1).tobytes())
    key = struct.pack(">H", int(grey[3, 4]))
    files = {
        "rgb.png": png(COLOUR, RGB),
        "rgba.png": png(COLOUR_ALPHA, rgba),
        "grey.png": png(GREY, grey),
        "grey-alpha.png": png(GREY_ALPHA, np.dstack([grey, ALPHA])),
        "grey-key.png": png(GREY, grey, chunk(b"tRNS", key)),
        "rgb-key.png": png(COLOUR, RGB, chunk(b"tRNS", struct.pack(">HHH", *map(int, RGB[3, 4])))),
        "palette.png": png(PALETTE, grey, palette),
        "palette-alpha.png": png(PALETTE, grey, palette + chunk(b"tRNS", bytes(range(256)))),
        "rgb-16.png": png(COLOUR, WIDE),
        "rgba-16.png": png(COLOUR_ALPHA, np.dstack([WIDE, ALPHA.astype(np.uint16) * 257])),
        "grey-16.png": png(GREY, WIDE[..., 0]),
        "grey-alpha-16.png": png(GREY_ALPHA, np.dstack([WIDE[..., 0], ALPHA.astype(np.uint16) * 257])),
        "cmyk.jpg": CMYK_JPEG,
        "grey.jpg": bytes(cv2.imencode(".jpg", grey)[1].tobytes()),
        "rgb.webp": encoded(".webp", RGB, cv2.IMWRITE_WEBP_QUALITY, 101),
        "rgba.webp": encoded(".webp", rgba, cv2.IMWRITE_WEBP_QUALITY, 101),
        "rgb.bmp": encoded(".bmp", RGB),
    }
    for orientation in range(1, 9):
        files[f"turned-{orientation}.jpg"] = turned_jpeg(orientation)
        files[f"turned-{orientation}.png"] = png(COLOUR, RGB, chunk(b"eXIf", exif(orientation)))
        files[f"turned-alpha-{orientation}.png"] = png(COLOUR_ALPHA, rgba, chunk(b"eXIf", exif(orientation)))
    return files
