"""What a page sends is kept where the page does not say."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from tiny_model import write_tiny

from framegate.errors import FramegateError, UsageError
from framegate.live.uploads import MOST_FILE_BYTES, Uploads

SHARD = "group1-shard1of1.bin"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "own")


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    (tmp_path / "kept").mkdir()
    return Uploads(tmp_path / "kept")


def sent(uploads: Uploads, model: Path, name: str = "mine") -> int:
    told = uploads.begin_model(name, (model / "model.json").read_text())
    assert told["shards"] == [SHARD]
    return int(told["number"])


def test_a_model_is_there_when_its_shards_are(uploads: Uploads, model: Path, tmp_path: Path) -> None:
    number = sent(uploads, model)
    shard = (model / SHARD).read_bytes()
    uploads.take_shard({"number": number, "shard": 0}, io.BytesIO(shard), len(shard))
    folder = uploads.end_model(number)
    assert folder.name == "mine"
    assert folder.is_relative_to(tmp_path / "kept")
    assert (folder / SHARD).read_bytes() == shard


@pytest.mark.parametrize("name", ["../../etc", "..", "a/b\\c", "\0", "<b>", "x" * 500])
def test_no_name_leads_elsewhere(uploads: Uploads, model: Path, tmp_path: Path, name: str) -> None:
    sent(uploads, model, name)
    [folder] = (tmp_path / "kept").glob("*/*")
    assert folder.resolve().parent.parent == (tmp_path / "kept").resolve()
    assert not set(folder.name) - set("abcdefghijklmnopqrstuvwxyz-_.")


def test_a_shard_that_is_cut_off_leaves_no_model(uploads: Uploads, model: Path, tmp_path: Path) -> None:
    number = sent(uploads, model)
    with pytest.raises(UsageError, match="not sent in full"):
        uploads.take_shard({"number": number, "shard": 0}, io.BytesIO(b"ab"), 4)
    with pytest.raises(UsageError) as refused:
        uploads.end_model(number)
    assert str(tmp_path) not in str(refused.value)
    assert not list((tmp_path / "kept").rglob("model.json"))


def test_too_much_is_refused_before_it_is_read(uploads: Uploads, model: Path) -> None:
    number = sent(uploads, model)
    body = io.BytesIO(b"never read")
    with pytest.raises(UsageError, match="1,024"):
        uploads.take_shard({"number": number, "shard": 0}, body, MOST_FILE_BYTES + 1)
    assert body.tell() == 0


def test_all_shards_together_are_no_larger_than_a_file_may_be(
    uploads: Uploads, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = json.loads((model / "model.json").read_text())
    document["weightsManifest"][0]["paths"] = ["one.bin", "two.bin"]
    text = json.dumps(document)
    monkeypatch.setattr("framegate.live.uploads.MOST_FILE_BYTES", len(text) + 6)
    number = uploads.begin_model("mine", text)["number"]
    uploads.take_shard({"number": number, "shard": 0}, io.BytesIO(b"abcd"), 4)
    with pytest.raises(UsageError, match="mine with its shards has"):
        uploads.take_shard({"number": number, "shard": 1}, io.BytesIO(b"abcd"), 4)


@pytest.mark.parametrize("shard", ["../outside.bin", "model.json"])
def test_a_shard_beside_the_folder_is_refused(uploads: Uploads, model: Path, tmp_path: Path, shard: str) -> None:
    document = json.loads((model / "model.json").read_text())
    document["weightsManifest"][0]["paths"] = [shard]
    with pytest.raises(FramegateError, match=re.escape(shard)):
        uploads.begin_model("mine", json.dumps(document))
    assert not list((tmp_path / "kept").rglob("model.json"))


def test_frames_that_nobody_reads_are_not_kept(uploads: Uploads, tmp_path: Path) -> None:
    with pytest.raises(FramegateError, match=r"no\.png"):
        uploads.take_frames({"name": "no.png"}, io.BytesIO(b"no picture"), 10)
    assert not list((tmp_path / "kept").rglob("*.png"))


@pytest.mark.parametrize(("shard", "why"), [(".", "it is a folder"), ("x" * 300, "File name too long")])
def test_what_cannot_be_kept_is_named_without_its_folder(
    uploads: Uploads, model: Path, tmp_path: Path, shard: str, why: str
) -> None:
    document = json.loads((model / "model.json").read_text())
    document["weightsManifest"][0]["paths"] = [shard]
    number = uploads.begin_model("mine", json.dumps(document))["number"]
    with pytest.raises(UsageError, match=rf"cannot be kept here \({why}\)") as refused:
        uploads.take_shard({"number": number, "shard": 0}, io.BytesIO(b"ab"), 2)
    assert str(tmp_path) not in str(refused.value)


def test_a_full_disk_is_said_to_be_full(uploads: Uploads, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    number = sent(uploads, model)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UsageError, match=r"group1-shard1of1.bin cannot be kept here \(No space left on device\)"):
        uploads.take_shard({"number": number, "shard": 0}, io.BytesIO(b"ab"), 2)
