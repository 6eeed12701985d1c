"""Files that a page sends: a model with its shards, or frames. Where they are kept is never the page's to say."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from framegate.errors import FramegateError, UsageError
from framegate.files import whole_file
from framegate.frames.sources import open_frames
from framegate.models.shards import model_sha256
from framegate.models.topology import ModelJson, read_model_json

MOST_FILE_BYTES = 2**30
"""Of all shards of a model, and of a file with frames."""

_CHUNK = 2**20
_LONGEST_NAME = 60


class Uploads:
    """What one page has sent.

    Args:
        folder: folder for all of it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._models: dict[int, ModelJson] = {}

    def begin_model(self, name: str, document: str) -> dict[str, Any]:
        """Take a model.json; returns the model's number, and the names of the shards that are wanted next.

        Args:
            name: what the person calls it: the name of its folder.
            document: the text of the file.

        Raises:
            ModelError: it is no model.
        """
        number = next(self._numbers)
        folder = self._folder / f"model-{number}" / _plain(name, "dropped")
        with _room_for("model.json"):
            folder.mkdir(parents=True)
            (folder / "model.json").write_text(document, "utf-8")
        try:
            model = read_model_json(folder / "model.json")
            for shard in model.shards:
                _place(folder, shard)
        except FramegateError as error:
            shutil.rmtree(folder)
            raise UsageError(_without(folder, error)) from error
        self._models[number] = model
        return {"number": number, "shards": list(model.shards)}

    def take_shard(self, asked: Mapping[str, Any], body: BinaryIO, length: int) -> dict[str, Any]:
        """Take one of its shards: ``number`` is the model's, ``shard`` its place in the list.

        Raises:
            UsageError: there is no such shard, or all of them are too large together.
        """
        model = self._models[int(asked["number"])]
        folder = model.path.parent
        kept_bytes = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        _check_room(f"{folder.name} with its shards", kept_bytes + length)
        _keep(_place(folder, model.shards[int(asked["shard"])]), body, length)
        return {}

    def end_model(self, number: int) -> Path:
        """The folder of a model that is there in full.

        Raises:
            UsageError: it is not.
        """
        model = self._models.pop(number)
        folder = model.path.parent
        try:
            model_sha256(model)
        except FramegateError as error:
            shutil.rmtree(folder)
            raise UsageError(_without(folder, error)) from error
        return folder

    def take_frames(self, asked: Mapping[str, Any], body: BinaryIO, length: int) -> tuple[str, Path]:
        """Take a picture or a video; returns its name and where it is.

        Raises:
            UsageError: it is too large.
            FrameError: OpenCV reads no frame of it.
        """
        name = _plain(str(asked.get("name", "")), "frames")
        _check_room(name, length)
        path = self._folder / f"frames-{next(self._numbers)}" / name
        _keep(path, body, length)
        try:
            open_frames(str(path), most=1)
        except FramegateError as error:
            path.unlink()
            raise UsageError(_without(path.parent, error)) from error
        return name, path


def _check_room(what: str, size: int) -> None:
    if size > MOST_FILE_BYTES:
        raise UsageError(
            f"{what} has {size / 2**20:,.0f} MiB, and a page may send {MOST_FILE_BYTES / 2**20:,.0f}; name its path:"
            " framegate live PATH"
        )


def _keep(path: Path, body: BinaryIO, length: int) -> None:
    with _room_for(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            while length > 0:
                chunk = body.read(min(_CHUNK, length))
                if not chunk:
                    raise UsageError(f"{path.name} was not sent in full; send it again")
                file.write(chunk)
                length -= len(chunk)


@contextmanager
def _room_for(name: str) -> Iterator[None]:
    """Say what is wrong where a file cannot be kept, such as a full disk."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{name:.80} cannot be kept here ({error.strerror or error}); see what is wrong with it, or with the folder"
            " for temporary files, or name its path: framegate live PATH"
        ) from error


def _place(folder: Path, shard: str) -> Path:
    place = (folder / shard).resolve()
    if not place.is_relative_to(folder.resolve()) or place.name == "model.json":
        raise UsageError(f"model.json lists the shard {shard!r:.80}, which is not beside it; convert the model again")
    return place


def _plain(name: str, instead: str) -> str:
    """A name of letters, digits and ``_-.``, which is no path and hides nothing."""
    words = re.sub(r"[^A-Za-z0-9_.-]+", "-", name.replace("\\", "/").rsplit("/", 1)[-1])
    return words.strip("-.")[-_LONGEST_NAME:] or instead


def _without(folder: Path, error: FramegateError) -> str:
    """What is wrong with a file, without the folder that is nobody's business."""
    return str(error).replace(f"{folder}/", "").replace(str(folder), folder.name)
