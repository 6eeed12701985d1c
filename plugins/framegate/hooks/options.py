"""Command-line options and ini settings, read once into one frozen value."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast, get_args

import pytest

from framegate.errors import FramegateError, UnknownName
from framegate.interfaces import Drawing, GLRequest, OutOfRange, Scaling, Size
from framegate.preprocess.fit import FITS, Fit
from framegate.values import BrowserGPU, BrowserRequest

AXES = {
    "model": "model: a name from models/*.toml, a folder or model.json, a spec.toml, or SOURCE:LOCATOR such as npm:...",
    "size": "input size in pixels: 256, or 640x480 (width x height)",
    "preprocess": "preprocessing: none, all, or step names joined by '+' (greyscale+invert)",
    "runtime": "runtime that runs the model, or 'all'",
    "renderer": "renderer that takes the output to the screen, or 'all'",
    "gl": "GL context that renderers draw in: auto, egl, egl:N (its device N, from 0), glfw, osmesa, null, or 'all'",
}

CHOICES = {
    "fit": (FITS, "how a frame is brought to the model's input"),
    "out-of-range": (get_args(OutOfRange)[::-1], "values that no pixel can show: clamp them, or refuse the picture"),
    "browser-gpu": (get_args(BrowserGPU), "the GPU that a browser draws with: its own software, or the machine's"),
    "scaling": (get_args(Scaling), "how a picture is scaled to --frame-window-size"),
}
"""Options that take one of a few words; the first is the default."""

GL_FLAGS = {
    "window": "show the pictures of the glfw context in a window; auto then takes glfw",
    "vsync": "have glfw's swaps wait for the display, which 'present' then measures; auto then takes glfw",
}
"""Those of ``FLAGS`` that GL contexts are asked for."""

FLAGS = GL_FLAGS | {
    "headed": "show the window of the browser that test_browser measures in",
    "kernels": "have test_browser take TF.js' times of single kernels as well",
}
"""Options that are on or off; off is the default."""

MOST_THREADS = 1024
MOST_LAUNCHES = 100
MOST_SECONDS = 24 * 3600

LIMITS = {
    "browser-timeout": ("seconds for a page to load a model, to run it first, and for its rounds, each", 300),
    "timeout": ("seconds after which a benchmark that has not ended is taken for hung, and ends the run", 3600),
    "trial": ("seconds for the trial of a new model in a process of its own; 'off' for models that you trust", 120),
}
"""Options that take a time, and their defaults."""


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
    drawing: Drawing
    request: GLRequest
    browser: BrowserRequest
    timeout_s: int
    trial_s: int | None
    require: tuple[str, ...]

    def axis(self, name: str) -> tuple[str, ...]:
        """The values asked for on one axis of the matrix."""
        return cast("tuple[str, ...]", getattr(self, name))


PHOTO = "photo"
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
    parser.addini("frame_source", "frame source: photo, clip, or an image or video file", default="")
    for name, (words, about) in CHOICES.items():
        ini = f"frame_{name.replace('-', '_')}"
        group.addoption(f"--frame-{name}", metavar="|".join(words), help=f"{about} (default: {words[0]}). ini: {ini}")
        parser.addini(ini, f"{about}: {' or '.join(words)}", default="")
    for name, about in FLAGS.items():
        group.addoption(f"--frame-{name}", action="store_true", help=f"{about}. ini: frame_{name}")
        parser.addini(f"frame_{name}", about, type="bool", default=False)
    group.addoption(
        "--frame-browser-path",
        metavar="PROGRAM",
        help="the Chrome or Chromium to start (default: an installed one, else playwright's). ini: frame_browser_path",
    )
    parser.addini("frame_browser_path", "the Chrome or Chromium to start", default="")
    for name, (about, default) in LIMITS.items():
        ini = f"frame_{name.replace('-', '_')}"
        group.addoption(f"--frame-{name}", metavar="SECONDS", help=f"{about} (default: {default}). ini: {ini}")
        parser.addini(ini, about, default="")
    group.addoption(
        "--frame-window-size",
        metavar="SIZE",
        help="scale pictures to a window of this size, as in 640x480 (default: their own size). ini: frame_window_size",
    )
    parser.addini("frame_window_size", "size of the window that pictures are scaled to", default="")
    group.addoption(
        "--frame-threads",
        metavar="N",
        help="threads that every runtime computes on (default: the cores this process may use). ini: frame_threads",
    )
    parser.addini("frame_threads", "threads that every runtime computes on", default="")
    group.addoption(
        "--frame-launches",
        metavar="N",
        help="browsers, started one after another, that each cell of test_browser is measured in (default: 1)."
        " ini: frame_launches",
    )
    parser.addini("frame_launches", "browsers that each cell of test_browser is measured in", default="")
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
        UsageError: an option that is given and empty, an unknown fit, or a number of threads that cannot be.
    """
    return Options(
        **{axis: _values(config, axis) or _ini(config, axis) for axis in AXES},
        source=_single(config, "source") or PHOTO,
        fit=cast("Fit", _choice(config, "fit")),
        threads=_count(_single(config, "threads"), "--frame-threads", MOST_THREADS),
        drawing=Drawing(
            out_of_range=cast("OutOfRange", _choice(config, "out-of-range")),
            window=_size(_single(config, "window_size")),
            scaling=cast("Scaling", _choice(config, "scaling")),
        ),
        request=GLRequest(**{name: _flag(config, name) for name in GL_FLAGS}),
        browser=BrowserRequest(
            path=_single(config, "browser_path"),
            gpu=cast("BrowserGPU", _choice(config, "browser-gpu")),
            headed=_flag(config, "headed"),
            launches=_count(_single(config, "launches"), "--frame-launches", MOST_LAUNCHES) or 1,
            kernels=_flag(config, "kernels"),
            timeout_s=_limit(config, "browser-timeout"),
        ),
        timeout_s=_limit(config, "timeout") or LIMITS["timeout"][1],
        trial_s=None if _single(config, "trial") == "off" else _limit(config, "trial") or LIMITS["trial"][1],
        require=_values(config, "require"),
    )


def _flag(config: pytest.Config, name: str) -> bool:
    try:
        return bool(config.getoption(f"frame_{name}") or config.getini(f"frame_{name}"))
    except (ValueError, pytest.UsageError) as error:  # pytest 9.2 raises the latter
        raise pytest.UsageError(f"frame_{name} in {config.inipath}: {error}; write true or false") from None


def _values(config: pytest.Config, name: str) -> tuple[str, ...]:
    given = config.getoption(f"frame_{name}")
    values = split(given or [])
    if given and not values:
        # An unset variable in a CI script must not run the default matrix in place of what was meant.
        raise pytest.UsageError(f"--frame-{name} is empty; give it a value, or leave it out for the default")
    return values


def _ini(config: pytest.Config, name: str) -> tuple[str, ...]:
    """Values of an ini setting; paths in it start at the file that it stands in."""
    home = config.rootpath if config.inipath is None else config.inipath.parent
    values = split([str(config.getini(f"frame_{name}")).replace("\n", ",")])
    return tuple(str(home / value) if os.path.exists(home / value) else value for value in values)  # noqa: PTH110 # see split


def _single(config: pytest.Config, name: str) -> str | None:
    given: str | None = config.getoption(f"frame_{name}")
    if given == "":
        raise pytest.UsageError(
            f"--frame-{name.replace('_', '-')} is empty; give it a value, or leave it out for the default"
        )
    return given or next(iter(_ini(config, name)), None)


def _choice(config: pytest.Config, name: str) -> str:
    words, _ = CHOICES[name]
    word = _single(config, name.replace("-", "_")) or words[0]
    if word not in words:
        raise pytest.UsageError(str(UnknownName(f"frame {name}", word, words)))
    return word


def _size(text: str | None) -> Size | None:
    try:
        return None if text is None else Size.parse(text)
    except FramegateError as error:
        raise pytest.UsageError(f"--frame-window-size: {error}") from None


def _limit(config: pytest.Config, name: str) -> int | None:
    return _count(_single(config, name.replace("-", "_")), f"--frame-{name}", MOST_SECONDS)


def _count(text: str | None, option: str, most: int) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
        raise pytest.UsageError(f"{option} {text!r} is not a whole number from 1 to {most}")
    return int(text)


def split(values: Sequence[str]) -> tuple[str, ...]:
    """Split at commas, drop blanks and repeats, keep the order; a path that exists is kept whole, commas and all."""
    parts: list[str] = []
    for value in values:
        # os.path answers False, not an error, for a text that is too long for a path.
        whole = os.sep in value and os.path.exists(value)  # noqa: PTH110
        parts += [value] if whole else [part.strip() for part in value.split(",")]
    return once(part for part in parts if part)


def once(values: Iterable[str]) -> tuple[str, ...]:
    """The values in order, without repeats."""
    return tuple(dict.fromkeys(values))
