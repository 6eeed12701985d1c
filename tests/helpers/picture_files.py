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
        "rgb.avif": encoded(".avif", RGB, cv2.IMWRITE_AVIF_QUALITY, 100),
        "srgb-profile.jpg": jpeg_with_profile(icc_profile("sRGB by hand", SRGB)),
        "gamma-of-screens.png": png(COLOUR, RGB, chunk(b"gAMA", struct.pack(">I", 45455))),
        "srgb-cicp.png": png(COLOUR, RGB, chunk(b"cICP", bytes([1, 13, 0, 1]))),
    }
    for orientation in range(1, 9):
        files[f"turned-{orientation}.jpg"] = turned_jpeg(orientation)
        files[f"turned-{orientation}.png"] = png(COLOUR, RGB, chunk(b"eXIf", exif(orientation)))
        files[f"turned-alpha-{orientation}.png"] = png(COLOUR_ALPHA, rgba, chunk(b"eXIf", exif(orientation)))
    return files


SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
WIDER = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
"""XYZ of red, green and blue, as ICC profiles have them: of sRGB, and of a space with more greens."""
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""Exponent, and the numbers of both pieces of the curve."""


def icc_profile(name: str, primaries: tuple[tuple[float, ...], ...]) -> bytes:
    """An ICC profile of a screen with sRGB's curve."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    white = (0.9642, 1.0, 0.8249)
    text = b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name.encode() + bytes(1 + 78)
    curve = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + fixed(*SRGB_CURVE)
    parts = {b"desc": text, b"cprt": b"text\0\0\0\0none\0", b"wtpt": b"XYZ \0\0\0\0" + fixed(*white)}
    for letter, values in zip("rgb", primaries, strict=True):
        parts |= {f"{letter}XYZ".encode(): b"XYZ \0\0\0\0" + fixed(*values), f"{letter}TRC".encode(): curve}
    table, body = struct.pack(">I", len(parts)), b""
    for kind, content in parts.items():
        table += kind + struct.pack(">II", 132 + 12 * len(parts) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(
        ">I4sI4s4s4s12x4s", 128 + len(table) + len(body), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp"
    )
    return head + bytes(68 - len(head)) + fixed(*white) + bytes(48) + table + body


def jpeg_with_profile(profile: bytes) -> bytes:
    """A JPEG with an ICC profile."""
    plain, content = encoded(".jpg", RGB, cv2.IMWRITE_JPEG_QUALITY, 95), b"ICC_PROFILE\0\x01\x01" + profile
    return plain[:2] + b"\xff\xe2" + struct.pack(">H", len(content) + 2) + content + plain[2:]


def avif_with(box: bytes) -> bytes:
    """An AVIF picture with one more property, such as that it is to be turned."""
    data = bytearray(encoded(".avif", RGB, cv2.IMWRITE_AVIF_QUALITY, 100))
    # The property goes behind the others, and its number to the end of the picture's list.
    end_of_list, pixels = data.index(b"mdat") - 4, data.index(b"iloc") + 18
    at = data.index(b"ipma")
    count = int.from_bytes(data[data.index(b"ipco") - 4 : data.index(b"ipco")])
    data[end_of_list:end_of_list] = bytes(
        [0x80 | 1 + _count_boxes(bytes(data[data.index(b"ipco") + 4 :][: count - 8]))]
    )
    data[at + 14] += 1
    data[at - 4 : at - 4] = box
    for kind, more in ((b"meta", len(box) + 1), (b"iprp", len(box) + 1), (b"ipco", len(box)), (b"ipma", 1)):
        start = data.index(kind) - 4
        data[start : start + 4] = struct.pack(">I", int.from_bytes(data[start : start + 4]) + more)
    data[pixels : pixels + 4] = struct.pack(">I", int.from_bytes(data[pixels : pixels + 4]) + len(box) + 1)
    return bytes(data)


def _count_boxes(content: bytes) -> int:
    at = count = 0
    while at < len(content):
        at, count = at + int.from_bytes(content[at : at + 4]), count + 1
    return count


def refused_files() -> dict[str, bytes]:
    """AVIF pictures that browsers show otherwise than OpenCV does."""
    return {
        "turned.avif": avif_with(struct.pack(">I4sB", 9, b"irot", 1)),
        "mirrored.avif": avif_with(struct.pack(">I4sB", 9, b"imir", 1)),
        "transparent.avif": encoded(".avif", np.dstack([RGB, ALPHA]), cv2.IMWRITE_AVIF_QUALITY, 100),
    }


def coloured_files() -> dict[str, bytes]:
    """Pictures that say of their colours what is not applied."""
    profile = icc_profile("wider", WIDER)
    return {
        "profile.jpg": jpeg_with_profile(profile),
        "profile.png": png(COLOUR, RGB, chunk(b"iCCP", b"wider\0\0" + zlib.compress(profile))),
        "gamma.png": png(COLOUR, RGB, chunk(b"gAMA", struct.pack(">I", 100000))),
        "cicp.png": png(COLOUR, RGB, chunk(b"cICP", bytes([12, 13, 0, 1]))),
    }
