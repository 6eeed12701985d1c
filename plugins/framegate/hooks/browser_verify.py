"""Fixtures: what was on the page's canvas, compared with what the model makes of the picture that was fed last."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from framegate.errors import BackendUnavailable, WrongOutput
from framegate.hooks.browser import BrowserPath
from framegate.hooks.catalogue import catalogue_of
from framegate.hooks.pictures import SavePicture
from framegate.hooks.trials import VetModel
from framegate.interfaces import LoadedModel, Range, ResolvedModel, Size

if TYPE_CHECKING:
    from framegate.browser.results import Look
    from framegate.interfaces import Array

REFERENCE = "tensorflow"
AGREEMENT = 1e-4
"""Of the output's range: the backends compute in float32, in other orders."""
UNIT_AGREEMENT = 1e-5
"""Of full brightness: a GPU's division may be off by a few units in the last place."""
BY_SHADER = ("texture", "same-context")

RunReference = Callable[[int], "Array"]


@pytest.fixture(scope="session")
def python_outputs() -> dict[tuple[str, str, str, int], Array]:
    """What Python made of a picture, by model, size, preprocessing and which picture it was."""
    return {}


@pytest.fixture
def verify_page(
    browser_path: BrowserPath, run_reference: RunReference, save_picture: SavePicture, benchmark: Any
) -> Callable[[], None]:
    """Compares what was on the canvas after the last measured round, and after the last delivered frame.

    What should be there is computed apart from all frames: in the page, and, where there is a runtime for it, in
    Python; ``extra_info`` says whether there was. No frame is run for it.
    """

    def verify() -> None:
        for after, look in browser_path.looks:
            save_picture("input", browser_path.pictures[look.picture])
            save_picture("screen", look.pixels)
            verify_look(look, browser_path.frame_io.output_range, browser_path.way, after)
        about = benchmark.extra_info["browser"]
        about |= {"compared_with": None, "differs_by": None}
        try:
            shares = [verify_close(look.output, run_reference(look.picture)) for _, look in browser_path.looks]
        except BackendUnavailable:
            return
        about |= {"compared_with": REFERENCE, "differs_by": max(shares)}

    return verify


def verify_look(look: Look, value_range: Range, way: str, after: str) -> None:
    """Compare the canvas with the oracle's picture of the output that belongs to the picture fed last.

    Args:
        look: both.
        value_range: what is black in the output, and what is full brightness.
        way: how it came to the canvas.
        after: which frame it was, for the error.

    Raises:
        WrongOutput: they differ.
    """
    import numpy as np

    from framegate.render.verify import verify_pixels

    low, high = value_range
    unit = np.clip((look.output.astype(np.float64).reshape(look.unit.shape) - low) / (high - low), 0, 1)
    if not np.allclose(look.unit, unit, rtol=0, atol=UNIT_AGREEMENT, equal_nan=True):
        raise WrongOutput(f"after {after}: the page does not bring the model's output from its range into [0, 1]")
    try:
        verify_pixels(look.pixels, look.unit, 1 if way in BY_SHADER else 0)
    except WrongOutput as error:
        raise WrongOutput(f"after {after} the canvas does not show the picture that was fed last: {error}") from None


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
def run_reference(
    pytestconfig: pytest.Config,
    frame_model: str,
    frame_size: str,
    frame_preprocess: str,
    resolved_model: ResolvedModel,
    browser_path: BrowserPath,
    request: pytest.FixtureRequest,
    vet_model: VetModel,
    python_outputs: dict[tuple[str, str, str, int], Array],
) -> RunReference:
    """Runs the reference runtime on one of the page's pictures, unless it has done so before.

    It raises ``BackendUnavailable`` where there is no such runtime.
    """

    def run(picture: int) -> Array:
        from framegate.models.frame_io import find_frame_io
        from framegate.preprocess.tensor import ToTensor

        key = (frame_model, frame_size, frame_preprocess, picture)
        if key not in python_outputs:
            vet_model(resolved_model, REFERENCE)
            model: LoadedModel = request.getfixturevalue("model_shelf").get(resolved_model, REFERENCE)
            spec = catalogue_of(pytestconfig).specs[frame_model]
            io = find_frame_io(spec, resolved_model, model, Size.parse(frame_size))
            feeds = {io.input.name: ToTensor(io.shape, io.input.dtype, io.input_range)(browser_path.pictures[picture])}
            python_outputs[key] = model.run(feeds)[io.output.name].copy()
        return python_outputs[key]

    return run
