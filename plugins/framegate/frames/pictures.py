"""Pictures from the bytes of a file, as ``tf.browser.fromPixels`` has them of the same file in Chromium."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from framegate.interfaces import Pixels

_JPEG, _PNG, _WEBP = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"

_UNREAD = (
    (4, b"ftyphei", "HEIC"),
    (4, b"ftyphev", "HEIC"),
    (4, b"ftypmif1", "HEIF"),
    (4, b"ftypmsf1", "HEIF"),
    (0, b"\xff\x0a", "JPEG XL"),
    (4, b"JXL \r\n\x87\n", "JPEG XL"),
    (4, b"ftypcrx ", "CR3 raw"),
    (8, b"CR\x02", "CR2 raw"),
    (0, b"FUJIFILMCCD-RAW", "RAF raw"),
    (0, b"8BPS", "Photoshop"),
    (0, b"%PDF", "PDF"),
    (0, b"\x00\x00\x01\x00", "ICO"),
)
"""Where a file says of itself that it is of a kind that OpenCV does not read."""

_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
"""By which the transparency of an AVIF picture is named."""
_CICP_AS_SRGB = {(1, 13), (2, 2)}
"""Primaries and transfer of sRGB, and of what says neither."""
_SCREEN_GAMMA, _GAMMA_STEP = 45455, 1000
"""What a PNG writes for the gamma of sRGB, times 100,000, and how far from it nobody sees."""

_TURNS: Mapping[int, Callable[[NDArray[Any]], NDArray[Any]]] = {
    2: lambda values: values[:, ::-1],
    3: lambda values: values[::-1, ::-1],
    4: lambda values: values[::-1],
    5: lambda values: values.swapaxes(0, 1),
    6: lambda values: np.rot90(values, -1),
    7: lambda values: values[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}
"""What EXIF's orientation asks for."""


def unread_kind(data: bytes) -> str | None:
    """The kind of picture that a file's first bytes name, if it is one that OpenCV does not read."""
    text = data.lstrip()
    is_svg = text.startswith(b"<svg") or (text.startswith(b"<?xml") and b"<svg" in text)
    named = (kind for at, magic, kind in _UNREAD if data[at : at + len(magic)] == magic)
    return "SVG" if is_svg else next(named, None)


def unlike_browsers(data: bytes) -> str | None:
    """What a picture is that OpenCV and browsers show differently; None for what `decode_picture` has right."""
    if not _is_avif(data):
        return None
    about = dict(_boxes(data)).get(b"meta", b"")
    if any(name in about for name in _ALPHA):
        return "transparent"
    turn = about.partition(b"irot")[2][:1]
    return "turned" if b"imir" in about or (turn and turn[0] % 4) else None


def colours_meant(data: bytes) -> str | None:
    """What a picture says of its colours that a browser heeds and `decode_picture` does not; None for sRGB."""
    import cv2

    chunks = dict(_png_chunks(data))
    if b"cICP" in chunks:
        return None if tuple(chunks[b"cICP"][:2]) in _CICP_AS_SRGB else "a colour space"
    # An older OpenCV has no way to ask.
    kind = getattr(cv2, "IMAGE_METADATA_ICCP", None)
    if kind is not None:
        _, kinds, contents = cv2.imdecodeWithMetadata(np.frombuffer(data, np.uint8), flags=cv2.IMREAD_UNCHANGED)
        profile = next(
            (np.asarray(content).tobytes() for place, content in zip(kinds, contents, strict=True) if place == kind),
            b"",
        )
        if profile:
            return None if b"sRGB" in profile.replace(b"\0", b"") else "a colour profile"
    if b"gAMA" not in chunks or b"sRGB" in chunks:
        return None
    return None if abs(int.from_bytes(chunks[b"gAMA"]) - _SCREEN_GAMMA) <= _GAMMA_STEP else "a gamma"


def decode_picture(data: bytes) -> Pixels | None:
    """PNG, JPEG or another format that OpenCV knows, as RGB uint8 (H, W, 3); None if the bytes are no picture.

    It is turned as its EXIF data say, where browsers turn it too: in JPEG and PNG. What is transparent is black, and
    what shines through has lost the bits that a canvas takes from it. Of 16 bits the upper eight count. Colour
    profiles and gamma are not applied, which `colours_meant` tells.
    """
    import cv2

    if not data:
        return None
    encoded = np.frombuffer(data, np.uint8)
    unturned = cv2.IMREAD_IGNORE_ORIENTATION if data.startswith(_WEBP) or _is_avif(data) else 0
    bgr = cv2.imdecode(encoded, cv2.IMREAD_COLOR | unturned)
    if bgr is None:
        return None
    # JPEG has no alpha, and need not be decoded twice.
    whole = None if data.startswith(_JPEG) else cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
    if whole is not None and whole.ndim == 3 and whole.shape[2] == 4:
        turn = _TURNS.get(_png_orientation(data))
        bgra = _bytes(whole if turn is None else turn(whole))
        bgr = _of_canvas(bgra[..., :3], bgra[..., 3:], truncates=data.startswith(_WEBP))
    elif whole is not None and whole.ndim == 2 and (hidden := _hidden_grey(data)) is not None:
        turn = _TURNS.get(_png_orientation(data), np.asarray)
        bgr = np.where(turn(whole == hidden)[..., np.newaxis], np.uint8(0), bgr)
    return cast("Pixels", cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


def _bytes(values: NDArray[Any]) -> Pixels:
    eight = values >> 8 if values.dtype == np.uint16 else values
    return cast("Pixels", np.ascontiguousarray(eight, np.uint8))


def _of_canvas(colours: Pixels, alpha: Pixels, *, truncates: bool) -> Pixels:
    """Colours as a canvas gives them back: it keeps them multiplied by alpha, in bytes.

    Args:
        colours: uint8 (H, W, 3).
        alpha: uint8 (H, W, 1).
        truncates: whether the product is rounded down, as WebP's decoder does, and not to the nearest byte.
    """
    if alpha.min() == 255:
        return np.ascontiguousarray(colours)
    product, opacity = colours.astype(np.uint32) * alpha, np.maximum(alpha, 1).astype(np.uint32)
    kept = (product + (0 if truncates else 127)) // 255
    return cast("Pixels", np.minimum((kept * 255 + opacity // 2) // opacity, 255).astype(np.uint8))


def _hidden_grey(data: bytes) -> int | None:
    """The one level of a grey PNG that is transparent, as OpenCV decodes it; it decodes the others' alpha itself."""
    chunks = dict(_png_chunks(data))
    if b"tRNS" not in chunks or len(chunks[b"tRNS"]) != 2:
        return None
    depth = chunks[b"IHDR"][8]
    (level,) = struct.unpack(">H", chunks[b"tRNS"])
    return int(level * 255 // (2**depth - 1) if depth < 8 else level)


def _png_orientation(data: bytes) -> int:
    """The orientation, 1 to 8, in a PNG's EXIF data; 1 if no orientation can be read."""
    exif = next((content for kind, content in _png_chunks(data) if kind == b"eXIf"), b"")
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(exif[:4])
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4) if order else (0,)
        (count,) = struct.unpack_from(f"{order}H", exif, start) if order else (0,)
        for index in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, start + 2 + 12 * index)
            if tag == 0x112:
                return int(value)
    except struct.error:
        pass
    return 1


def _is_avif(data: bytes) -> bool:
    return data[4:12] in {b"ftypavif", b"ftypavis"}


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each outer box of an AVIF file that is whole."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length < 8:  # of the last box, or of one that is larger than a picture
            return
        yield kind, data[at + 8 : at + length]
        at += length


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk that is whole; none if it is no PNG."""
    at = len(_PNG) if data.startswith(_PNG) else len(data)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
