"""Points and skeletons, by hand and against the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from shown_views import PLACEMENTS, new_frame, new_view, off, plain_frame

from framegate.errors import ModelError, UsageError
from framegate.interfaces import Array, Size
from framegate.postprocess.placement import InputPlacement

SQUARE = InputPlacement.same(Size(10, 10))


def dots(values: Array, placement: InputPlacement = SQUARE, **options: object) -> set[tuple[int, int]]:
    """Rows and columns of what is drawn."""
    view = new_view("points", placement, **{"radius": 0, **options})
    picture = view({"out": values}, plain_frame(placement))
    return {(int(row), int(column)) for row, column in np.argwhere((picture != 100).any(axis=2))}


@pytest.mark.parametrize("shape", [(1, 2, 2), (1, 1, 2, 2), (2, 2), (1, 4), (4,), (1, 2, 1, 2)])
def test_points_come_in_many_shapes(shape: tuple[int, ...]) -> None:
    values = np.array([0.1, 0.2, 0.5, 0.9], np.float32).reshape(shape)
    assert dots(values) == {(2, 1), (9, 5)}


def test_columns_say_what_the_numbers_are() -> None:
    values = np.array([[[[0.2, 0.1, 0.9], [0.9, 0.5, 0.1]]]], np.float32)
    assert dots(values, columns=["y", "x", "score"]) == {(2, 1)}
    assert dots(values, columns=["y", "x", "score"], threshold=0) == {(2, 1), (9, 5)}
    assert dots(values.reshape(1, 6), columns=["y", "x", "depth"]) == {(2, 1), (9, 5)}


def test_points_in_pixels_of_the_input_are_mapped_to_the_frame() -> None:
    placement = InputPlacement.of(Size(20, 40), Size(10, 10), "letterbox")
    values = np.array([[[2.5, 5, 0], [5, 2.5, 0], [5, 1, 0]]], np.float32)
    assert dots(values, placement, coordinates="pixels") == {(12, 10), (2, 20)}


def test_the_largest_value_of_a_heat_map_is_a_point() -> None:
    values = np.zeros((1, 5, 5, 2), np.float32)
    values[0, 1, 3, 0] = 1
    values[0, 4, 0, 1] = 0.2
    assert dots(values) == {(3, 7)}
    assert dots(values, threshold=0.1) == {(3, 7), (9, 1)}


def test_a_heat_map_may_be_of_logits() -> None:
    values = np.full((1, 5, 5, 2), -9, np.float32)
    values[0, 1, 3] = (0.1, -0.1)
    values[0, 4, 0, 1] = 0.05
    assert dots(values, logits=True, threshold=0.5) == {(3, 7), (9, 1)}
    assert dots(values, logits=True, threshold=0.52) == {(3, 7)}


OFFSET = InputPlacement.of(Size(18, 34), Size(9, 17), "resize")


def test_points_are_off_the_cells_of_their_heat_maps() -> None:
    """The outermost cells, (0, 0) and (2, 4), are the outermost pixels: one cell is four pixels."""
    heat, offsets = np.zeros((1, 3, 5, 2), np.float32), np.zeros((1, 3, 5, 4), np.float32)
    heat[0, 1, 3, 0] = heat[0, 2, 4, 1] = 1
    offsets[0, 1, 3] = (0.5, 99, -1.5, 99)
    offsets[0, 2, 4] = (99, 0, 99, -2)
    view = new_view("points", OFFSET, ("heat", "off"), radius=0)
    outputs = {"heat": heat, "off": offsets}
    picture = view(outputs, plain_frame(OFFSET))
    # (4 + 0.5, 12 - 1.5) and (8, 16 - 2) in pixels of the input, twice as much in those of the frame.
    assert np.argwhere((picture != 100).any(axis=2)).tolist() == [[9, 21], [16, 28]]
    assert off(view, outputs, new_frame(OFFSET)) == 0


@pytest.mark.parametrize("shape", [(1, 3, 5, 2), (1, 5, 3, 4), (3, 5, 4)])
def test_offsets_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    view = new_view("points", OFFSET, ("heat", "off"))
    with pytest.raises(ModelError, match=r"'off' is float32 .*; how far points are from .* is \(1, 3, 5, 4\): down"):
        view({"heat": np.zeros((1, 3, 5, 2), np.float32), "off": np.zeros(shape, np.float32)}, plain_frame(OFFSET))


def test_points_are_discs() -> None:
    assert dots(np.array([[0.5, 0.5]], np.float32), columns=["x", "y"], radius=2) == {
        (row, column) for row in range(10) for column in range(10) if (row - 5) ** 2 + (column - 5) ** 2 <= 4
    }


@pytest.mark.parametrize("shape", [(1, 0, 3), (1, 0)])
def test_a_graph_may_find_nothing(shape: tuple[int, ...]) -> None:
    assert dots(np.zeros(shape, np.float32), skeleton="body") == set()


def test_a_skeleton_connects_points_that_are_shown() -> None:
    values = np.array([[[0, 0, 1], [0.3, 0.9, 1], [0.9, 0.9, 0]]], np.float32)
    drawn = dots(values, columns=["x", "y", "score"], skeleton=[[0, 1], [1, 2]])
    assert drawn == {(row, (2 * row * 3 + 9) // 18) for row in range(10)}
    with pytest.raises(ModelError, match="the skeleton connects point 16, and there are 3 points, from 0"):
        dots(values, skeleton="body")


def test_points_that_are_far_outside_or_no_numbers_are_not_shown() -> None:
    values = np.array([[[1e30, 0], [np.nan, 0.5], [0.5, -np.inf], [0.5, 0.5], [2.1, 0.5], [1.5, 0.5]]], np.float32)
    drawn = dots(values, skeleton=[[0, 3], [1, 3], [2, 3], [4, 3]])
    assert drawn == {(5, 5)}
    # The line to a point that is only a little outside ends at the edge.
    assert dots(values, skeleton=[[5, 3]]) == {(5, column) for column in range(5, 10)}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": ["x", "score"]}, r"columns = \['x', 'score'\] cannot be read; write such as"),
        ({"columns": ["x", "y", "y"]}, "cannot be read; write such as"),
        ({"skeleton": "octopus"}, "skeleton = 'octopus' is not a list of pairs"),
        ({"skeleton": [[0, 1, 2]]}, "is not a list of pairs"),
        ({"radius": -1}, "radius = -1 is not a whole number from 0 to 100"),
    ],
)
def test_keys_that_cannot_be_right_are_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        new_view("points", **options)


@pytest.mark.parametrize("shape", [(1, 7), (1, 2, 2, 1, 2, 2), (2, 3, 4), (1, 7, 1), ()])
def test_outputs_that_are_no_points_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match=r"'out' is float32 \(.*\), which are no points with x, y, z"):
        new_view("points")({"out": np.zeros(shape, np.float32)}, plain_frame())


@settings(max_examples=40)
@given(
    values=arrays.arrays(
        np.float32,
        st.tuples(st.just(1), st.integers(2, 5), st.just(3)),
        elements=st.floats(width=32) | st.floats(-1, 2, width=32),
    ),
    placement=st.sampled_from((*PLACEMENTS, SQUARE, InputPlacement.of(Size(240, 300), Size(9, 9), "resize"))),
    coordinates=st.sampled_from(["normalised", "pixels"]),
    columns=st.sampled_from([["x", "y", "z"], ["y", "x", "score"]]),
    radius=st.integers(0, 9),
)
def test_it_shows_what_is_expected(
    values: Array, placement: InputPlacement, coordinates: str, columns: list[str], radius: int
) -> None:
    view = new_view(
        "points", placement, coordinates=coordinates, columns=columns, radius=radius, skeleton=[[0, 1], [1, 0]]
    )
    for seed in (0, 1):
        assert off(view, {"out": values}, new_frame(placement, seed)) == 0


@settings(max_examples=40)
@given(values=arrays.arrays(np.float32, arrays.array_shapes(min_dims=1, max_dims=5, max_side=4)))
def test_any_output_is_shown_or_refused(values: Array) -> None:
    try:
        assert off(new_view("points"), {"out": values}, new_frame()) == 0
    except ModelError as error:
        assert "no points" in str(error)  # noqa: PT017
