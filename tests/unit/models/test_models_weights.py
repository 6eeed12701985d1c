from __future__ import annotations

import struct
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tfjs_files import weight, write_model

from framegate.errors import WeightsError
from framegate.interfaces import Array
from framegate.models.manifest import Quantization
from framegate.models.topology import read_model_json
from framegate.models.weights import Weights, dequantize, read_weights

NUMBERS = ["bool", "complex64", "float16", "float32", "int16", "int32", "uint16", "uint8"]


def read(path: Path) -> Weights:
    return read_weights(read_model_json(path))


def cut(data: bytes, at: list[int]) -> dict[str, bytes]:
    """The data in shards that end at these places."""
    places = [0, *sorted(place % (len(data) + 1) for place in at), len(data)]
    return {f"s{i}": data[a:b] for i, (a, b) in enumerate(pairwise(places))}


@st.composite
def arrays(draw: st.DrawFn) -> Array:
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
    found = draw(hnp.arrays(draw(st.sampled_from(NUMBERS)), shape))
    return np.nan_to_num(found) if found.dtype.kind == "f" else found  # NaN is refused


@given(st.lists(arrays(), max_size=5), st.lists(st.integers(0, 2**31), max_size=4))
def test_weights_survive_any_split_into_shards(found: list[Array], places: list[int]) -> None:
    entries = [weight(f"w{i}", array.shape, array.dtype.name) for i, array in enumerate(found)]
    shards = cut(b"".join(array.tobytes() for array in found), places)
    with tempfile.TemporaryDirectory() as folder:
        weights = read(write_model(Path(folder), entries, shards))
    assert list(weights) == [f"w{i}" for i in range(len(found))]
    for array, have in zip(found, weights.values(), strict=True):
        assert have.dtype == array.dtype
        assert have.flags.aligned
        np.testing.assert_array_equal(have, array)


@given(
    st.sampled_from(["uint8", "uint16"]),
    hnp.arrays(np.float32, st.integers(1, 40), elements=st.floats(-1e6, 1e6, width=32)),
)
def test_dequantised_weights_are_within_half_a_step(dtype: str, values: Array) -> None:
    least, most = float(values.min()), float(values.max())
    scale = (most - least) / np.iinfo(dtype).max or 1.0
    stored = np.round((values.astype(np.float64) - least) / scale).astype(dtype)
    decoded = dequantize(stored, Quantization(dtype, scale, least), "float32")
    assert decoded.dtype == np.float32
    assert np.abs(decoded.astype(np.float64) - values).max() <= scale * 0.501 + 1e6 * 2.0**-23


@pytest.mark.parametrize(
    ("dtype", "quantization", "stored", "expected"),
    [
        ("float32", {"dtype": "uint8", "scale": 0.1, "min": -1.0}, b"\x00\x07\xff", [-1.0, -0.3, 24.5]),
        ("float32", {"dtype": "uint16", "scale": 0.5, "min": 3}, struct.pack("<3H", 0, 1, 65535), [3, 3.5, 32770.5]),
        ("float32", {"dtype": "float16"}, np.array([0.1, -2, 65504], "<f2").tobytes(), [0.0999755859375, -2, 65504]),
        # Math.round: halves go up, also below zero.
        ("int32", {"dtype": "uint8", "scale": 0.5, "min": -1.5}, b"\x00\x01\x02\x03\x04\x05", [-1, -1, 0, 0, 1, 1]),
        ("int32", {"dtype": "uint8", "scale": 1.0, "min": -2147483648}, b"\x00\x02", [-2147483648, -2147483646]),
    ],
)
def test_dequantisation_is_tfjs_own(
    tmp_path: Path, dtype: str, quantization: dict[str, object], stored: bytes, expected: list[float]
) -> None:
    path = write_model(tmp_path, [weight("w", [len(expected)], dtype, **quantization)], {"s": stored})
    found = read(path)["w"]
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, np.array(expected, dtype))


def test_multiplication_is_in_double_precision() -> None:
    # In float32, 3 * 0.1 + 1e-9 would lose the last bits before it is rounded.
    found = dequantize(np.array([3], np.uint8), Quantization("uint8", 0.1, -0.3), "float32")
    assert found[0] == np.float32(3 * 0.1 - 0.3) != 0


def test_strings_have_their_length_before_them(tmp_path: Path) -> None:
    data = b"\x02\x00\x00\x00ab" + b"\x00\x00\x00\x00" + b"\x01\x00\x00\x00\xff" + b"\x07\x00\x00\x00"
    entries = [weight("s", [3], "string"), weight("n", [1], "int32")]
    weights = read(write_model(tmp_path, entries, cut(data, [1, 5])))
    assert weights["s"].tolist() == [b"ab", b"", b"\xff"]
    assert weights["n"].tolist() == [7]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xff\xff\xff1234", r"weight 's' is truncated: it ends at byte 4294967299 of 8; copy or download"),
        (b"\x02\x00\x00\x00ab12", r"weight 'n' is truncated: it ends at byte 10 of 8; copy or download"),
        (b"\x00\x00\x00\x001234+", r"s: shard is over-long: the weights end at byte 8 of 9; copy or download"),
        (b"\x00\x00\x00\x00123", r"s: shard is truncated: the weights need at least 8 bytes and their 1 shard holds 7"),
    ],
)
def test_strings_that_lie_about_their_length(tmp_path: Path, data: bytes, message: str) -> None:
    path = write_model(tmp_path, [weight("s", [1], "string"), weight("n", [1], "int32")], {"s": data})
    with pytest.raises(WeightsError, match=message):
        read(path)


def test_plain_weights_are_views_of_one_buffer(tmp_path: Path) -> None:
    path = write_model(tmp_path, [weight("a", [2]), weight("b", [1], "int32")], {"s": bytes(12)})
    weights = read(path)
    assert weights["a"].base is not None
    start = weights["a"].__array_interface__["data"][0]
    assert weights["b"].__array_interface__["data"][0] == start + 8


def test_several_groups(tmp_path: Path) -> None:
    (tmp_path / "g1").write_bytes(b"\x01")
    (tmp_path / "g2").write_bytes(b"\x02\x03")
    groups = [
        {"paths": ["g1"], "weights": [weight("a", [1], "uint8")]},
        {"paths": ["g2"], "weights": [weight("b", [2], "uint8")]},
    ]
    weights = read(write_model(tmp_path, weightsManifest=groups))
    assert {name: array.tolist() for name, array in weights.items()} == {"a": [1], "b": [2, 3]}
