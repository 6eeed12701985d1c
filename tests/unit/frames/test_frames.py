import hashlib
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from framegate.errors import FrameError, UsageError
from framegate.frames.clip import generate_clip
from framegate.frames.sources import open_frames


def test_the_photo_ships_with_the_package() -> None:
    (photo,) = open_frames("photo")
    assert photo.shape == (512, 512, 3)
    assert photo.dtype == np.uint8
    # The suit is orange: red above blue tells RGB from BGR.
    red, _, blue = photo[300:400, 150:250].reshape(-1, 3).mean(axis=0)
    assert red > blue + 30


def test_the_clip_moves_and_is_the_same_each_time() -> None:
    clip = open_frames("clip")
    assert len(clip) == 30
    assert all(frame.shape == (480, 640, 3) and frame.dtype == np.uint8 for frame in clip)
    assert len({frame.tobytes() for frame in clip}) == 30
    assert clip[7].tobytes() == open_frames("clip")[7].tobytes()


@pytest.mark.parametrize(
    ("locator", "shape"), [("1920x1080", (1080, 1920, 3)), ("33x21", (21, 33, 3)), ("7", (7, 7, 3))]
)
def test_the_clip_has_the_size_that_it_is_told(locator: str, shape: tuple[int, ...]) -> None:
    frames = open_frames(f"clip:{locator}", most=3)
    assert [frame.shape for frame in frames] == [shape] * 3
    assert len({frame.tobytes() for frame in frames}) == 3


@pytest.mark.parametrize(("size", "digest"), [((480, 640), "e468f6d92ce07159"), ((1080, 1920), "b380730574cae46e")])
def test_the_clip_has_the_same_bytes_on_every_machine(size: tuple[int, int], digest: str) -> None:
    content = hashlib.sha256()
    for frame in generate_clip(*size):
        content.update(frame.tobytes())
    assert content.hexdigest()[:16] == digest


def test_a_size_that_is_none_is_named() -> None:
    with pytest.raises(UsageError, match=r"^size 'wide' is not a size; write 256 or 640x480"):
        open_frames("clip:wide")


def test_a_picture_file_comes_back_as_rgb(tmp_path: Path) -> None:
    picture = np.zeros((5, 7, 3), np.uint8)
    picture[..., 0] = 200
    path = tmp_path / "rötlich.png"
    path.write_bytes(cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1].tobytes())
    (frame,) = open_frames(str(path))
    np.testing.assert_array_equal(frame, picture)


def test_a_video_file_comes_back_as_its_frames(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for level in (0, 100, 200):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    frames = open_frames(str(path))
    assert [frame.shape for frame in frames] == [(48, 64, 3)] * 3
    assert [frame.mean() for frame in frames] == pytest.approx([0, 100, 200], abs=2)


def test_a_missing_file_says_what_there_is() -> None:
    with pytest.raises(
        FrameError, match=r"frame source 'nope.png' is no file; give an image or video file, or one of 'photo'"
    ):
        open_frames("nope.png")


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\x89PNG\r\n\x1a\n truncated"])
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(FrameError, match=r"bad.png: OpenCV reads it neither as a picture nor as a video"):
        open_frames(str(path))
    assert capfd.readouterr().err == ""


def test_frames_are_read_only() -> None:
    for source in ("photo", "clip"):
        assert not any(frame.flags.writeable for frame in open_frames(source))


def test_a_picture_that_is_too_large_to_decode_is_named(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    path = tmp_path / "huge.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")))
    with pytest.raises(FrameError, match=r"^frame source .*huge.png: "):
        open_frames(str(path))
