"""Pictures of every kind, from the bytes of their files; tests/browser compares them with Chromium's."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from picture_files import (
    ALPHA,
    COLOUR_ALPHA,
    GREY_ALPHA,
    HEIGHT,
    RGB,
    WIDE,
    WIDTH,
    coloured_files,
    picture_files,
    png,
    refused_files,
)

from framegate.errors import FrameError
from framegate.frames.pictures import decode_picture
from framegate.frames.sources import open_frames
from framegate.interfaces import Pixels

FILES = picture_files()
TURNED = {
    1: RGB,
    2: RGB[:, ::-1],
    3: RGB[::-1, ::-1],
    4: RGB[::-1],
    5: RGB.swapaxes(0, 1),
    6: RGB[::-1].swapaxes(0, 1),
    7: RGB[::-1, ::-1].swapaxes(0, 1),
    8: RGB.swapaxes(0, 1)[::-1],
}


def decoded(data: bytes) -> Pixels:
    found = decode_picture(data)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ((200, 100, 50, 255), (200, 100, 50)),
        ((200, 100, 50, 0), (0, 0, 0)),
        ((200, 100, 50, 128), (199, 100, 50)),
        ((200, 100, 50, 1), (255, 0, 0)),
        ((255, 255, 255, 7), (255, 255, 255)),
    ],
)
def test_what_shines_through_has_lost_the_bits_that_a_canvas_takes(
    given: tuple[int, ...], shown: tuple[int, ...]
) -> None:
    assert tuple(decoded(png(COLOUR_ALPHA, np.full((2, 3, 4), given, np.uint8)))[1, 2]) == shown
    grey = decoded(png(GREY_ALPHA, np.full((2, 3, 2), (given[0], given[3]), np.uint8)))[1, 2]
    assert tuple(grey) == (shown[0],) * 3


def test_the_hidden_colours_of_a_transparent_picture_are_not_shown() -> None:
    hidden = decoded(FILES["rgba.png"])[ALPHA[..., 0] == 0]
    assert hidden.size > 0
    assert not hidden.any()


def test_a_level_or_colour_that_stands_for_transparent_is_black() -> None:
    for name in ("grey-key.png", "rgb-key.png"):
        found = decoded(FILES[name])
        assert found[3, 4].tolist() == [0, 0, 0]
        assert found[3, 5].any()


@pytest.mark.parametrize("ending", ["png", "jpg"])
@pytest.mark.parametrize("orientation", TURNED)
def test_pictures_are_turned_as_their_data_ask(orientation: int, ending: str) -> None:
    found = decoded(FILES[f"turned-{orientation}.{ending}"])
    assert found.shape == TURNED[orientation].shape
    assert np.abs(found.astype(int) - TURNED[orientation]).mean() < (1 if ending == "png" else 12)


@pytest.mark.parametrize("orientation", TURNED)
def test_what_is_transparent_turns_with_it(orientation: int) -> None:
    upright, turned = decoded(FILES["rgba.png"]), decoded(FILES[f"turned-alpha-{orientation}.png"])
    assert sorted(map(tuple, upright.reshape(-1, 3))) == sorted(map(tuple, turned.reshape(-1, 3)))
    bright = np.abs(turned.astype(int) - TURNED[orientation]).max(axis=2) <= 8
    assert bright.mean() > 0.5  # where it is not transparent, that is


def test_the_upper_eight_of_sixteen_bits_count() -> None:
    np.testing.assert_array_equal(decoded(FILES["rgb-16.png"]), WIDE >> 8)


@pytest.mark.parametrize("cut", range(0, 40, 3))
def test_exif_data_that_are_cut_turn_nothing(cut: int) -> None:
    whole = FILES["turned-alpha-6.png"]
    at = whole.index(b"eXIf")
    content = whole[at + 4 : at + 30][:cut]
    data = whole[: at - 4] + struct.pack(">I", len(content)) + b"eXIf" + content + bytes(4) + whole[at + 34 :]
    found = decode_picture(data)
    assert found is None or found.shape in ((HEIGHT, WIDTH, 3), (WIDTH, HEIGHT, 3))


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1", "HEIF"),
        (b"\xff\x0a\xfa\x1f", "JPEG XL"),
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "CR2 raw"),
        (b"8BPS\x00\x01", "Photoshop"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x00\x01\x00\x01\x00", "ICO"),
        (b"  <svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?>\n<!-- made by hand -->\n<svg/>", "SVG"),
    ],
)
def test_kinds_that_cannot_be_read_are_refused_by_name(tmp_path: Path, start: bytes, kind: str) -> None:
    path = tmp_path / "mine.jpg"
    path.write_bytes(start + bytes(64))
    with pytest.raises(FrameError) as error:
        open_frames(str(path))
    assert str(error.value) == (
        f"frame source {path} is a {kind} file, which OpenCV does not read; convert it to PNG or JPEG"
    )


ONE = 1 << 16
MATRICES = {
    90: (0, ONE, 0, -ONE, 0, 0, 48 * ONE, 0, 1 << 30),
    180: (-ONE, 0, 0, 0, -ONE, 0, 64 * ONE, 48 * ONE, 1 << 30),
    270: (0, -ONE, 0, ONE, 0, 0, 0, 64 * ONE, 1 << 30),
}


@pytest.mark.parametrize("degrees", MATRICES)
def test_a_video_that_was_filmed_on_its_side_is_turned(tmp_path: Path, degrees: int) -> None:
    path = tmp_path / "clip.mp4"
    rows, columns = np.mgrid[0:48, 0:64]
    filmed = np.stack([columns * 3, rows * 5, 255 - columns - rows * 2], axis=-1).astype(np.uint8)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (64, 48))
    writer.write(filmed)
    writer.release()
    (upright,) = open_frames(str(path))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    data[at : at + 36] = struct.pack(">9i", *MATRICES[degrees])
    path.write_bytes(data)
    (turned,) = open_frames(str(path))
    np.testing.assert_array_equal(turned, np.rot90(upright, -degrees // 90))


@pytest.mark.parametrize(
    ("name", "what"), [("turned.avif", "turned"), ("mirrored.avif", "turned"), ("transparent.avif", "transparent")]
)
def test_avif_that_browsers_show_otherwise_is_refused(tmp_path: Path, name: str, what: str) -> None:
    path = tmp_path / name
    path.write_bytes(refused_files()[name])
    with pytest.raises(FrameError) as error:
        open_frames(str(path))
    assert str(error.value) == (
        f"frame source {path} is an AVIF picture that is {what}, which OpenCV and browsers show differently; convert it"
        " to PNG"
    )


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("profile.jpg", "a colour profile"),
        ("profile.png", "a colour profile"),
        ("gamma.png", "a gamma"),
        ("cicp.png", "a colour space"),
    ],
)
def test_colours_that_are_not_applied_are_noted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, what: str
) -> None:
    path = tmp_path / name
    path.write_bytes(coloured_files()[name])
    assert open_frames(str(path))
    assert caplog.messages == [f"{path} has {what}, which browsers apply and Framegate does not; convert it to sRGB"]


@pytest.mark.parametrize(
    "name", ["rgb.avif", "srgb-profile.jpg", "srgb-cicp.png", "gamma-of-screens.png", "rgb-16.png"]
)
def test_pictures_whose_colours_are_those_of_screens_need_no_note(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name])
    assert open_frames(str(path))
    assert caplog.messages == []
