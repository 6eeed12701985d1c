"""Training data: pictures from a folder or a video, cut into seeded batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from framegate.errors import FrameError
from framegate.frames.sources import open_frames
from framegate.interfaces import Float32, Pixels, Size
from framegate.preprocess.fit import crop, resize
from framegate.preprocess.steps import down_upscale, greyscale

if TYPE_CHECKING:
    from numpy.random import Generator

ENDINGS = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
SMALLEST_ZOOM = 1.0
LARGEST_ZOOM = 1.5
LEAST_COLOUR = 8  # mean distance between the brightest and the darkest channel, of 255


class Pictures(NamedTuple):
    """The pictures to learn from.

    Attributes:
        frames: RGB uint8 (H, W, 3), each side at least as long as the model's.
        left_out: names of files that could not be used, each with the reason.
    """

    frames: list[Pixels]
    left_out: list[str]


def load_pictures(source: Path, size: int) -> Pictures:
    """Every picture of a folder (in order of name), or every frame of a video.

    Grey pictures are left out, because a model cannot learn colours from them, and so are those smaller than ``size``
    and files that cannot be read.

    Raises:
        FrameError: there is no such folder or file, or nothing in it to learn from.
    """
    if not source.exists():
        raise FrameError(f"{source} is neither a folder nor a file; give a folder of pictures, or a video")
    files = sorted(path for path in source.iterdir() if path.suffix.lower() in ENDINGS) if source.is_dir() else [source]
    pictures = Pictures([], [])
    for file in files:
        try:
            frames = open_frames(str(file))
        except FrameError:
            pictures.left_out.append(f"{file.name} (cannot be read)")
            continue
        reasons = {_unfit(frame, size) for frame in frames}
        pictures.frames.extend(frame for frame in frames if not _unfit(frame, size))
        pictures.left_out.extend(f"{file.name} ({reason})" for reason in sorted(reasons) if reason)
    if not pictures.frames:
        raise FrameError(
            f"{source} holds no colour picture of at least {size}x{size} pixels (left out:"
            f" {', '.join(pictures.left_out) or 'nothing, there is none'}); give other pictures or a smaller --size"
        )
    return pictures


def blurred_grey(picture: Pixels) -> Pixels:
    """The model's input, after the steps ``greyscale`` and ``down-upscale``: uint8 (H, W)."""
    return down_upscale(greyscale(picture))


def cut(picture: Pixels, size: int, random: Generator) -> Pixels:
    """A random square of the picture at a random zoom, mirrored in half of the cases: uint8 (size, size, 3)."""
    side = min(picture.shape[:2])
    zoomed = int(size * random.uniform(SMALLEST_ZOOM, LARGEST_ZOOM))
    scale = min(1.0, zoomed / side)
    height, width = (max(size, round(length * scale)) for length in picture.shape[:2])
    small = resize(picture, Size(height, width))
    top, left = random.integers(0, height - size + 1), random.integers(0, width - size + 1)
    square = small[top : top + size, left : left + size]
    return np.ascontiguousarray(square[:, ::-1] if random.random() < 0.5 else square)


def middle(picture: Pixels, size: int) -> Pixels:
    """The largest square in the middle of the picture, scaled: uint8 (size, size, 3)."""
    side = min(picture.shape[:2])
    return resize(crop(picture, Size(side, side)), Size(size, size))


def batches(pictures: Sequence[Pixels], size: int, batch: int, steps: int, seed: Sequence[int]) -> Iterator[Example]:
    """``steps`` pairs of inputs, (batch, size, size, 1), and right answers, (batch, size, size, 3).

    Both are float32 in [-1, 1]. The same seed gives the same batches, whatever was asked for before.
    """
    random = np.random.default_rng(seed)
    for _ in range(steps):
        chosen = random.integers(0, len(pictures), batch)
        squares = [cut(pictures[index], size, random) for index in chosen]
        yield to_tensors(squares)


Example = tuple[Float32, Float32]


def to_tensors(squares: Sequence[Pixels]) -> Example:
    """Squares, uint8 (size, size, 3), as a batch of inputs and one of answers, float32 in [-1, 1]."""
    fed = np.stack([blurred_grey(square)[..., np.newaxis] for square in squares])
    targets = np.stack(squares)
    return _signed(fed), _signed(targets)


def _signed(values: Pixels) -> Float32:
    return ((values.astype(np.float32) - 127.5) / 127.5).astype(np.float32)


def _unfit(frame: Pixels, size: int) -> str:
    """Why a model of that size cannot learn from the frame; empty if it can."""
    if min(frame.shape[:2]) < size:
        return f"{frame.shape[1]}x{frame.shape[0]}, too small"
    spread = frame.max(axis=2).astype(np.int16) - frame.min(axis=2)
    return "" if spread.mean() > LEAST_COLOUR else "grey"
