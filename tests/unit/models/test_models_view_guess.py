"""Which view shows a model, from small models of each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tfjs_files import write_model

from framegate.errors import ModelError
from framegate.interfaces import TensorInfo
from framegate.models.topology import ModelJson, read_model_json
from framegate.models.view_guess import ViewGuess, guess_view

Shape = tuple[int | None, ...]
COLOUR: Shape = (1, 64, 64, 3)
GREY: Shape = (1, 64, 64, 1)


def info(name: str, *shape: int | None, dtype: str = "float32") -> TensorInfo:
    return TensorInfo(name, shape, dtype)


def graph(folder: Path, ops: dict[str, str], takes: Shape = COLOUR, dtype: str = "DT_FLOAT") -> ModelJson:
    """A graph whose outputs are made by operations, last one first: ``{"a": "Reshape Sigmoid"}``."""
    dims = [{"size": str(-1 if dim is None else dim)} for dim in takes]
    attributes = {"shape": {"shape": {"dim": dims}}, "dtype": {"type": dtype}}
    nodes: list[dict[str, Any]] = [{"name": "x", "op": "Placeholder", "attr": attributes}]
    for name, chain in ops.items():
        names = [name, *(f"{name}/{at}" for at in range(1, len(chain.split()))), "x"]
        for at, op in enumerate(chain.split()):
            nodes.append({"name": names[at], "op": op, "input": [names[at + 1]]})
    signature = {"inputs": {"x": {"name": "x:0"}}, "outputs": {name: {"name": f"{name}:0"} for name in ops}}
    return read_model_json(write_model(folder, topology={"node": nodes}, signature=signature))


def guess(folder: Path, outputs: dict[str, tuple[str, TensorInfo]], takes: Shape = COLOUR) -> ViewGuess:
    model = graph(folder, {name: ops for name, (ops, _) in outputs.items()}, takes)
    return guess_view("m", model, [info for _, info in outputs.values()])


@pytest.mark.parametrize(
    ("ops", "shape", "takes", "view", "reason"),
    [
        ("Sigmoid", GREY, COLOUR, "mask", "one channel that ends in a sigmoid"),
        ("Identity ResizeBilinear Sigmoid", GREY, COLOUR, "mask", "one channel that ends in a sigmoid"),
        ("Sigmoid", (1, 128, 128, 1), GREY, "image", "one channel that ends in a sigmoid"),
        ("Softmax", (1, 64, 64, 2), COLOUR, "mask", "two channels that end in a softmax"),
        ("RealDiv Exp", (1, 64, 64, 2), COLOUR, "mask", "two channels that end in a softmax"),
        ("Conv2D", (1, 64, 64, 2), COLOUR, "mask", "two channels for each pixel: what is behind, and what is in front"),
        ("Tanh", GREY, COLOUR, "image", "one channel that ends in a tanh"),
        ("Conv2D", GREY, COLOUR, "image", "one channel"),
        ("Relu", GREY, COLOUR, "heatmap", "one channel that ends in a ReLU: no number is the largest, as with depth"),
        ("Conv2D", COLOUR, COLOUR, "image", "three channels"),
        ("Conv2D", (1, 3, 64, 64), (1, 3, 64, 64), "image", "three channels"),
        ("Softmax", COLOUR, COLOUR, "classes", "three channels that end in a softmax"),
        ("Conv2D", (1, 64, 64, 4), COLOUR, "image", "four channels"),
        ("Conv2D", (1, 64, 64, 4), GREY, "subpixel", "4 channels for each pixel of a grey picture"),
        ("Tanh", (1, 64, 64, 12), COLOUR, "subpixel", "12 channels for each pixel of a colour picture"),
        ("Conv2D", (1, 64, 64, 12), COLOUR, "classes", "12 channels for each pixel"),
        ("Conv2D", (1, 8, 8, 21), COLOUR, "classes", "21 channels for each pixel"),
        ("Relu", (1, 8, 8, 1280), COLOUR, "heatmap", "it is the first output with rows and columns"),
        ("ExpandDims ArgMax", GREY, COLOUR, "classes", "the index of the largest of several channels"),
        (
            "Squeeze ArgMax",
            (None, None),
            (1, None, None, 3),
            "classes",
            "the index of the largest of several channels",
        ),
        ("Squeeze ArgMax", (48, 64), (1, None, None, 3), "classes", "the index of the largest of several channels"),
        ("ArgMax", (None, 100), COLOUR, "label", "100 numbers"),
        ("ArgMax", (1, 100), COLOUR, "label", "100 numbers"),
        ("Squeeze Conv2D", (64, 64), COLOUR, "heatmap", "one number for each pixel"),
        ("Conv2D", (None, None), COLOUR, "label", "nothing tells what it is; it is numbers"),
        ("Cast ArgMax", (1, 64, 64), COLOUR, "classes", "the index of the largest of several channels"),
        ("Squeeze Sigmoid", (1, 64, 64), COLOUR, "mask", "one channel that ends in a sigmoid"),
        ("Squeeze Conv2D", (1, 32, 32), COLOUR, "heatmap", "one number for each pixel"),
        ("Conv2D", (64, 64, 3), (64, 64, 3), "image", "three channels"),
        ("Conv2D", (1, 1, 17, 3), COLOUR, "points", "17 rows of 3 numbers"),
        ("Reshape Conv2D", (1, 63), COLOUR, "points", "63 numbers, as many as 21 points of a hand have"),
        ("Softmax", (1, 63), COLOUR, "label", "63 numbers that end in a softmax"),
        ("MatMul", (1, 10), COLOUR, "label", "10 numbers"),
        ("Sigmoid", (1, 1), COLOUR, "label", "a single number"),
        ("ConcatV2", (1, 6, 56), COLOUR, "boxes", "for several bodies: 17 points, a box and a score"),
        (
            "ConcatV2",
            (1, 896, 17),
            (1, 128, 128, 3),
            "boxes",
            "have anchors for such a picture: a score, a box and points",
        ),
        ("ConcatV2", (1, 896, 17), COLOUR, "heatmap", "it is the first output with rows and columns"),
        ("ConcatV2", (1, 100, 6), COLOUR, "boxes", "rows of 6 numbers: a box, a score and a class"),
        ("Reshape", (1, 384, 16), COLOUR, "heatmap", "it is the first output with rows and columns"),
        ("Conv2D", (None, None, None, None), COLOUR, "image", "any number of channels"),
    ],
)
def test_one_output(tmp_path: Path, ops: str, shape: Shape, takes: Shape, view: str, reason: str) -> None:
    guessed = guess(tmp_path, {"y": (ops, info("y", *shape))}, takes)
    assert (guessed.view, guessed.outputs) == (view, ("y",))
    assert guessed.reason.endswith(reason)


@pytest.mark.parametrize(
    ("name", "shape", "view"),
    [
        ("mask", GREY, "mask"),
        ("pha", GREY, "mask"),
        ("alphabet", GREY, "image"),
        ("segment", (1, 64, 64, 2), "mask"),
        ("predicted_depth", GREY, "heatmap"),
        ("depthwise", GREY, "image"),
        ("MobilenetV1/heatmap_2/BiasAdd", (1, 25, 25, 17), "points"),
        ("upscaled_confs/BiasAdd", (1, 368, 368, 16), "points"),
        ("heatmap", GREY, "heatmap"),
        ("output_mesh", (1, 1434), "points"),
        ("landmarks", (1, 10), "points"),
        ("detection_boxes", (1, 64, 4), "boxes"),
        ("tower_0/detections", (1, 100, 6), "boxes"),
        ("sub_pixel", (1, 64, 64, 12), "subpixel"),
        ("depth_to_space_input", (1, 64, 64, 27), "subpixel"),
    ],
)
def test_names_tell(tmp_path: Path, name: str, shape: Shape, view: str) -> None:
    assert guess(tmp_path, {name: ("Conv2D", info(name, *shape))}).view == view


def test_boxes_and_what_belongs_to_them_by_name(tmp_path: Path) -> None:
    shapes: dict[str, Shape] = {
        "num_detections": (1,),
        "detection_scores": (1, 100),
        "detection_classes": (1, 100),
        "raw": (1, 900, 7),
        "detection_boxes": (1, 100, 4),
    }
    guessed = guess(tmp_path, {name: ("Pad", info(name, *shape)) for name, shape in shapes.items()})
    assert guessed.outputs == ("detection_boxes", "detection_scores", "detection_classes")
    assert str(guessed) == ("boxes of outputs detection_boxes, detection_scores, detection_classes (by their names)")


def test_of_boxes_without_names_those_that_are_left_after_suppression(tmp_path: Path) -> None:
    shapes: dict[str, Shape] = {
        "Identity": (1, 100),
        "Identity_1": (1, 100, 4),
        "Identity_3": (1, 100, 8),
        "Identity_6": (1, 1917, 1, 4),
        "Identity_7": (1, 1917, 8),
    }
    guessed = guess(tmp_path, {name: ("Pad", info(name, *shape)) for name, shape in shapes.items()})
    assert (guessed.view, guessed.outputs) == ("boxes", ("Identity_1", "Identity_3"))


def test_boxes_and_scores_of_several_grids(tmp_path: Path) -> None:
    shapes: dict[str, Shape] = {"c": (1, 384, 1), "b": (1, 512, 16), "d": (1, 384, 16), "a": (1, 512, 1)}
    outputs = {name: ("Reshape Conv2D", info(name, *shape)) for name, shape in shapes.items()}
    guessed = guess(tmp_path, outputs, (1, 128, 128, 3))
    assert (guessed.view, guessed.outputs) == ("boxes", ("b", "a", "d", "c"))
    assert guessed.reason == (
        "boxes and scores of 2 grids, as many as MediaPipe's detectors have anchors for such a picture"
    )
    assert guess(tmp_path, outputs, (1, 256, 256, 3)).outputs == ("b", "a", "d", "c")
    assert guess(tmp_path, outputs, (1, 192, 192, 3)).view == "heatmap"
    assert guess(tmp_path, outputs | {"e": ("Conv2D", info("e", 1, 512, 1))}, (1, 128, 128, 3)).view == "heatmap"


def test_distributions_of_the_cells_of_several_grids(tmp_path: Path) -> None:
    """NanoDet's outputs, and the same as maps."""
    flat: dict[str, Shape] = {"c": (1, 4, 80), "f": (1, 4, 44), "b": (1, 16, 80), "a": (1, 64, 80), "e": (1, 16, 44)}
    outputs = {name: ("Sigmoid", info(name, *shape)) for name, shape in {**flat, "d": (1, 64, 44)}.items()}
    guessed = guess(tmp_path, outputs)
    assert (guessed.view, guessed.outputs) == ("boxes", ("d", "a", "e", "b", "f", "c"))
    assert guessed.reason.startswith("scores and distributions of 11 for each side of a box, for each cell of 3 grids")
    maps = {
        f"{name}{side}": ("Conv2D", info(f"{name}{side}", 1, side, side, count))
        for side in (8, 4, 2)
        for name, count in {"box": 64, "score": 20}.items()
    }
    assert guess(tmp_path, maps).outputs == ("box8", "score8", "box4", "score4", "box2", "score2")
    like = {name: ("Conv2D", info(name, *shape[:2], 64)) for name, shape in {**flat, "d": (1, 64, 44)}.items()}
    assert guess(tmp_path, like).view == "heatmap"
    assert guess(tmp_path, outputs, (1, 96, 96, 3)).view == "heatmap"


def test_of_outputs_alike_the_one_that_the_model_returns_first(tmp_path: Path) -> None:
    """MediaPipe's landmarks come before the same in metres, and model.json lists them as it likes."""
    shapes: dict[str, Shape] = {
        "Identity_3": (1, 63),
        "Identity": (1, 63),
        "Identity_1": (1, 1),
        "Identity_10": (1, 63),
    }
    outputs = {name: ("Reshape Conv2D", info(name, *shape)) for name, shape in shapes.items()}
    assert guess(tmp_path, outputs).outputs == ("Identity",)
    del outputs["Identity"]
    assert guess(tmp_path, outputs).outputs == ("Identity_3",)
    names = ("Identity_10", "own", "Identity")  # not numbered throughout
    assert guess(tmp_path, {name: ("Conv2D", info(name, 1, 63)) for name in names}).outputs == ("Identity_10",)


@pytest.mark.parametrize(
    ("shape", "view"),
    [
        ((1, 84, 84), "boxes"),  # YOLOv8: 64 + 16 + 4 cells of 8, 16 and 32 pixels, here of as many columns
        ((1, 9, 84), "boxes"),
        ((1, 84, 9), "boxes"),
        ((1, 252, 85), "boxes"),  # YOLOv5: three boxes for each cell
        ((1, 84, 4), "heatmap"),
        ((1, 83, 9), "heatmap"),
        ((1, 84, 85), "heatmap"),  # YOLOX, which leaves the grid to others
    ],
)
def test_yolo_by_the_number_of_its_boxes(tmp_path: Path, shape: Shape, view: str) -> None:
    guessed = guess(tmp_path, {"y": ("ConcatV2", info("y", *shape))})
    assert (guessed.view, guessed.outputs) == (view, ("y",))
    if view == "boxes":
        assert "as many as YOLO" in guessed.reason
        assert guess(tmp_path, {"y": ("ConcatV2", info("y", *shape))}, (1, 96, 96, 3)).view == "heatmap"


def test_heat_maps_and_what_their_points_are_off_by(tmp_path: Path) -> None:
    shapes: dict[str, Shape] = {
        "displacement_fwd": (1, 25, 25, 32),
        "heatmap": (1, 25, 25, 17),
        "offset": (1, 25, 25, 34),
        "part_offset": (1, 25, 25, 48),
    }
    guessed = guess(tmp_path, {name: ("Conv2D", info(name, *shape)) for name, shape in shapes.items()})
    assert (guessed.view, guessed.outputs) == ("points", ("heatmap", "offset"))
    assert guessed.reason == "heat maps of 17 points and how far they are from their cells, by their names"


def test_of_several_like_labels_the_first_is_said_to_be_one(tmp_path: Path) -> None:
    outputs = {name: ("Softmax", info(name, 1, count)) for name, count in {"race": 5, "gender": 2, "age": 7}.items()}
    guessed = guess(tmp_path, {"features": ("MatMul", info("features", 1, 128)), **outputs})
    assert str(guessed) == "label of output race (5 numbers that end in a softmax, the first of 3 such outputs)"


def test_what_ends_like_a_picture_comes_before_what_merely_has_its_shape(tmp_path: Path) -> None:
    outputs = {
        "features": ("Relu", info("features", 1, 64, 64, 8)),
        "four": ("Conv2D", info("four", 1, 64, 64, 4)),
        "picture": ("Identity Sigmoid", info("picture", *COLOUR)),
    }
    assert guess(tmp_path, outputs).outputs == ("picture",)


def test_rows_of_scores_and_labels_stand_behind_a_picture(tmp_path: Path) -> None:
    outputs = {
        "a": ("Sigmoid", info("a", 1, 64, 1)),
        "b": ("Softmax", info("b", 1, 5)),
        "c": ("Conv2D", info("c", *COLOUR)),
    }
    assert guess(tmp_path, outputs) == ViewGuess("image", ("c",), "three channels")


def test_whole_numbers_are_classes_unless_they_are_bytes(tmp_path: Path) -> None:
    whole = [info("y", *GREY, dtype="int32")]
    assert guess_view("m", graph(tmp_path / "a", {"y": "Cast GatherV2"}), whole).view == "classes"
    assert guess_view("m", graph(tmp_path / "b", {"y": "Cast Round"}), whole).view == "image"
    assert guess_view("m", graph(tmp_path / "c", {"y": "Mul"}, dtype="DT_INT32"), whole).view == "image"
    assert guess_view("m", graph(tmp_path / "d", {"y": "Cast"}), [info("y", *GREY, dtype="uint8")]).view == "image"
    assert guess_view("m", graph(tmp_path / "e", {"y": "Cast"}), [info("y", *GREY, dtype="bool")]).view == "mask"


def test_a_view_that_is_known_gets_its_outputs(tmp_path: Path) -> None:
    model = graph(tmp_path, {"pha": "Minimum", "fgr": "Minimum", "r1": "Sub"})
    outputs = [info("pha", *GREY), info("fgr", *COLOUR), info("r1", 1, 8, 8, 16)]
    assert guess_view("m", model, outputs).outputs == ("pha",)
    assert guess_view("m", model, outputs, view="image").outputs == ("fgr",)
    assert guess_view("m", model, outputs, among=["r1"]) == ViewGuess("classes", ("r1",), "16 channels for each pixel")
    assert guess_view("m", model, outputs, view="own")[:2] == ("own", ("pha",))


def test_nothing_but_text_is_refused(tmp_path: Path) -> None:
    model = graph(tmp_path, {"name": "Identity"})
    with pytest.raises(ModelError) as error:
        guess_view("m", model, [info("name", 1, dtype="object")])
    assert str(error.value) == "m: no output whose values are numbers; found name: object [1]"


def layers(folder: Path, *entries: dict[str, Any]) -> ModelJson:
    config = {"class_name": "Sequential", "config": {"layers": list(entries)}}
    return read_model_json(write_model(folder, topology={"model_config": config}, format="layers-model"))


def layer(kind: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": kind.lower()} | config}


def test_layers_are_looked_through_and_into(tmp_path: Path) -> None:
    first = layer("Conv2D", batch_input_shape=[None, 32, 32, 3], activation="sigmoid")
    enlarged = layers(tmp_path / "a", first, layer("UpSampling2D"), layer("Dropout"))
    inside = layer("Sequential", layers=[first])
    for model in (enlarged, layers(tmp_path / "b", inside), layers(tmp_path / "c", inside, layer("Cropping2D"))):
        assert guess_view("m", model, [info("y", 1, 32, 32, 1)]).view == "mask"
