"""Command-line options and ini settings, read once into one frozen value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from framegate.errors import UnknownName
from framegate.preprocess.fit import FITS, Fit

AXES = {
    "model": "model: a name from models/*.toml, a folder or model.json, a spec.toml, or SOURCE:LOCATOR such as npm:...",
    "size": "input size in pixels: 256, or 640x480 (width x height)",
    "preprocess": "preprocessing: none, all, or step names joined by '+' (greyscale+invert)",
    "runtime": "runtime that runs the model, or 'all'",
    "renderer": "renderer that takes the output to the screen, or 'all'",
    "gl": "GL context that renderers draw in: auto, egl, glfw, osmesa, null, or 'all'",
}

MOST_THREADS = 1024


@dataclass(frozen=True)
class Options:
    """What the user asked for; an axis that nobody named is an empty tuple."""

    model: tuple[str, ...]
    size: tuple[str, ...]
    preprocess: tuple[str, ...]
    runtime: tuple[str, ...]
    renderer: tuple[str, ...]
    gl: tuple[str, ...]
    source: str
    fit: Fit
    threads: int | None
    require: tuple[str, ...]

    def axis(self, name: str) -> tuple[str, ...]:
        """The values asked for on one axis of the matrix."""
        return cast("tuple[str, ...]", getattr(self, name))


OPTIONS = pytest.StashKey[Options]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add one option and one ini setting for each axis of the matrix, and those for the frames."""
    group = parser.getgroup("framegate", "framegate: from model.json to the screen")
    for axis, about in AXES.items():
        group.addoption(
            f"--frame-{axis}",
            action="append",
            metavar=axis.upper(),
            help=f"{about}; comma-separated or repeated. ini: frame_{axis}",
        )
        parser.addini(f"frame_{axis}", f"{about}; comma-separated", default="")
    group.addoption(
        "--frame-source",
        metavar="SOURCE",
        help="frame source: photo (default), clip, or an image or video file. ini: frame_source",
    )
    parser.addini("frame_source", "frame source: photo, clip, or an image or video file", default="photo")
    group.addoption(
        "--frame-fit",
        metavar="crop|resize",
        help="how a frame is brought to the model's input: crop (default) or resize. ini: frame_fit",
    )
    parser.addini("frame_fit", "how a frame is brought to the model's input: crop or resize", default="crop")
    group.addoption(
        "--frame-threads",
        metavar="N",
        help="threads that every runtime computes on (default: the cores this process may use). ini: frame_threads",
    )
    parser.addini("frame_threads", "threads that every runtime computes on", default="")
    group.addoption(
        "--frame-require",
        action="append",
        metavar="NAME",
        help="backend (runtime, renderer, GL context or model source) that must be available: its skips become errors;"
        " comma-separated or repeated",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the options, so that every later hook finds them in the stash."""
    config.stash[OPTIONS] = read_options(config)


def read_options(config: pytest.Config) -> Options:
    """Command line first, then ini, then nothing.

    Raises:
        UsageError: for a fit that does not exist, or a number of threads that cannot be.
    """
    axes = {
        axis: split(config.getoption(f"frame_{axis}") or []) or split([config.getini(f"frame_{axis}")]) for axis in AXES
    }
    fit = config.getoption("frame_fit") or config.getini("frame_fit")
    if fit not in FITS:
        raise pytest.UsageError(str(UnknownName("--frame-fit", fit, FITS)))
    return Options(
        **axes,
        source=config.getoption("frame_source") or config.getini("frame_source"),
        fit=fit,
        threads=_threads(config.getoption("frame_threads") or config.getini("frame_threads")),
        require=split(config.getoption("frame_require") or []),
    )


def _threads(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_THREADS):
        raise pytest.UsageError(f"--frame-threads {text!r} is not a whole number from 1 to {MOST_THREADS}")
    return int(text)


def split(values: Sequence[str]) -> tuple[str, ...]:
    """Split at commas, drop blanks and repeats, keep the order; a path that exists is kept whole, commas and all."""
    parts: list[str] = []
    for value in values:
        parts += [value] if Path(value).exists() else [part.strip() for part in value.split(",")]
    return tuple(dict.fromkeys(part for part in parts if part))
