"""Models that are on this disk already."""

from __future__ import annotations

from pathlib import Path

from framegate.errors import ModelFormatError
from framegate.interfaces import ModelSpec, ResolvedModel, Size
from framegate.models.image_io import input_size
from framegate.models.shards import model_sha256
from framegate.models.topology import read_model_json


class PathSource:
    """A folder that holds a ``model.json``, or one such file by any name; or the file itself."""

    def resolve(self, spec: ModelSpec, cache: Path) -> ResolvedModel:  # noqa: ARG002 - nothing is fetched or made
        """Check and hash the files where they are."""
        return resolved(spec.name, Path(spec.locator))

    def input_size(self, spec: ModelSpec) -> Size | None:
        """The size that model.json says.

        Raises:
            ModelError: model.json cannot be read, or takes no image.
        """
        return input_size(model_path(spec.locator), spec.inputs)


def resolved(name: str, path: Path) -> ResolvedModel:
    """The model in a folder or a ``model.json``, checked and hashed.

    Raises:
        ModelFormatError: there is no model.json, or it is not TF.js'.
        WeightsError: a shard is missing or outside the model's folder.
    """
    path = model_path(path)
    model = read_model_json(path)
    return ResolvedModel(name, path, model.format, model_sha256(model))


def model_path(path: str | Path) -> Path:
    """The ``model.json`` that a path means: itself, or the one in the folder.

    A folder without a file of that name may hold one other file that is a TF.js model.

    Raises:
        ModelFormatError: the folder holds none, or several by other names.
    """
    path = Path(path)
    if not path.is_dir():
        return path
    if (path / "model.json").is_file():
        return path / "model.json"
    files = sorted(path.glob("*.json"))
    models = [file for file in files if _is_model(file)]
    if len(models) != 1:
        names = ", ".join(file.name for file in (models or files)[:4]) or "no .json file"
        raise ModelFormatError(f"{path}: no model.json in this folder, found {names}; give the model's json file")
    return models[0]


def _is_model(file: Path) -> bool:
    try:
        read_model_json(file)
    except ModelFormatError:
        return False
    return True
