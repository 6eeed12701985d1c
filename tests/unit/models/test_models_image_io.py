from __future__ import annotations

from pathlib import Path

import pytest
from tfjs_files import write_model

from framegate.errors import ModelError
from framegate.interfaces import InputSpec, Size, TensorInfo
from framegate.models.image_io import (
    ImagePort,
    check_inputs,
    guess_ranges,
    image_input,
    input_size,
)

Shape = tuple[int | None, ...]


def info(*shape: int | None, name: str = "x", dtype: str = "float32") -> TensorInfo:
    return TensorInfo(name, shape, dtype)


@pytest.mark.parametrize(
    ("shape", "channels", "size", "batched"),
    [
        ((None, 64, 48, 3), 3, Size(64, 48), True),
        ((1, 64, 48, 1), 1, Size(64, 48), True),
        ((None, None, None, 4), 4, None, True),
        ((None, 64, None, 3), 3, Size(64, 64), True),
        ((None, None, None, None), 3, None, True),
        ((64, 48, 3), 3, Size(64, 48), False),
        ((None, None, 3), 3, None, False),
        ((1, 2, 2, 3), 3, Size(2, 2), True),
    ],
)
def test_images(shape: Shape, channels: int, size: Size | None, *, batched: bool) -> None:
    found = info(*shape)
    assert image_input("m", [found]) == ImagePort(found, channels, size, batched)


@pytest.mark.parametrize(
    ("shape", "channels", "size", "batched"),
    [
        ((1, 3, 64, 48), 3, Size(64, 48), True),
        ((None, 1, 64, 64), 1, Size(64, 64), True),
        ((None, 3, None, None), 3, None, True),
        ((1, 4, 64, 21), 4, Size(64, 21), True),
        ((3, 64, 48), 3, Size(64, 48), False),
    ],
)
def test_images_with_channels_first(shape: Shape, channels: int, size: Size | None, *, batched: bool) -> None:
    found = info(*shape)
    port = image_input("m", [found])
    assert port == ImagePort(found, channels, size, batched, is_channels_first=True)
    assert port.sides == shape[-2:]


@pytest.mark.parametrize(
    "shape",
    [
        *[(), (1, 10), (64, 64, None), (1, 64, 64, 2), (1, 2, 64, 64, 3)],
        *[(1, 64, 3), (1, 64, 4), (None, 64, 3), (None, 21, 1), (64, 1, 3), (2, 21, 3), (21, 3, 1), (1, 64, 64)],
        *[(1, 1, 64, 3), (1, 64, 1, 4), (1, 1, 1, 3), (None, 1, None, 3)],
    ],
)
def test_what_is_no_image_is_refused_with_what_there_is(shape: Shape) -> None:
    with pytest.raises(ModelError) as error:
        image_input("m", [info(*shape)])
    assert str(error.value) == (
        f"m: no image input; found {info(*shape)}; an image is [N, height, width, 1, 3 or 4 channels],"
        " or without N, or channels first"
    )


def test_no_inputs_at_all() -> None:
    with pytest.raises(ModelError, match=r"^m: no image input; found none; an image is"):
        image_input("m", [])


def test_texts_and_flags_are_no_images() -> None:
    with pytest.raises(ModelError, match="no image input"):
        image_input("m", [info(1, 8, 8, 3, dtype="object")])


SCALAR = info(1, name="step", dtype="int32")


@pytest.mark.parametrize(
    ("names", "frame", "reason"),
    [
        (["x", "y"], "x", "guessed: the first of 2 images"),
        (["style", "other"], "other", "guessed: of 2 images, by its name"),
        (["style_image", "content_image"], "content_image", "guessed: of 2 images, by its name"),
        (["r1i", "SRC", "r2i"], "SRC", "guessed: of 3 images, by its name"),
        (["mask", "input_image"], "input_image", "guessed: of 2 images, by its name"),
        (["x"], "x", "guessed: the only image"),
    ],
)
def test_the_input_that_takes_the_frame_is_a_guess_with_a_reason(names: list[str], frame: str, reason: str) -> None:
    port = image_input("m", [SCALAR, *(info(1, 8, 8, 3, name=name) for name in names)])
    assert (port.info.name, port.reason) == (frame, reason)


def test_what_the_spec_says_of_inputs_goes_before_a_guess() -> None:
    inputs = [info(1, 8, 8, 3, name="image"), info(1, 8, 8, 3, name="b"), info(1, 8, 8, 3, name="c")]
    port = image_input("m", inputs, InputSpec(frame="c"))
    assert (port.info.name, port.reason) == ("c", "the spec says so")
    port = image_input("m", inputs, InputSpec(values={"image": 0.5}, state={"b": "out"}))
    assert (port.info.name, port.reason) == ("c", "guessed: the only image")


def test_a_frame_for_an_input_that_is_not_there() -> None:
    with pytest.raises(ModelError) as error:
        image_input("m", [info(1, 8, 8, 3)], InputSpec(frame="y"))
    assert str(error.value) == "m: no input 'y', which should take the frame; found x: float32 [1x8x8x3]"


def test_an_input_that_is_fed_nothing_is_named_with_the_key_to_write() -> None:
    inputs = [info(1, 8, 8, 3), SCALAR, info(name="a:0"), info(2, name="b")]
    with pytest.raises(ModelError) as error:
        check_inputs("m", inputs, InputSpec(values={"step": 1}))
    assert str(error.value) == (
        "m: the frame goes into 'x', and nothing into a:0: float32 [], b: float32 [2]; write in a spec"
        ' inputs = { "a:0" = … }, a number or a file (or give --frame-input-value=a:0=…), or state ='
        " { \"a:0\" = 'OUTPUT' } (see docs/models.md)"
    )


@pytest.mark.parametrize("key", ["inputs", "state"])
def test_a_spec_that_feeds_an_input_that_is_not_there(key: str) -> None:
    input_spec = InputSpec(values={"stp": 1}) if key == "inputs" else InputSpec(state={"stp": "y"})
    with pytest.raises(ModelError, match=f"^m: no input 'stp', which {key} should feed; found x: float32"):
        check_inputs("m", [info(1, 8, 8, 3)], input_spec)


def graph(folder: Path, dims: list[int], last: str = "Tanh") -> Path:
    shape = {"shape": {"dim": [{"size": str(dim)} for dim in dims]}}
    nodes = [
        {"name": "x", "op": "Placeholder", "attr": {"shape": shape}},
        {"name": "y", "op": last, "input": ["x"]},
        {"name": "z", "op": "Identity", "input": ["y"]},
    ]
    return write_model(folder, topology={"node": nodes})


def layers(folder: Path, activation: str) -> Path:
    found = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 32, 32, 3]}},
        {"class_name": "Conv2D", "config": {"name": "y", "activation": activation}},
    ]
    config = {"class_name": "Sequential", "config": {"layers": found}}
    return write_model(folder, topology={"model_config": config}, format="layers-model")


def test_input_size_from_model_json_alone(tmp_path: Path) -> None:
    assert input_size(graph(tmp_path / "a", [-1, 48, 64, 3])) == Size(48, 64)
    assert input_size(graph(tmp_path / "b", [-1, -1, -1, 3])) is None
    assert input_size(layers(tmp_path / "c", "tanh")) == Size(32, 32)


def test_ranges_are_guessed_from_the_last_activation(tmp_path: Path) -> None:
    signed, unit = ((-1.0, 1.0), (-1.0, 1.0)), ((0.0, 1.0), (0.0, 1.0))
    assert guess_ranges(graph(tmp_path / "a", [1, 8, 8, 3], "Tanh")) == signed
    assert guess_ranges(graph(tmp_path / "b", [1, 8, 8, 3], "Sigmoid")) == unit
    assert guess_ranges(layers(tmp_path / "c", "tanh")) == signed
    assert guess_ranges(layers(tmp_path / "d", "linear")) == unit
