"""What the inputs are fed that do not take the frame."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from framegate.errors import FrameError, ModelError
from framegate.frames.files import write_png
from framegate.inference.other_inputs import OtherInputs, other_inputs
from framegate.interfaces import Array, InputSpec, ModelSpec, ResolvedModel, Size, TensorInfo

FRAME = TensorInfo("x", (1, 8, 8, 3), "float32")


def others(*infos: TensorInfo, outputs: tuple[TensorInfo, ...] = (), **keys: Any) -> OtherInputs:
    files = ResolvedModel("m", Path("nowhere"), "graph", "")
    spec = ModelSpec("m", "path", "", input_range=(0, 255), inputs=InputSpec(**keys))
    return other_inputs(spec, files, (*infos, FRAME), outputs, Size(8, 8))


def constant(value: Any, *shape: int | None, dtype: str = "float32") -> Array:
    return others(TensorInfo("a", shape, dtype), values={"a": value}, frame="x").constants["a"]


@pytest.mark.parametrize(
    ("value", "shape", "dtype", "expected"),
    [
        (0.25, (), "float32", np.float32(0.25)),
        (0.25, (1,), "float32", [0.25]),
        (2, (None, 3), "int32", [[2, 2, 2]]),
        (2, (2, None), "float32", [[2], [2]]),
        (True, (), "bool", True),
        (1, (), "bool", True),
        (0.5, (None,) * 4, "float32", np.float32(0.5)),
        ([64, 48], (2,), "int32", [64, 48]),
        ([64, 48], (None, 2), "int32", [[64, 48]]),
        ([[1, 2], [3, 4]], (1, 2, 2), "float32", [[[1, 2], [3, 4]]]),
    ],
)
def test_numbers(value: Any, shape: tuple[int | None, ...], dtype: str, expected: Any) -> None:
    array = constant(value, *shape, dtype=dtype)
    np.testing.assert_array_equal(array, np.asarray(expected, dtype), strict=True)


@pytest.mark.parametrize(
    ("value", "shape", "dtype", "message"),
    [
        (0.25, (), "int32", "m: input a: int32 [] takes no 0.25; write what its type can hold"),
        (2, (), "bool", "m: input a: bool [] takes no 2; write what its type can hold"),
        ([1, 2, 3], (2,), "float32", "m: input a: float32 [2] takes 2 numbers; the spec gives 3"),
        ([[1], [1, 2]], (3,), "float32", "m: input a: float32 [3] takes no [[1], [1, 2]] ("),
    ],
)
def test_numbers_that_an_input_does_not_take(value: Any, shape: tuple[int, ...], dtype: str, message: str) -> None:
    with pytest.raises(ModelError) as error:
        constant(value, *shape, dtype=dtype)
    assert str(error.value).startswith(message)


def test_a_picture_has_the_inputs_size_and_the_spec_s_range(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (6, 4, 3), np.uint8)
    write_png(tmp_path / "style.png", picture)
    np.testing.assert_array_equal(constant(tmp_path / "style.png", 1, 6, 4, 3)[0], picture)
    np.testing.assert_array_equal(constant(tmp_path / "style.png", 1, 6, 4, 1)[0, ..., 0], picture[..., 0])
    assert constant(tmp_path / "style.png", 1, 12, 8, 3).shape == (1, 12, 8, 3)
    assert constant(tmp_path / "style.png", None, None, None, 3).shape == (1, 8, 8, 3)


def test_a_picture_that_cannot_be_fed(tmp_path: Path) -> None:
    with pytest.raises(FrameError, match=r"style.png: no such picture for input a: float32 \[1x8x8x3\]"):
        constant(tmp_path / "style.png", 1, 8, 8, 3)
    (tmp_path / "style.png").write_bytes(b"")
    with pytest.raises(ModelError, match=r"style.png: input a: float32 \[\] takes no picture; give it numbers"):
        constant(tmp_path / "style.png")
    with pytest.raises(FrameError, match="OpenCV reads it neither"):
        constant(tmp_path / "style.png", 1, 8, 8, 3)


def test_an_array_is_fed_as_it_is(tmp_path: Path) -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.save(tmp_path / "a.npy", array)
    np.testing.assert_array_equal(constant(tmp_path / "a.npy", None, 3), array, strict=True)
    np.testing.assert_array_equal(constant(tmp_path / "a.npy", *(None,) * 4), array, strict=True)
    for shape, dtype in (((2, 4), "float32"), ((6,), "float32"), ((2, 3), "int32")):
        with pytest.raises(ModelError, match=r"a.npy: input a: .* does not take a.npy: float32 \[2x3\]; save an array"):
            constant(tmp_path / "a.npy", *shape, dtype=dtype)


def test_an_array_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    with pytest.raises(ModelError, match=r"a.npy: no array for a: float32 \[3\] can be read \(.*No such file"):
        constant(path, 3)
    np.save(path, np.array([{}]), allow_pickle=True)
    with pytest.raises(ModelError, match=r"a.npy: no array .*allow_pickle=False"):
        constant(path, 3)
    np.savez(tmp_path / "b.npz", np.zeros(3), np.zeros(3))
    (tmp_path / "b.npz").rename(path)
    with pytest.raises(ModelError, match=r"a.npy: several arrays, and input a: float32 \[3\] takes one"):
        constant(path, 3)


@pytest.mark.parametrize(
    ("shape", "returned", "keys", "expected"),
    [
        ((1, 8, 8, 4), (1, 8, 8, 4), {}, (1, 8, 8, 4)),
        ((None, 8, None, 4), (1, 8, 6, 4), {}, (1, 8, 6, 4)),
        ((None,) * 4, (None, None, None, 16), {}, (1, 1, 1, 16)),
        ((None,) * 4, (None, 2), {}, (1, 1, 1, 1)),
        ((None,) * 4, (None,) * 4, {"state_shapes": {"s": (1, 4, 4, 2)}}, (1, 4, 4, 2)),
        ((None,) * 4, (None,) * 4, {"state_shapes": {"s": ()}}, ()),
    ],
)
def test_a_state_begins_with_zeros(
    shape: tuple[int | None, ...], returned: tuple[int | None, ...], keys: Any, expected: tuple[int, ...]
) -> None:
    infos = (TensorInfo("s", shape, "float32"),)
    fed = others(*infos, outputs=(TensorInfo("t", returned, "float32"),), state={"s": "t"}, **keys)
    np.testing.assert_array_equal(fed.zeros["s"], np.zeros(expected, np.float32), strict=True)


def test_a_state_that_no_output_gives() -> None:
    with pytest.raises(ModelError, match=r"m: no output 't', which state in the spec feeds to s: .*; found u: float32"):
        others(TensorInfo("s", (1,), "float32"), outputs=(TensorInfo("u", (1,), "float32"),), state={"s": "t"})


def test_all_of_it_is_in_the_models_order() -> None:
    a, b = TensorInfo("a", (), "float32"), TensorInfo("b", (2,), "float32")
    fed = others(a, b, outputs=(TensorInfo("c", (2,), "float32"),), values={"a": 0.5}, state={"b": "c"})
    feeds = fed.with_state(fed.zeros).joined({"x": np.ones((1, 8, 8, 3), np.float32)})
    assert list(feeds) == ["a", "b", "x"]
    assert fed.frame == FRAME
