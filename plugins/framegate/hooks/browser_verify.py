"""Fixtures: what the page made of a frame, compared with Python's and with the oracle's picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from framegate.errors import BackendUnavailable, WrongOutput
from framegate.hooks.browser import BrowserPath
from framegate.hooks.catalogue import CATALOGUE
from framegate.hooks.pictures import SavePicture
from framegate.hooks.preprocess import build_preprocessor
from framegate.interfaces import LoadedModel, Pixels, ResolvedModel, Size

if TYPE_CHECKING:
    from framegate.interfaces import Array

REFERENCE = "tensorflow"
AGREEMENT = 1e-4
"""Of the output's range: the backends compute in float32, in other orders."""
BY_SHADER = ("texture", "same-context")


@pytest.fixture(scope="session")
def python_outputs() -> dict[tuple[str, str, str], Array]:
    """What Python made of the same frame, by model, size and preprocessing."""
    return {}


@pytest.fixture
def verify_page(
    request: pytest.FixtureRequest, browser_path: BrowserPath, save_picture: SavePicture, benchmark: Any
) -> Callable[[], None]:
    """Compares the page's output with Python's, and its canvas with the oracle's picture of that output.

    Without a runtime in Python there is nothing to compare the output with, and ``extra_info`` says so.
    """
    from framegate.render.verify import verify_pixels

    def verify() -> None:
        look = browser_path.page.look()
        save_picture("screen", look.pixels)
        verify_pixels(look.pixels, look.unit, 1 if browser_path.way in BY_SHADER else 0)
        benchmark.extra_info["browser"] |= {"compared_with": None, "differs_by": None}
        try:
            expected = request.getfixturevalue("python_output")
        except BackendUnavailable:
            return
        benchmark.extra_info["browser"] |= {
            "compared_with": REFERENCE,
            "differs_by": verify_close(look.output, expected),
        }

    return verify


def verify_close(found: Array, expected: Array) -> float:
    """Compare within 1e-4 of the range of what is expected, and say by what share of it they differ at most.

    Raises:
        WrongOutput: they differ by more, or in shape.
    """
    import numpy as np

    if found.shape != expected.shape:
        raise WrongOutput(f"TF.js returned shape {found.shape}, {REFERENCE} {expected.shape}")
    span = max(float(np.ptp(expected)), float(np.finfo(np.float32).eps))
    allowed = AGREEMENT * span
    off = float(np.max(np.abs(found.astype(np.float64) - expected), initial=0.0))
    if not off <= allowed:
        raise WrongOutput(f"TF.js differs from {REFERENCE} by up to {off:.3g}; {allowed:.3g} is allowed")
    return off / span


@pytest.fixture
def python_output(
    pytestconfig: pytest.Config,
    frame_model: str,
    frame_size: str,
    frame_preprocess: str,
    frames: list[Pixels],
    resolved_model: ResolvedModel,
    model_shelf: Any,
    python_outputs: dict[tuple[str, str, str], Array],
) -> Array:
    """What the reference runtime makes of the cell's frame."""
    from framegate.models.frame_io import find_frame_io
    from framegate.preprocess.tensor import ToTensor

    key = (frame_model, frame_size, frame_preprocess)
    if key not in python_outputs:
        model: LoadedModel = model_shelf.get(resolved_model, REFERENCE)
        spec = pytestconfig.stash[CATALOGUE].specs[frame_model]
        io = find_frame_io(spec, resolved_model, model, Size.parse(frame_size))
        to_tensor = ToTensor(io.shape, io.input.dtype, io.input_range)
        feeds = {io.input.name: build_preprocessor(pytestconfig, io.size, frame_preprocess, to_tensor)(frames[0])}
        python_outputs[key] = model.run(feeds)[io.output.name].copy()
    return python_outputs[key]
