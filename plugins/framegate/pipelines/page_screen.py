"""What a page is fed and shows, said in Python: for the page itself, and to compare it with oracle and reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framegate.browser.runtimes import HALF, TF_JS
from framegate.errors import BackendUnavailable, WrongOutput
from framegate.interfaces import ModelSpec, Pixels, Range, Size
from framegate.pipelines.base import Look
from framegate.values import ANY_FLOAT32, Tolerance

if TYPE_CHECKING:
    from framegate.browser.results import PageInputs, PageLook
    from framegate.browser.session import TFJSPage
    from framegate.inference.other_inputs import OtherInputs
    from framegate.interfaces import Array
    from framegate.models.frame_io import ShownIO
    from framegate.postprocess.base import View

TFJS_AGREEMENT = Tolerance(share=1e-4)
"""TF.js' backends compute in float32, in other orders than the reference."""
HALF_AGREEMENT = Tolerance(share=1e-2, widest=0.1, precision=HALF)
"""Float16 has 11 bits: a layer rounds by up to 0.0005 of its values, and the next ones pass it on."""
UNIT_AGREEMENT = 1e-5
"""Of full brightness: a GPU's division may be off by a few units in the last place."""
HALF_UNIT_AGREEMENT = 1e-3
"""The same of float16: an output is shifted, scaled, and rounded each time."""
HALF_STEPS = 26
"""Steps of 1/255 that are a tenth of full brightness: by as much a model computes otherwise of the same picture."""
ROUNDING = 0.5 / 255
"""By which a picture of whole bytes and the same before it is rounded differ at most."""
BYTES: Range = (0.0, 255.0)
BY_SHADER = ("texture", "same-context", "gpu-buffer")


@dataclass(frozen=True)
class Closeness:
    """How far what a page computes may be from what is right.

    Attributes:
        outputs: how far outputs may be from the reference's.
        picture: largest difference of the page's picture from Python's of the same outputs, as a share of full
            brightness, beside what the view itself allows.
        steps: largest difference of the screen from that picture, in steps of 1/255, beside what the renderer allows.
    """

    outputs: Tolerance = TFJS_AGREEMENT
    picture: float = UNIT_AGREEMENT
    steps: int = 0


TFJS_CLOSENESS = Closeness()
OTHERS_CLOSENESS = Closeness(ANY_FLOAT32)
"""Other libraries run what Python's converters make, and differ by as much as Python's runtimes may."""
HALF_CLOSENESS = Closeness(HALF_AGREEMENT, HALF_UNIT_AGREEMENT, HALF_STEPS)


def closeness_of(page: TFJSPage) -> Closeness:
    """How close a page has to come, by the library that runs the model and the numbers that it computes with."""
    if page.precision == HALF:
        return HALF_CLOSENESS
    return TFJS_CLOSENESS if page.runtime.library == TF_JS else OTHERS_CLOSENESS


def inputs_of(spec: ModelSpec, page: TFJSPage, size: Size) -> tuple[OtherInputs, PageInputs]:
    """What a page's model is fed beside frames of a size, by its spec, and the same as the page is told.

    Raises:
        ModelError, FrameError: as `other_inputs`.
    """
    from framegate.browser.results import PageInputs
    from framegate.inference.other_inputs import other_inputs
    from framegate.models.image_io import output_infos
    from framegate.models.topology import read_model_json

    outputs = output_infos(read_model_json(page.model.path))
    others = other_inputs(spec, page.model, page.inputs, outputs, size)
    places = {info.name: place for place, info in enumerate(outputs)}
    state = {name: places[output] for name, output in others.state.items()}
    return others, PageInputs(others.frame.name, {**others.constants, **others.zeros}, state)


def aim_at(page: TFJSPage, view: View, shown: ShownIO, frame: Pixels, renderer: str) -> None:
    """Have a page show outputs by a view and a renderer.

    Args:
        page: the page, which has run the model.
        view: Python's view, of which the page makes the same pictures.
        shown: which outputs it shows, and the view's name.
        frame: uint8 RGB (H, W, 3) of the size that the model sees.
        renderer: the page's name of the renderer.

    Raises:
        BackendUnavailable: pages have no such view, or their backend has no such renderer.
        ModelError: the outputs have a shape that the view cannot show.
    """
    import numpy as np

    from framegate.browser.results import PageView

    outputs = {info.name: np.zeros([side or 0 for side in info.shape], info.dtype) for info in shown.outputs}
    blank = view(outputs, frame)
    settings = view.page_settings(outputs)
    if settings is None:
        raise BackendUnavailable(
            f"a page has no view {shown.view!r}, which is in Python", "name a runtime of test_frame, or another view"
        )
    page.aim(shown.outputs, renderer, _range_of(blank, view), PageView(shown.view, blank.shape, settings))


def look_at(
    look: PageLook,
    view: View,
    frame: Pixels,
    tolerance: int,
    after: str,
    feeds: Mapping[str, Any] | None = None,
    closeness: Closeness = TFJS_CLOSENESS,
) -> Look:
    """What a page's canvas showed, for comparison with the oracle and with the reference.

    Args:
        look: the canvas, and what the page makes of the picture that was fed last.
        view: what shows it.
        frame: the picture that was fed last, in colour.
        tolerance: the renderer's, in steps of 1/255.
        after: which frame it was, in words.
        feeds: what the model was fed, by input.
        closeness: how far the page may be off.

    Raises:
        WrongOutput: the page's view makes another picture of the outputs than Python's.
    """
    import numpy as np

    from framegate.models.output_range import ShownRange

    picture = view.expected(look.outputs, frame)
    low, high = _range_of(picture, view)
    unit = np.clip((picture.astype(np.float64) - low) / (high - low), 0, 1)
    rounding = ROUNDING if picture.dtype == np.uint8 else 0
    off = view.tolerance / 255 + rounding + closeness.picture
    if look.unit.shape != unit.shape or not np.allclose(look.unit, unit, rtol=0, atol=off, equal_nan=True):
        raise WrongOutput(f"after {after}: the page does not make the picture of the model's outputs that it should")
    return Look(
        after=after,
        screen=look.pixels,
        drawn=look.unit,
        feeds=[feeds or {}],
        outputs=look.outputs,
        tolerance=tolerance + closeness.steps,
        agreement=closeness.outputs,
        shown_range=ShownRange.of(picture, (low, high)) if view.shows_values else None,
    )


def tolerance_of(renderer: str) -> int:
    """The largest difference from the picture that was drawn that is right for a renderer, in steps of 1/255."""
    return 1 if renderer in BY_SHADER else 0


def _range_of(picture: Array, view: View) -> Range:
    """The values of a view's picture that are black and full brightness."""
    return BYTES if picture.dtype == "uint8" else view.request.value_range
