"""Files that are none, or more than a model needs, are refused before anyone waits for them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tfjs_files import weight, write_model

from framegate.errors import ModelError, ModelFormatError, UsageError, WeightsError
from framegate.models import memory
from framegate.models.files import DEEPEST_JSON, MOST_BYTES
from framegate.models.shards import model_sha256
from framegate.models.specs import find_spec, read_spec
from framegate.models.topology import read_model_json


def nested(depth: int, inner: str = "1") -> str:
    return "[" * depth + inner + "]" * depth


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [os.mkfifo, device])
def test_a_pipe_or_a_device_in_place_of_model_json(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "model.json")
    with pytest.raises(ModelFormatError, match=r"model.json: is not read, it is not a regular file;"):
        read_model_json(tmp_path / "model.json")


@pytest.mark.parametrize("make", [os.mkfifo, device])
def test_a_pipe_or_a_device_in_place_of_a_shard(tmp_path: Path, make: object) -> None:
    assert callable(make)
    path = write_model(tmp_path, [weight("w", [1])], {"s": b"1234"})
    (tmp_path / "s").unlink()
    make(tmp_path / "s")
    with pytest.raises(WeightsError, match=r"s: shard is (not a regular file|a link that leaves the model's folder)"):
        model_sha256(read_model_json(path))


def test_a_huge_model_json_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "model.json").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(ModelFormatError, match=r"it has 268,435,457 bytes, and no more than 268,435,456 are read;"):
        read_model_json(tmp_path / "model.json")


@pytest.mark.parametrize("depth", [DEEPEST_JSON, 100_000])
def test_a_deep_document(tmp_path: Path, depth: int) -> None:
    (tmp_path / "model.json").write_text('{"modelTopology": ' + nested(depth) + "}")
    with pytest.raises(ModelFormatError, match=r"is not read, its objects are nested (too|more than 200) deep;"):
        read_model_json(tmp_path / "model.json")


def test_a_document_as_deep_as_is_read(tmp_path: Path) -> None:
    path = write_model(tmp_path, [])
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | {"deep": json.loads(nested(DEEPEST_JSON - 1))}))
    assert read_model_json(path).document["deep"]


def test_a_sparse_shard_is_not_hashed(tmp_path: Path) -> None:
    path = write_model(tmp_path, [weight("w", [1])], {"s": b"1234"})
    with (tmp_path / "s").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(WeightsError, match="shard is over-long: the weights need 4 bytes and their 1 shard holds 1099"):
        model_sha256(read_model_json(path))


def test_texts_of_any_length_are_bound_by_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_model(tmp_path, [weight("w", [1], "string")], {"s": b"1234"})
    with (tmp_path / "s").open("wb") as file:
        file.truncate(2**40)
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**34)
    with pytest.raises(ModelError, match=r"it has weights of 1,099.5 GB and 17.2 GB are free"):
        model_sha256(read_model_json(path))


@pytest.mark.parametrize("shard", ["\ud800", "a" * 5000, "a/" * 3000])
def test_a_shard_that_no_file_can_be_called(tmp_path: Path, shard: str) -> None:
    path = write_model(tmp_path, [weight("w", [1])], {"s": b"1234"})
    document = json.loads(path.read_text())
    document["weightsManifest"][0]["paths"] = [shard]
    path.write_text(json.dumps(document))
    with pytest.raises(ModelError) as error:
        model_sha256(read_model_json(path))
    assert len(str(error.value).encode("utf-8")) < 3000


def test_a_spec_that_is_too_deep(tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text("sizes = " + nested(100_000))
    with pytest.raises(UsageError, match=r"deep.toml: nested deeper than any spec"):
        read_spec(tmp_path / "deep.toml")


@pytest.mark.parametrize("name", ["pix2pix:", "npm:", "path:"])
def test_a_source_without_a_name(name: str) -> None:
    with pytest.raises(UsageError, match=f"model {name} names nothing after the colon"):
        find_spec(name)
