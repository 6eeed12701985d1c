"""What holds for all views that take maps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from shown_views import LARGER, SAME, new_frame, new_view, off

from framegate.postprocess.base import ViewRequest
from framegate.views import NAMES, builtin

MAPS = {"mask": {"foreground": 1}, "classes": {}, "heatmap": {"channel": 1}, "subpixel": {}, "image": {}}


@pytest.mark.parametrize("name", MAPS)
def test_channels_may_come_first(name: str) -> None:
    values = np.random.default_rng(0).random((1, 5, 7, 4), np.float32)
    last = new_view(name, LARGER, **MAPS[name])({"out": values}, new_frame(LARGER))
    first = new_view(name, LARGER, channels_first=True, **MAPS[name])
    turned = {"out": np.ascontiguousarray(values.transpose(0, 3, 1, 2))}
    assert (first(turned, new_frame(LARGER)) == last).all()
    assert np.abs(first.expected(turned, new_frame(LARGER)) - last.astype(float)).max() <= first.tolerance


@pytest.mark.parametrize(
    ("name", "count"), [("image", 3), ("image", 4), ("image", 1), ("subpixel", 12), ("subpixel", 4)]
)
def test_blue_may_come_first(name: str, count: int) -> None:
    values = np.random.default_rng(0).random((1, 5, 7, count), np.float32)
    red_first = new_view(name)({"out": values}, new_frame())
    view = new_view(name, output_order="bgr")
    shown = view({"out": values}, new_frame())
    assert (
        shown.tolist() == red_first[..., [2, 1, 0, 3][: red_first.shape[2]] if red_first.shape[2] > 1 else [0]].tolist()
    )
    assert np.array_equal(shown, view.expected({"out": values}, new_frame()))


@pytest.mark.parametrize("name", sorted(NAMES.keys() - {"image", "subpixel"}))
def test_a_part_of_a_larger_frame_is_shown(name: str) -> None:
    frame = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    frame.flags.writeable = False
    values = np.random.default_rng(0).random((1, 3, 6), np.float32).round()
    view = new_view(name)
    assert off(view, {"out": values}, SAME.crop(frame)) <= view.tolerance


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_documented(name: str, request: pytest.FixtureRequest) -> None:
    view = new_view(name)
    page = (request.config.rootpath / "docs" / "views.md").read_text("utf-8")
    _, section = page.split(f"\n## `{name}`", 1)
    section = section.split("\n## ", 1)[0]
    assert {key for key in view.keys if f"`{key}`" not in section} == set()


@pytest.mark.parametrize("name", sorted(NAMES.keys() - {"image", "subpixel"}))
def test_a_map_may_change_its_size_from_frame_to_frame(name: str) -> None:
    view = new_view(name, LARGER)
    for shape in ((1, 5, 2), (1, 3, 2), (1, 5, 2)):
        values = np.random.default_rng(0).random(shape, np.float32).round()
        if name == "label":
            values = values.reshape(1, -1)
        if name == "boxes":
            values = np.repeat(values, 3, axis=2)
        assert off(view, {"out": values}, new_frame(LARGER)) <= view.tolerance


def test_the_docs_view_of_ones_own_works(request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs" / "views.md").read_text("utf-8")
    names: dict[str, Any] = {}
    code = page.split("```python\n")[1].split("```")[0]
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 10
    exec(code, names)  # noqa: S102
    view = names["pytest_framegate_views"](None)["outlined"](ViewRequest(("out",), SAME))
    values = np.array([[[0, 1, 1, 0, 0, 0]] * 4], np.float32)[..., np.newaxis]
    picture = view({"out": values}, new_frame())
    assert picture.dtype == np.uint8
    assert picture[0, :, 0].tolist() == [0, 255, 0, 255, 0, 0]


def test_every_view_can_be_made() -> None:
    assert set(builtin()) == set(NAMES)
