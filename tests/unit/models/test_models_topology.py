from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
from tfjs_files import GRAPH, write_model

from framegate.errors import ModelFormatError
from framegate.models import topology
from framegate.models.topology import read_model_json


@pytest.mark.parametrize(
    ("topology", "named", "expected"),
    [
        (GRAPH, "graph-model", "graph"),
        (GRAPH, ..., "graph"),
        ({"model_config": {}}, "layers-model", "layers"),
        ({"model_config": {}}, ..., "layers"),
        ({"class_name": "Model", "config": {}}, ..., "layers"),
    ],
)
def test_format_is_named_or_seen_in_the_topology(
    tmp_path: Path, topology: dict[str, Any], named: Any, expected: str
) -> None:
    model = read_model_json(write_model(tmp_path, topology=topology, format=named))
    assert model.format == expected
    assert model.topology == topology


def test_shards_of_all_groups_in_order(tmp_path: Path) -> None:
    groups = [{"paths": ["b", "a"], "weights": []}, {"paths": ["c"], "weights": []}]
    assert read_model_json(write_model(tmp_path, weightsManifest=groups)).shards == ("b", "a", "c")


def test_a_file_is_parsed_once_while_somebody_has_what_came_of_it(tmp_path: Path) -> None:
    path = write_model(tmp_path)
    model = read_model_json(path)
    assert read_model_json(path) is model
    other = tmp_path / "other.json"
    other.write_bytes(path.read_bytes())
    other.replace(path)
    assert read_model_json(path) is not model
    assert read_model_json(path).document == model.document
    name = id(model.document)
    del model
    gc.collect()
    assert name not in {id(known.document) for known in topology._KNOWN.values()}


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    path = write_model(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_model_json(path).format == "graph"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not JSON (Expecting property name"),
        (b"\xff\xfe", "not JSON ('utf-8' codec can't decode"),
        (b"[" * 100_000, "is not read, its objects are nested too deep"),
        (b"[1]", "holds a list, not an object; give the model.json of a TF.js model"),
        (b"null", "holds null, not an object"),
        (b"{}", "no modelTopology and no weightsManifest, found keys none; give the model.json"),
        (b'{"modelTopology": {}, "a": 1}', "no weightsManifest, found keys a, modelTopology; give the model.json"),
        (b'{"modelTopology": null, "weightsManifest": []}', "modelTopology is null, not an object; convert"),
        (
            b'{"modelTopology": {"x": 1}, "weightsManifest": []}',
            "modelTopology holds neither node (a graph model) nor model_config (a layers model), found keys x;",
        ),
        (
            b'{"modelTopology": {"node": []}, "weightsManifest": [], "format": "onnx"}',
            "format is 'onnx'; known formats are graph-model, layers-model",
        ),
    ],
)
def test_what_is_not_a_model_json_is_refused_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    with pytest.raises(ModelFormatError) as error:
        read_model_json(path)
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelFormatError, match=r"model.json: no such file; give a model.json or the folder"):
        read_model_json(tmp_path / "model.json")
    with pytest.raises(ModelFormatError, match=r"cannot be read \(Is a directory\); check the file"):
        read_model_json(tmp_path)


def test_a_model_json_that_is_a_web_page_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("<html>Not found</html>")
    with pytest.raises(ModelFormatError, match=r"model.json: not JSON: it is a web page, such as a server sends"):
        read_model_json(tmp_path / "model.json")
