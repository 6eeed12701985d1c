"""What a page shows of an output that is the picture."""

from __future__ import annotations

from framegate.browser.results import PageLook
from framegate.interfaces import Range, Size
from framegate.models.frame_io import FrameIO, ShownIO
from framegate.pipelines.base import Look
from framegate.pipelines.page_screen import TFJS_CLOSENESS, Closeness, look_at, tolerance_of
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.placement import InputPlacement
from framegate.views.image import ImageView


def view_of_image(frame_io: FrameIO, shown: ShownIO) -> View:
    """As fixtures make it of what a model returns."""
    return _view(tuple(info.name for info in shown.outputs), frame_io.size, shown.value_range)


def look_of_image(
    look: PageLook,
    renderer: str,
    value_range: Range,
    after: str = "the last frame",
    closeness: Closeness = TFJS_CLOSENESS,
) -> Look:
    """The canvas, beside the picture that should be there."""
    view = _view(tuple(look.outputs), Size(*look.pixels.shape[:2]), value_range)
    return look_at(look, view, look.pixels[..., :3], tolerance_of(renderer), after, closeness=closeness)


def _view(names: tuple[str, ...], size: Size, value_range: Range) -> View:
    return ImageView(ViewRequest(names, InputPlacement.same(size), value_range))
