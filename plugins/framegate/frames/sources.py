"""Open a frame source: a name that a plugin provides, a picture or a video."""

from __future__ import annotations

import hashlib
import itertools
import logging
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from framegate.errors import FrameError, SourceStopped
from framegate.frames import builtin
from framegate.frames.captures import ends_early, quiet_decoders, read_video
from framegate.frames.clip import generate_clip
from framegate.frames.pictures import colours_meant, decode_picture, unlike_browsers, unread_kind
from framegate.interfaces import FrameSourceFactory, Pixels, Size
from framegate.paths import data_dir

_LOG = logging.getLogger(__name__)

MOST_FRAMES = 60
"""Frames that a suite takes in turn: two seconds of video, which are kept decoded."""

CLIP_SIZE = Size(480, 640)


def open_source(source: str, factories: Mapping[str, FrameSourceFactory]) -> Iterator[Pixels]:
    """The frames of a source one after another, each read when it is asked for; a source need not end.

    Args:
        source: a name of ``factories``, on its own or with what its factory is told after a colon; else the path of an
            image or video file.
        factories: sources by name.

    Raises:
        FrameError: no such file, or a file that is neither a picture nor a video that OpenCV reads.
    """
    name, _, locator = source.partition(":")
    if name in factories:
        return factories[name](locator)
    return _file(source, factories)


def open_frames(
    source: str, factories: Mapping[str, FrameSourceFactory] = MappingProxyType({}), most: int = MOST_FRAMES
) -> list[Pixels]:
    """The first frames of a source, in order; they are read-only, for every cell of a run shares them.

    Args:
        source: source as in `open_source`.
        factories: sources by name, beside the built-in ones.
        most: number of frames at which the source is closed.

    Returns:
        RGB pictures, uint8 (H, W, 3), of one size; at least one.

    Raises:
        FrameError: as in `open_source`; or the source gives no frames, or something else.
    """
    frames: list[Pixels] = []
    for frame in itertools.islice(open_source(source, builtin() | dict(factories)), most):
        check_frame(source, frame, frames[0].shape if frames else None)
        frame.flags.writeable = False
        frames.append(frame)
    if not frames:
        raise FrameError(f"frame source {source!r} gives no frames; let it yield RGB pictures, uint8 (H, W, 3)")
    return frames


def check_frame(source: str, frame: Any, first: tuple[int, ...] | None) -> None:
    """Let a frame pass that is RGB, uint8 (H, W, 3), and of the shape that the source's first one has, if there is one.

    Raises:
        SourceStopped: it is something else.
    """
    shape: tuple[int, ...] = getattr(frame, "shape", ())
    dtype = getattr(frame, "dtype", None)
    if len(shape) != 3 or shape[-1] != 3 or str(dtype) != "uint8":
        frame_kind = f"{dtype} {shape}" if shape else type(frame).__name__
        raise SourceStopped(
            "corrupt frame",
            f"frame source {source!r} gives {frame_kind}; let it yield RGB pictures, uint8 (H, W, 3)",
        )
    if first is not None and shape != first:
        raise SourceStopped(
            "changed size",
            f"frame source {source!r} changes from {first} to {shape}; let all of its frames have one size",
        )


def _file(source: str, factories: Mapping[str, FrameSourceFactory]) -> Iterator[Pixels]:
    path = Path(source)
    if not path.is_file():
        names = ", ".join(map(repr, factories))
        raise FrameError(f"frame source {source!r} is no file; give an image or video file, or one of {names}")
    with quiet_decoders():
        _check_kind(path)
        picture = _read_picture(path)
    return _first_of(path, iter([picture]) if picture is not None else read_video(path))


def _first_of(path: Path, frames: Iterator[Pixels]) -> Iterator[Pixels]:
    with quiet_decoders():
        first = next(frames, None)
    if first is None and ends_early(path):
        raise FrameError(
            f"frame source {path}: the file ends early, before the index that an MP4 needs; copy it again, or record it"
            " anew"
        )
    if first is None:
        raise FrameError(
            f"frame source {path}: OpenCV reads it neither as a picture nor as a video; convert it to PNG, JPEG or MP4"
        )
    return _joined(first, frames)


def _joined(first: Pixels, others: Iterator[Pixels]) -> Iterator[Pixels]:
    """One generator of them, so that to close it closes the others."""
    yield first
    yield from others


def _check_kind(path: Path) -> None:
    try:
        with path.open("rb") as file:
            kind = unread_kind(file.read(1024))
    except OSError:
        return  # whoever reads the rest says so
    if kind is not None:
        raise FrameError(f"frame source {path} is a {kind} file, which OpenCV does not read; convert it to PNG or JPEG")


def _read_picture(path: Path) -> Pixels | None:
    import cv2

    # A look at the header: a video need not be read as a whole to learn that it is no picture.
    if not cv2.haveImageReader(str(path)):
        return None
    try:
        data = path.read_bytes()
        picture = decode_picture(data)
        colours = colours_meant(data) if picture is not None else None
    except (cv2.error, OSError) as error:
        reason = " ".join(str(error).split())
        raise FrameError(f"frame source {path}: cannot be read ({reason}); give another picture") from error
    unlike = unlike_browsers(data)
    if unlike is not None:
        raise FrameError(
            f"frame source {path} is an AVIF picture that is {unlike}, which OpenCV and browsers show differently;"
            " convert it to PNG"
        )
    if colours is not None:
        _LOG.warning("%s has %s, which browsers apply and Framegate does not; convert it to sRGB", path, colours)
    return picture


def packaged_photo(_: str = "") -> Iterator[Pixels]:
    """The photo that comes with Framegate.

    Raises:
        FrameError: its file is not the one that it was.
    """
    folder = data_dir("fixtures")
    entry = tomllib.loads((folder / "manifest.toml").read_text("utf-8"))["photo"]
    data = (folder / entry["file"]).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    picture = decode_picture(data) if digest == entry["sha256"] else None
    if picture is None:
        raise FrameError(
            f"fixture {entry['file']} has sha256 {digest}, its manifest says {entry['sha256']}; reinstall Framegate"
        )
    yield picture


def generated_clip(locator: str = "") -> Iterator[Pixels]:
    """The frames of `generate_clip`, of 640x480 pixels or of the size that the locator names.

    Raises:
        UsageError: the locator is no size.
    """
    size = Size.parse(locator) if locator else CLIP_SIZE
    return generate_clip(height=size.height, width=size.width)
