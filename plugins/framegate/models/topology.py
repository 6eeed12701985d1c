"""Read ``model.json``: which of TF.js' two formats it is, its topology, and its checked weights manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from weakref import WeakValueDictionary

from framegate.errors import ModelFormatError
from framegate.models.files import UnreadableError, impostor, parse_json, read_regular
from framegate.models.manifest import WeightGroup, parse_manifest
from framegate.models.old_forms import standard_graph, standard_layers
from framegate.models.written_shapes import write_shapes

Json = Mapping[str, Any]
"""An object as a file of JSON has it."""

Format = Literal["layers", "graph"]

_FORMATS: dict[str, Format] = {"layers-model": "layers", "graph-model": "graph"}
_GRAPHS = ("modelTopology", "modelInitializer")
_REQUIRED = ("modelTopology", "weightsManifest")


@dataclass(frozen=True)
class ModelJson:
    """A parsed ``model.json``; no weight has been read.

    Attributes:
        path: the file.
        format: ``"layers"`` (a Keras model) or ``"graph"`` (a TensorFlow graph).
        document: the whole JSON object.
        groups: the weights manifest, checked.
    """

    path: Path
    format: Format
    document: Mapping[str, Any]
    groups: tuple[WeightGroup, ...]

    @property
    def topology(self) -> Mapping[str, Any]:
        """``modelTopology``, an object."""
        topology: Mapping[str, Any] = self.document["modelTopology"]
        return topology

    @property
    def shards(self) -> tuple[str, ...]:
        """Weight files relative to the model's folder, in manifest order."""
        return tuple(shard for group in self.groups for shard in group.paths)


_KNOWN: WeakValueDictionary[tuple[object, ...], ModelJson] = WeakValueDictionary()
"""By the path, and what the file system says of the file."""


def read_model_json(path: Path) -> ModelJson:
    """Read and check the ``model.json`` at ``path``; a file whose result is still in use is not parsed again.

    Raises:
        ModelFormatError: it is missing, is not JSON, or is not what TF.js writes.
    """
    try:
        status = path.stat()
    except (OSError, ValueError):
        return _parsed(path)
    key = (path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    model = _KNOWN.get(key)
    if model is None:
        _KNOWN[key] = model = _parsed(path)
    return model


def _parsed(path: Path) -> ModelJson:
    document = _read_object(path)
    missing = [key for key in _REQUIRED if key not in document]
    if missing:
        raise ModelFormatError(
            f"{path}: no {' and no '.join(missing)}, found keys {_some(document)};"
            " give the model.json that the TensorFlow.js converter wrote"
        )
    topology = document["modelTopology"]
    if not isinstance(topology, dict):
        raise ModelFormatError(
            f"{path}: modelTopology is {_kind(topology)}, not an object; convert the model again"
            " (a weights-only file cannot be run)"
        )
    form = _format(path, document, topology)
    if form == "graph":
        document |= {key: standard_graph(document[key]) for key in _GRAPHS if key in document}
    else:
        document["modelTopology"] = standard_layers(topology)
        write_shapes(document["modelTopology"].get("model_config", document["modelTopology"]))
    return ModelJson(path, form, document, parse_manifest(path, document))


def _read_object(path: Path) -> dict[str, Any]:
    try:
        document = parse_json(read_regular(path).decode("utf-8-sig"))
    except FileNotFoundError:
        raise ModelFormatError(f"{path}: no such file; give a model.json or the folder that holds it") from None
    except OSError as error:
        raise ModelFormatError(f"{path}: cannot be read ({error.strerror}); check the file") from error
    except UnreadableError as error:
        raise ModelFormatError(f"{path}: is not read, {error}; give the model.json of a TF.js model") from error
    except ValueError as error:
        if instead := impostor(path):
            raise ModelFormatError(f"{path}: not JSON: {instead}") from error
        raise ModelFormatError(
            f"{path}: not JSON ({error}); give the model.json that the TensorFlow.js converter wrote"
        ) from error
    if not isinstance(document, dict):
        raise ModelFormatError(f"{path}: holds {_kind(document)}, not an object; give the model.json of a TF.js model")
    return document


def _format(path: Path, document: Mapping[str, Any], topology: Mapping[str, Any]) -> Format:
    named = document.get("format")
    if isinstance(named, str) and named in _FORMATS:
        return _FORMATS[named]
    if named is not None:
        raise ModelFormatError(f"{path}: format is {named!r}; known formats are {', '.join(sorted(_FORMATS))}")
    # Converters before 1.3 wrote no format.
    if "node" in topology:
        return "graph"
    if "model_config" in topology or "config" in topology:
        return "layers"
    raise ModelFormatError(
        f"{path}: modelTopology holds neither node (a graph model) nor model_config (a layers model),"
        f" found keys {_some(topology)}; convert the model again"
    )


def _some(keys: Mapping[str, Any]) -> str:
    names = sorted(keys)
    return ", ".join(names[:6]) + (", …" if len(names) > 6 else "") if names else "none"


def _kind(value: object) -> str:
    return "null" if value is None else f"a {type(value).__name__}"
