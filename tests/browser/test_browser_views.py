"""A page's views make the pictures that Python's make, and a page that shows another one is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest
from fed_pictures import fed_pictures, form_of
from patience import PATIENCE_S

from framegate.browser.session import TFJSPage
from framegate.errors import BackendUnavailable, WrongOutput
from framegate.interfaces import Pixels, Size, TensorInfo
from framegate.models.frame_io import ShownIO
from framegate.pipelines.page_screen import aim_at, look_at, tolerance_of
from framegate.pipelines.verify import verify_screen
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.placement import InputPlacement
from framegate.views import builtin

OpenPage = Callable[..., TFJSPage]

# What the page's model returns of its input, (1, 37, 52, 3) from -1 to 1.
SMALL = "tf.image.resizeBilinear(x, [18, 26])"
CHANNEL = "tf.slice(x, [0, 0, 0, 0], [1, 37, 52, 1])"
BOXES = """[
  tf.sigmoid(tf.mul(3, tf.reshape(tf.slice(x, [0, 5, 5, 0], [1, 4, 5, 3]), [1, 15, 4]))),
  tf.sigmoid(tf.mul(3, tf.reshape(tf.slice(x, [0, 20, 20, 0], [1, COLUMNS, 5, 3]), [1, 15, COLUMNS]))),
  tf.round(tf.mul(9, tf.abs(tf.reshape(tf.slice(x, [0, 9, 9, 0], [1, 1, 5, 3]), [1, 15])))),
]"""
# 37 x 52 pixels have 3 x 4 cells of 16 pixels, and 2 x 2 of 32.
GRIDS = """[
  tf.mul(20, tf.reshape(tf.slice(x, [0, 0, 0, 0], [1, 12, 8, 3]), [1, 24, 12])),
  tf.reshape(tf.slice(x, [0, 20, 0, 0], [1, 1, 8, 3]), [1, 24, 1]),
  tf.mul(20, tf.reshape(tf.slice(x, [0, 0, 20, 0], [1, 12, 8, 3]), [1, 24, 12])),
  tf.reshape(tf.slice(x, [0, 30, 0, 0], [1, 1, 8, 3]), [1, 24, 1]),
]"""
# The same cells, with 3 numbers for each side.
DISTRIBUTIONS = """[
  tf.mul(4, tf.reshape(tf.slice(x, [0, 0, 0, 0], [1, 6, 8, 3]), [1, 3, 4, 12])),
  tf.reshape(tf.slice(x, [0, 20, 0, 0], [1, 1, 8, 3]), [1, 3, 4, 2]),
  tf.mul(4, tf.reshape(tf.slice(x, [0, 0, 20, 0], [1, 2, 8, 3]), [1, 2, 2, 12])),
  tf.reshape(tf.slice(x, [0, 30, 0, 0], [1, 1, 8, 1]), [1, 2, 2, 2]),
]"""
LONG_ROWS = """tf.concat([
  tf.sigmoid(tf.mul(3, tf.reshape(tf.slice(x, [0, 20, 20, 0], [1, 3, 4, 3]), [1, 12, 3]))),
  tf.mul(4, tf.reshape(tf.slice(x, [0, 0, 0, 0], [1, 4, 8, 3]), [1, 12, 8])),
], 2)"""
OFFSETS = f"[{SMALL}, tf.mul(9, tf.concat([{SMALL}, {SMALL}], 3))]"
ROWS = "tf.reshape(tf.mul(40, tf.abs(tf.slice(x, [0, 5, 5, 0], [1, 6, 9, 3]))), [1, 9, 18])"
VALUES = "tf.reshape(tf.slice(x, [0, 3, 3, 0], [1, 2, 2, 3]), [1, 12])"


@dataclass(frozen=True)
class Shown:
    """A view with its keys, and what the model returns."""

    view: str
    model: str
    options: Mapping[str, object] = field(default_factory=dict)
    value_range: tuple[float, float] = (-1, 1)


SHOWN = {
    "mask": Shown("mask", CHANNEL),
    "mask of a small map, tinted": Shown("mask", SMALL, {"foreground": 1, "background": "tint"}),
    "mask of logits, blurred": Shown("mask", SMALL, {"foreground": 2, "background": "blur", "blur": 4, "logits": True}),
    "mask of one logit": Shown("mask", f"tf.mul(3, {CHANNEL})", {"logits": True, "colour": [1, 2, 3]}),
    "classes": Shown("classes", "tf.clone(x)"),
    "classes of a small map, one of them clear": Shown("classes", SMALL, {"transparent": [1], "opacity": 0.8}),
    "classes with channels first": Shown("classes", "tf.transpose(x, [0, 3, 1, 2])", {"channels_first": True}),
    "classes as whole numbers": Shown("classes", f"tf.cast(tf.mul(20, tf.abs({CHANNEL})), 'int32')"),
    "heatmap": Shown("heatmap", SMALL, {"channel": 1}),
    "heatmap of a fixed range, mixed": Shown("heatmap", "tf.clone(x)", {"heatmap_range": "fixed", "opacity": 0.6}),
    "image with blue first": Shown("image", "tf.clone(x)", {"output_order": "bgr"}),
    "subpixel with blue first": Shown("subpixel", "tf.concat([x, x, x, x], 3)", {"output_order": "bgr"}),
    "subpixel": Shown("subpixel", "tf.concat([x, tf.neg(x), tf.mul(0.5, x), x], 3)"),
    "grey subpixel": Shown("subpixel", "tf.concat([x, tf.slice(x, [0, 0, 0, 0], [1, 37, 52, 1])], 3)"),
    "boxes, scores and classes": Shown("boxes", BOXES.replace("COLUMNS", "1"), {"labels": "coco", "threshold": 0.3}),
    "boxes with scores of classes": Shown(
        "boxes",
        f"{BOXES.replace('COLUMNS', '3')}.slice(0, 2)",
        {"threshold": 0.4, "iou": 0.2, "most": 5, "background_class": 0, "box_format": "cxcywh"},
    ),
    "boxes of two grids": Shown(
        "boxes",
        GRIDS,
        {"anchors": [[16, 2], [32, 6]], "box_format": "cxcywh", "coordinates": "pixels", "logits": True, "iou": 0.3},
    ),
    "boxes by distributions": Shown(
        "boxes",
        DISTRIBUTIONS,
        {"anchors": [[16, 1], [32, 1]], "box_format": "ltrb", "bins": 3, "logits": True, "iou": 0.6},
    ),
    "boxes behind their scores": Shown(
        "boxes", LONG_ROWS, {"anchors": [[16, 1]], "box_format": "ltrb", "bins": 2, "columns": ["scores", "box"]}
    ),
    "boxes in columns": Shown(
        "boxes",
        ROWS,
        {"columns": ["box", "objectness", "scores"], "coordinates": "pixels", "box_format": "xywh", "logits": True},
    ),
    "points": Shown("points", "tf.abs(tf.slice(x, [0, 7, 7, 0], [1, 1, 9, 3]))", {"skeleton": [[0, 1], [4, 8]]}),
    "points in a row, scored": Shown(
        "points", VALUES, {"columns": ["y", "x", "score"], "threshold": -0.2, "radius": 3, "skeleton": [[0, 3]]}
    ),
    "points of heat maps": Shown("points", SMALL, {"threshold": -1}),
    "points off their heat maps": Shown("points", OFFSETS, {"logits": True, "threshold": 0.4, "skeleton": [[0, 2]]}),
    "label": Shown("label", VALUES, {"labels": ["cat", "dog"], "logits": True}),
    "label of probabilities": Shown("label", f"tf.softmax({VALUES})", {"top": 2}),
}
RETURNS = """body => {
  page.runtime.model.predict = new Function("x", `return tf.tidy(() => ${body})`);
  page.runtime.model.executeAsync = null;
}"""
RENDERERS = {"wasm": ("topixels", "texture"), "webgl": ("topixels", "same-context")}


def show(page: TFJSPage, shown: Shown, renderer: str, picture: Pixels) -> View:
    """Have the page's model return other outputs, and a view show them."""
    page._browser.call(RETURNS, shown.model, PATIENCE_S)
    page._taken = None
    pictures = fed_pictures(picture)
    page.take(pictures, form_of(pictures))
    size = Size(*picture.shape[:2])
    names = tuple(info.name for info in page.outputs)
    view: View = builtin()[shown.view](ViewRequest(names, InputPlacement.same(size), shown.value_range, shown.options))
    aim_at(page, view, ShownIO(shown.view, page.outputs, None, shown.value_range), picture[..., :3], renderer)
    return view


def verify(page: TFJSPage, view: View, renderer: str, picture: Pixels) -> None:
    look = page.look()
    frame = fed_pictures(picture)[look.picture][..., :3]
    shown = look_at(look, view, frame, tolerance_of(renderer), "the last frame")
    assert shown.drawn.shape != frame.shape or np.abs(255 * shown.drawn - frame).max() > 9, "there is nothing to see"
    verify_screen(shown)


@pytest.mark.parametrize("backend", RENDERERS)
def test_a_pages_views_show_what_pythons_do(open_page: OpenPage, picture: Pixels, backend: str) -> None:
    page = open_page(backend)
    wrong: dict[str, str] = {}
    for place, (name, shown) in enumerate(SHOWN.items()):
        renderer = RENDERERS[backend][place % 2]
        view = show(page, shown, renderer, picture)
        rounds = page.rounds(3, 3, 0.0)
        assert "postprocess" in rounds.stages_s
        assert (rounds.tensors_left, rounds.bytes_left) == (0, 0), name
        try:
            verify(page, view, renderer, picture)
        except WrongOutput as error:
            wrong[f"{name} by {renderer}"] = str(error)
    assert wrong == {}


LATE = """const late = this.before ?? outputs.map((output) => tf.keep(tf.clone(output)));
    this.before = outputs.map((output) => tf.keep(tf.clone(output)));
    outputs = late;
    return tf.tidy(() => this.picture(outputs, raw));"""
ON_CANVAS, OF_VIEW = "does not show the picture that was fed last", "does not make the picture of the model's outputs"
MUTANTS = {
    "shows the outputs before": ("return tf.tidy(() => this.picture(outputs, raw));", LATE, ON_CANVAS),
    "mixes the other way round": (
        "tf.mul(tf.sub(one, other), share)",
        "tf.mul(tf.sub(one, other), tf.sub(1, share))",
        OF_VIEW,
    ),
    "sees the first frame always": (
        "return tf.tidy(() => this.picture(outputs, raw));",
        "this.kept ??= tf.keep(tf.clone(raw));\n    return tf.tidy(() => this.picture(outputs, this.kept));",
        OF_VIEW,
    ),
    "does not see the foreground": (
        "const foreground = this.foreground ?? count - 1;",
        "const foreground = 0;",
        OF_VIEW,
    ),
}


@pytest.mark.parametrize(("right", "wrong", "message"), MUTANTS.values(), ids=MUTANTS)
def test_a_view_that_shows_another_picture_is_wrong(
    open_page: OpenPage, picture: Pixels, right: str, wrong: str, message: str
) -> None:
    page = open_page("wasm", edit={"views.js": (right, wrong)})
    view = show(page, SHOWN["mask of a small map, tinted"], "topixels", picture)
    page.rounds(3, 3, 0.0)
    with pytest.raises(WrongOutput, match=message):
        verify(page, view, "topixels", picture)


def test_a_view_that_is_in_python_alone_is_refused_by_name(picture: Pixels) -> None:
    class Own(View):
        def __call__(self, outputs: Mapping[str, np.ndarray], frame: Pixels) -> Pixels:
            del outputs
            return frame

    shown = ShownIO("own", (TensorInfo("y", (1, 4), "float32"),), None, (0, 1))
    view = Own(ViewRequest(("y",), InputPlacement.same(Size(37, 52))))
    with pytest.raises(BackendUnavailable, match="a page has no view 'own', which is in Python"):
        aim_at(cast("TFJSPage", None), view, shown, picture[..., :3], "topixels")
