from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tfjs_files import weight, write_model

from framegate.errors import ModelFormatError, WeightsError
from framegate.models.manifest import Quantization, WeightEntry
from framegate.models.topology import read_model_json

MALFORMED = "; a shape is a list of whole numbers of at least 0"


def test_entries_know_their_size_and_bytes(tmp_path: Path) -> None:
    weights = [
        weight("a", [2, 3]),
        weight("b", [4], "float32", dtype="uint8", scale=0.5, min=-1),
        weight("c", [], "complex64"),
        weight("d", [5], "string"),
        weight("e", [0, 7], "int32", dtype="uint16", scale=1, min=0),
    ]
    (group,) = read_model_json(write_model(tmp_path, weights)).groups
    assert [(entry.size, entry.stored_bytes) for entry in group.entries] == [(6, 24), (4, 4), (1, 8), (5, 20), (0, 0)]
    assert group.stored_bytes == 56
    assert group.has_strings
    assert group.entries[1] == WeightEntry("b", (4,), "float32", Quantization("uint8", 0.5, -1.0))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (weight("w", [1], "float64"), "weight 'w' has unknown dtype 'float64'; TF.js weights are bool, complex64,"),
        ({"name": "w", "shape": [1]}, "weight 'w' has unknown dtype None;"),
        (weight("w", [-1]), "weight 'w' has malformed shape [-1]" + MALFORMED),
        (weight("w", [1.0]), "weight 'w' has malformed shape [1.0]" + MALFORMED),
        (weight("w", [True]), "weight 'w' has malformed shape [True]" + MALFORMED),
        ({"name": "w", "shape": 3, "dtype": "float32"}, "weight 'w' has malformed shape 3" + MALFORMED),
        (weight("w", [10**9] * 9), "weight 'w' has impossible shape"),
        (weight("w", [0, 10**30]), "weight 'w' has impossible shape"),
        (weight("w", [1] * 33), "weight 'w' has impossible shape"),
        (
            weight("w", [1], dtype="int4"),
            "weight 'w' has unknown quantization 'int4' of float32; TF.js stores float32 as float16, uint8 or uint16,",
        ),
        (weight("w", [1], "int32", dtype="float16"), "weight 'w' has unknown quantization 'float16' of int32;"),
        (
            weight("w", [1], dtype="uint8", scale=1),
            "weight 'w' is quantized to uint8 with scale 1 and min None; both must be finite numbers",
        ),
        (weight("w", [1], dtype="uint8", scale=float("nan"), min=0), "weight 'w' is quantized to uint8 with scale nan"),
        ({"name": "w", "shape": [1], "dtype": "float32", "quantization": "uint8"}, "weight 'w' is quantized to uint8"),
        ({"shape": [1], "dtype": "float32"}, "a weight in weightsManifest has no name; convert the model again"),
        (7, "a weight in weightsManifest has no name"),
    ],
)
def test_a_malformed_weight_is_refused_by_name(tmp_path: Path, entry: Any, message: str) -> None:
    path = write_model(tmp_path, [entry])
    with pytest.raises(ModelFormatError) as error:
        read_model_json(path)
    assert str(error.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({}, "weightsManifest is not a list; convert the model again"),
        ([3], "weightsManifest[0] has no list of paths; convert the model again"),
        ([{"paths": "a", "weights": []}], "weightsManifest[0] has no list of paths; convert the model again"),
        ([{"paths": []}], "weightsManifest[0] has no list of weights; convert the model again"),
        ([{"paths": [1], "weights": []}], "shard path 1 is not a file name; convert the model again"),
        (
            [{"paths": [], "weights": [weight("w", [0])]}] * 2,
            "weight 'w' is listed twice; convert the model again",
        ),
    ],
)
def test_a_malformed_manifest_is_refused(tmp_path: Path, manifest: Any, message: str) -> None:
    path = write_model(tmp_path, weightsManifest=manifest)
    with pytest.raises(ModelFormatError) as error:
        read_model_json(path)
    assert str(error.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    "shard", ["../w.bin", "a/../../w.bin", "/etc/passwd", "C:w.bin", "c:/w.bin", "a\\w.bin", "..", "a\0b"]
)
def test_a_shard_path_that_leaves_the_folder_is_refused(tmp_path: Path, shard: str) -> None:
    path = write_model(tmp_path, weightsManifest=[{"paths": [shard], "weights": []}])
    with pytest.raises(WeightsError) as error:
        read_model_json(path)
    assert str(error.value) == (
        f"{path}: shard path {shard!r} leaves the model's folder; put the shards beside model.json and name them so"
    )


def test_names_with_two_dots_inside_are_fine(tmp_path: Path) -> None:
    manifest = [{"paths": ["w..bin", "sub/w.bin"], "weights": []}]
    assert read_model_json(write_model(tmp_path, weightsManifest=manifest)).shards == ("w..bin", "sub/w.bin")
