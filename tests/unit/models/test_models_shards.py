from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from tfjs_files import weight, write_model

from framegate.errors import WeightsError
from framegate.models.shards import model_sha256, read_group
from framegate.models.topology import read_model_json


def read(path: Path) -> bytes:
    model = read_model_json(path)
    return read_group(model, model.groups[0]).tobytes()


def test_shards_are_joined_in_manifest_order(tmp_path: Path) -> None:
    assert read(write_model(tmp_path, [weight("w", [5], "uint8")], {"b": b"123", "a": b"45"})) == b"12345"


def test_sha256_is_over_model_json_and_shards_in_order(tmp_path: Path) -> None:
    path = write_model(tmp_path, [weight("w", [5], "uint8")], {"b": b"123", "a": b"45"})
    assert model_sha256(read_model_json(path)) == hashlib.sha256(path.read_bytes() + b"12345").hexdigest()
    (tmp_path / "a").write_bytes(b"46")
    assert model_sha256(read_model_json(path)) != hashlib.sha256(path.read_bytes() + b"12345").hexdigest()


@pytest.mark.parametrize(
    ("sizes", "blamed", "what"),
    [
        ([3], 0, "truncated: the weights need 8 bytes and their 1 shard holds 3"),
        ([9], 0, "over-long: the weights need 8 bytes and their 1 shard holds 9"),
        ([4, 3], 1, "truncated: the weights need 8 bytes and their 2 shards hold 7"),
        ([3, 2, 3, 1], 1, "over-long: the weights need 8 bytes and their 4 shards hold 9"),
        ([3, 3, 3], 2, "over-long: the weights need 8 bytes and their 3 shards hold 9"),
    ],
)
def test_sizes_that_do_not_add_up_name_the_shard_to_blame(
    tmp_path: Path, sizes: list[int], blamed: int, what: str
) -> None:
    path = write_model(tmp_path, [weight("w", [8], "uint8")], {f"s{i}": b"x" * size for i, size in enumerate(sizes)})
    with pytest.raises(WeightsError) as error:
        read(path)
    assert str(error.value) == f"{tmp_path / f's{blamed}'}: shard is {what}; copy or download the model again"


def test_absurd_sizes_are_refused_before_memory_is_asked_for(tmp_path: Path) -> None:
    path = write_model(tmp_path, [weight("w", [2**20, 2**20])], {"s": b"1234"})
    with pytest.raises(WeightsError, match="the weights need 4398046511104 bytes and their 1 shard holds 4"):
        read(path)


def test_weights_without_shards(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"weights need 4 bytes and no shard is listed; convert the model again"):
        read(write_model(tmp_path, [weight("w", [1])]))


def test_a_missing_shard(tmp_path: Path) -> None:
    path = write_model(tmp_path, [weight("w", [1])], {"s": b"1234"})
    (tmp_path / "s").unlink()
    with pytest.raises(WeightsError) as error:
        read(path)
    assert str(error.value) == (
        f"{tmp_path / 's'}: shard is missing, model.json lists it; copy or download the model again, shards included"
    )


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    path = write_model(folder, [weight("w", [4], "uint8")], {"s": b"1234"})
    (folder / "s").rename(folder / "t")
    (folder / "s").symlink_to("t")
    assert read(path) == b"1234"
    (folder / "t").rename(tmp_path / "t")
    (folder / "s").unlink()
    (folder / "s").symlink_to("../t")
    with pytest.raises(WeightsError) as error:
        read(path)
    assert str(error.value) == (
        f"{folder / 's'}: shard is a link that leaves the model's folder (to {tmp_path / 't'});"
        " copy the file to its place"
    )


def test_a_link_to_the_folder_itself_is_fine(tmp_path: Path) -> None:
    write_model(tmp_path / "real", [weight("w", [4], "uint8")], {"s": b"1234"})
    (tmp_path / "linked").symlink_to("real")
    assert read(tmp_path / "linked" / "model.json") == b"1234"


def test_pipes_and_circular_links_are_no_shards(tmp_path: Path) -> None:
    path = write_model(tmp_path, [weight("w", [4], "uint8")], {"s": b"1234"})
    (tmp_path / "s").unlink()
    os.mkfifo(tmp_path / "s")
    with pytest.raises(WeightsError, match="shard is not a regular file"):
        read(path)
    (tmp_path / "s").unlink()
    (tmp_path / "s").symlink_to("s")
    with pytest.raises(WeightsError, match="shard is missing"):
        read(path)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7\n",
            "it is a Git LFS pointer, not the file",
        ),
        (b"\xef\xbb\xbf\n <!DOCTYPE html><html>", "it is a web page, such as a server sends with an error;"),
    ],
)
def test_a_shard_that_is_something_else_is_said_to_be_it(tmp_path: Path, data: bytes, what: str) -> None:
    with pytest.raises(WeightsError) as error:
        read(write_model(tmp_path, [weight("w", [1000])], {"s": data}))
    assert str(error.value).startswith(f"{tmp_path / 's'}: shard holds no weights: {what}")


def test_a_path_with_the_query_of_a_url_says_so(tmp_path: Path) -> None:
    path = write_model(tmp_path, [weight("w", [1])], {"s.bin?X-Signature=1": b"1234"})
    assert read(path) == b"1234"
    (tmp_path / "s.bin?X-Signature=1").rename(tmp_path / "s.bin")
    with pytest.raises(WeightsError, match=r"its path ends in the query of a URL, .*: write 's.bin' into model.json"):
        read(path)
