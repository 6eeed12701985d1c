from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_models_image_io import graph, info
from tfjs_files import write_model

from framegate.errors import BackendUnavailable, ModelError, UnknownName
from framegate.interfaces import InputSpec, ModelSpec, ResolvedModel, Size, TensorForm, TensorInfo
from framegate.models.frame_io import FrameIO, ShownIO, check_feeds, find_frame_io, find_shown, guessed_ranges


def frame_io(path: Path, taken: TensorInfo, size: Size, **spec: Any) -> FrameIO:
    files = ResolvedModel("m", path, "graph", "")
    return find_frame_io(ModelSpec("m", "path", str(path), **spec), files, (taken,), size)


def test_a_model_at_a_size(tmp_path: Path) -> None:
    path = graph(tmp_path, [-1, -1, -1, 3])
    found = frame_io(path, info(None, None, None, 3), Size(48, 64), input_range=(0.0, 255.0))
    assert found.form.shape == (1, 48, 64, 3)
    assert found.size == Size(48, 64)
    assert found.input.name == "x"
    assert found.form.ranges == ((0.0, 255.0),)
    assert frame_io(path, info(48, 64, 1), Size(48, 64)).form.shape == (48, 64, 1)


def test_integer_models_take_bytes(tmp_path: Path) -> None:
    found = frame_io(graph(tmp_path, [1, 8, 8, 3]), TensorInfo("x", (1, 8, 8, 3), "int32"), Size(8, 8))
    assert found.form.ranges == ((0.0, 255.0),)


def test_ranges_that_nobody_has_written_down_are_guesses(tmp_path: Path) -> None:
    files = ResolvedModel("m", graph(tmp_path, [1, 8, 8, 3]), "graph", "")
    shown, size = (-1.0, 1.0), Size(8, 8)
    unsaid = ModelSpec("m", "path", "m")
    assert guessed_ranges(unsaid, files, size, shown) == {"input_range": shown, "output_range": shown}
    assert guessed_ranges(unsaid, files, size, (0.0, 255.0)) == {"input_range": shown}
    assert guessed_ranges(replace(unsaid, input_range=(0.0, 1.0), output_range=shown), files, size, shown) == {}


def test_what_the_spec_says_of_channels(tmp_path: Path) -> None:
    ranges = ((-1.0, 1.0), (0.0, 1.0), (-2.0, 2.0))
    path = graph(tmp_path, [1, 3, 8, 16])
    found = frame_io(path, info(1, 3, 8, 16), Size(8, 16), inputs=InputSpec(is_bgr=True, ranges=ranges))
    assert found.form == TensorForm(Size(8, 16), 3, "float32", ranges, is_channels_first=True, is_bgr=True)
    assert found.form.shape == (1, 3, 8, 16)
    with pytest.raises(ModelError, match=r"m: mean and std in the spec are for 3 channels, and x: .* has 1"):
        frame_io(path, info(1, 8, 8, 1), Size(8, 8), inputs=InputSpec(ranges=ranges))


def test_a_model_that_wants_several_frames_at_once_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model 'm' takes batches of 4 frames; export it with batches of 1"):
        frame_io(graph(tmp_path, [4, 8, 8, 3]), info(4, 8, 8, 3), Size(8, 8))


@pytest.mark.parametrize(
    ("shape", "own"), [([-1, 64, 48, 3], "48x64"), ([1, 64, -1, 3], "32x64"), ([1, -1, 48, 3], "48x32")]
)
def test_a_size_that_the_model_does_not_take(tmp_path: Path, shape: list[int], own: str) -> None:
    files = ResolvedModel("m", graph(tmp_path, shape), "graph", "")
    with pytest.raises(BackendUnavailable) as error:
        check_feeds(ModelSpec("m", "path", ""), files, Size(32, 32))
    assert str(error.value) == f"model 'm' takes frames of {own} only, not 32; use --frame-size {own}"


@pytest.mark.parametrize("shape", [[-1, -1, -1, 3], [1, 32, -1, 3], [1, 32, 32, 1], [1, 3, 32, 32]])
def test_a_size_that_the_model_takes(tmp_path: Path, shape: list[int]) -> None:
    check_feeds(ModelSpec("m", "path", ""), ResolvedModel("m", graph(tmp_path, shape), "graph", ""), Size(32, 32))


PICTURE, POINTS = info(1, 8, 8, 3, name="z"), info(1, 21, 3, name="points")


def shown(tmp_path: Path, *outputs: TensorInfo, **spec: Any) -> ShownIO:
    path = graph(tmp_path, [1, 8, 8, 3])
    return find_shown(
        ModelSpec("m", "path", str(path), **spec), ResolvedModel("m", path, "graph", ""), outputs, {"boxes": 181.5}
    )


def test_what_is_shown_is_guessed_with_a_reason(tmp_path: Path) -> None:
    assert shown(tmp_path, PICTURE) == ShownIO("image", (PICTURE,), "three channels that end in a tanh", (-1.0, 1.0))
    assert shown(tmp_path, info(1, 7, name="score"), PICTURE).outputs == (PICTURE,)


def test_what_the_spec_says_is_no_guess(tmp_path: Path) -> None:
    assert shown(tmp_path, PICTURE, view="heatmap") == ShownIO("heatmap", (PICTURE,), None, (-1.0, 1.0))
    points = shown(tmp_path, PICTURE, POINTS, view="points", outputs=("points",), output_range=(0, 9))
    assert points == ShownIO("points", (POINTS,), None, (0, 9))


def test_of_a_view_or_an_output_the_other_is_guessed(tmp_path: Path) -> None:
    assert shown(tmp_path, PICTURE, POINTS, view="points").outputs == (POINTS,)
    by_output = shown(tmp_path, PICTURE, POINTS, outputs=("points",))
    assert (by_output.view, by_output.outputs) == ("points", (POINTS,))
    assert by_output.reason


def test_an_output_goes_by_its_name_in_model_json_too(tmp_path: Path) -> None:
    other = info(1, 8, 8, 3, name="StatefulPartitionedCall:0")
    assert shown(tmp_path, other, outputs=("z",)).outputs == (other,)


def test_a_page_that_calls_outputs_otherwise_shows_the_same(tmp_path: Path) -> None:
    """TF.js calls the outputs of a graph by their tensors, and model.json by the names that it was exported with."""
    shape = {"shape": {"dim": [{"size": str(side)} for side in (1, 8, 8, 3)]}}
    nodes = [{"name": "x", "op": "Placeholder", "attr": {"shape": shape}}]
    nodes += [{"name": name, "op": "Tanh", "input": ["x"]} for name in ("Identity", "Identity_1")]
    outputs = {"points": {"name": "Identity_1:0"}, "picture": {"name": "Identity:0"}}
    signature = {"inputs": {"x": {"name": "x:0"}}, "outputs": outputs}
    path = write_model(tmp_path, topology={"node": nodes}, signature=signature)

    def found(names: tuple[str, str], **spec: Any) -> ShownIO:
        infos = info(1, 9, 2, name=names[0]), info(1, 8, 8, 3, name=names[1])
        return find_shown(ModelSpec("m", "path", "", **spec), ResolvedModel("m", path, "graph", ""), infos, {})

    by_export, in_page = found(("points", "picture")), found(("Identity_1", "Identity"))
    assert (in_page.view, in_page.reason, in_page.keys) == ("points", "by its name", {})
    assert (by_export.view, by_export.reason, by_export.keys) == ("points", "by its name", {})
    assert [info.name for info in (*by_export.outputs, *in_page.outputs)] == ["points", "Identity_1"]
    assert found(("Identity_1:0", "Identity:0")).outputs[0].name == "Identity_1:0"
    (picture,) = found(("Identity_1", "Identity"), outputs=("picture",)).outputs
    assert picture.name == "Identity"
    assert found(("Identity_1", "Identity"), view="image").outputs == (picture,)


def test_an_output_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="unknown output of m 'w'; there is: points, z"):
        shown(tmp_path, PICTURE, POINTS, outputs=("w",))


def test_integer_outputs_are_bytes(tmp_path: Path) -> None:
    assert shown(tmp_path, TensorInfo("z", (1, 8, 8, 3), "int32"), view="image").value_range == (0.0, 255.0)


def test_keys_that_the_spec_leaves_out_are_guessed_and_said(tmp_path: Path) -> None:
    body = info(1, 1, 17, 3, name="points")
    by_guess = shown(tmp_path, body)
    assert by_guess.keys == {"columns": ["y", "x", "score"], "skeleton": "body"}
    assert by_guess.reason == 'by its name; with columns = ["y", "x", "score"], skeleton = "body", a guess as well'
    columns = ["x", "y", "score"]
    by_spec = shown(tmp_path, body, view="points", view_options={"columns": columns, "threshold": 0})
    assert by_spec.keys == {"columns": columns, "skeleton": "body", "threshold": 0}
    assert by_spec.reason == 'with skeleton = "body", a guess as well'


def test_coordinates_beyond_a_picture_count_pixels(tmp_path: Path) -> None:
    boxes, scores = info(1, 9, 4, name="boxes"), info(1, 9, name="scores")
    guessed = shown(tmp_path, boxes, scores)
    assert (guessed.view, guessed.keys) == ("boxes", {"coordinates": "pixels"})
    assert guessed.reason is not None
    assert guessed.reason.endswith('; with coordinates = "pixels", a guess as well')
    heat = shown(tmp_path, info(1, 9, 9, 17, name="heatmap"))
    assert (heat.view, heat.keys) == ("points", {"skeleton": "body"})
    named = shown(tmp_path, boxes, scores, view="boxes", view_options={"coordinates": "normalised"})
    assert named.keys == {"coordinates": "normalised"}


def test_distances_in_cells_are_no_coordinates(tmp_path: Path) -> None:
    boxes, scores = info(1, 9, 4, name="boxes"), info(1, 9, name="scores")
    keys = {"box_format": "ltrb", "anchors": [[8, 1]]}
    assert shown(tmp_path, boxes, scores, view="boxes", view_options=keys).keys == keys
