"""How a page feeds a picture, on the way that frames take: as Python does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fed_pictures import fed_pictures
from graph_files import op, placeholder, write_graph

from framegate.browser import requests, session
from framegate.browser.driver import Browser
from framegate.browser.runtimes import PageRuntime
from framegate.browser.server import PageFolder
from framegate.interfaces import Pixels, Range, Size, TensorForm
from framegate.preprocess.tensor import ToTensor
from framegate.render.oracle import to_pixels

NewFolder = Callable[[], PageFolder]
RANGES: tuple[Range, ...] = ((-2.1, 2.6), (-2.0, 2.4), (-1.8, 2.6))
SHOWN: Range = (-2.1, 2.6)


@pytest.mark.parametrize("is_channels_first", [False, True])
@pytest.mark.parametrize(("is_bgr", "ranges"), [(True, RANGES), (True, ((0, 1),)), (False, RANGES)])
def test_a_form(
    shared_browser: Callable[[], Browser],
    new_folder: NewFolder,
    tfjs: Path,
    tmp_path: Path,
    picture: Pixels,
    *,
    is_channels_first: bool,
    is_bgr: bool,
    ranges: tuple[Range, ...],
) -> None:
    height, width, _ = picture.shape
    form = TensorForm(Size(height, width), 3, "float32", ranges, True, is_channels_first, is_bgr)
    order = np.array([0, 2, 3, 1] if is_channels_first else [0, 1, 2, 3], np.int32)
    nodes = [placeholder("x", form.shape), op("Transpose", "y", ["x", "order"], Tperm={"type": "DT_INT32"})]
    model = write_graph(tmp_path / "net", nodes, {"order": order})
    pictures = fed_pictures(picture)
    page = session.TFJSPage(shared_browser(), new_folder(), PageRuntime("cpu"), model, tfjs)
    page.take(pictures, form)
    page.aim(page.outputs[:1], "topixels", SHOWN)
    assert page.rounds(2, 2, 0.0).tensors_left == 0
    look = page.look()
    expected = ToTensor(form)(pictures[look.picture][..., :3]).transpose(order)
    (output,) = look.outputs.values()
    np.testing.assert_allclose(output, expected, rtol=0, atol=1e-6)
    unit = np.clip((expected[0].astype(np.float64) - SHOWN[0]) / (SHOWN[1] - SHOWN[0]), 0, 1).astype(np.float32)
    np.testing.assert_allclose(look.pixels.astype(int), to_pixels(unit).astype(int), rtol=0, atol=1)


@pytest.mark.parametrize(
    ("dtype", "held"),
    [("uint8", "int32"), ("int64", "int32"), ("int32", "int32"), ("bool", "bool"), ("float16", "float32")],
)
def test_what_tfjs_holds_values_in(dtype: str, held: str) -> None:
    assert requests.tfjs_dtype(dtype) == held


def test_an_input_of_bytes(
    shared_browser: Callable[[], Browser], new_folder: NewFolder, tfjs: Path, tmp_path: Path, picture: Pixels
) -> None:
    height, width, _ = picture.shape
    form = TensorForm(Size(height, width), 3, "uint8", ((0, 255),), is_batched=True)
    nodes = [placeholder("x", form.shape, "DT_UINT8"), op("Identity", "y", ["x"], T={"type": "DT_UINT8"})]
    model = write_graph(tmp_path / "net", nodes, {})
    pictures = fed_pictures(picture)
    page = session.TFJSPage(shared_browser(), new_folder(), PageRuntime("cpu"), model, tfjs)
    page.take(pictures, form)
    page.aim(page.outputs[:1], "topixels", (0, 255))
    assert page.rounds(2, 2, 0.0).tensors_left == 0
    look = page.look()
    (output,) = look.outputs.values()
    np.testing.assert_array_equal(output[0], pictures[look.picture][..., :3])
