"""Open a frame source: everything is decoded before the measuring starts."""

from __future__ import annotations

import hashlib
import itertools
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from framegate.errors import FrameError
from framegate.frames.clip import generate_clip
from framegate.frames.pictures import decode_picture, unread_kind
from framegate.interfaces import Pixels
from framegate.paths import data_dir

PHOTO = "photo"
CLIP = "clip"
VIDEO_FRAMES = 60


def open_frames(source: str) -> list[Pixels]:
    """All frames of a source, in order; they are read-only, for every cell of a run shares them.

    Args:
        source: ``photo`` (the packaged one), ``clip`` (generated), or the path of an image or video file. Of a video
            the first 60 frames are taken.

    Returns:
        RGB pictures, uint8 (H, W, 3), at least one.

    Raises:
        FrameError: no such file, or a file that is neither a picture nor a video that OpenCV reads.
    """
    frames = _decode(source)
    for frame in frames:
        frame.flags.writeable = False
    return frames


def _decode(source: str) -> list[Pixels]:
    if source == CLIP:
        return generate_clip()
    if source == PHOTO:
        return [_packaged_photo()]
    path = Path(source)
    if not path.is_file():
        raise FrameError(f"frame source {source!r} is no file; give an image or video file, {PHOTO!r} or {CLIP!r}")
    with _quiet_decoders():
        _check_kind(path)
        frames = _read_picture(path) or _read_video(path)
    if not frames:
        raise FrameError(
            f"frame source {source}: OpenCV reads it neither as a picture nor as a video;"
            " convert it to PNG, JPEG or MP4"
        )
    return frames


def _check_kind(path: Path) -> None:
    try:
        with path.open("rb") as file:
            kind = unread_kind(file.read(1024))
    except OSError:
        return  # whoever reads the rest says so
    if kind is not None:
        raise FrameError(f"frame source {path} is a {kind} file, which OpenCV does not read; convert it to PNG or JPEG")


def _read_picture(path: Path) -> list[Pixels]:
    import cv2

    # A look at the header: a video need not be read as a whole to learn that it is no picture.
    if not cv2.haveImageReader(str(path)):
        return []
    try:
        picture = decode_picture(path.read_bytes())
    except (cv2.error, OSError) as error:
        reason = " ".join(str(error).split())
        raise FrameError(f"frame source {path}: cannot be read ({reason}); give another picture") from error
    return [] if picture is None else [picture]


def _packaged_photo() -> Pixels:
    folder = data_dir("fixtures")
    entry = tomllib.loads((folder / "manifest.toml").read_text("utf-8"))[PHOTO]
    data = (folder / entry["file"]).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    picture = decode_picture(data) if found == entry["sha256"] else None
    if picture is None:
        raise FrameError(
            f"fixture {entry['file']} has sha256 {found}, its manifest says {entry['sha256']}; reinstall Framegate"
        )
    return picture


def _read_video(path: Path) -> list[Pixels]:
    import cv2

    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        reads = iter(capture.read, (False, None))
        return [
            cast("Pixels", cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
            for _, picture in itertools.islice(reads, VIDEO_FRAMES)
        ]
    finally:
        capture.release()


@contextmanager
def _quiet_decoders() -> Iterator[None]:
    """Keep OpenCV's and FFmpeg's own remarks on a broken file from stderr: our error says it once."""
    import cv2

    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
