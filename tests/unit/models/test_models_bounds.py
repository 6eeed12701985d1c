"""What would never end or never fit is refused before anything is computed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from framegate.analysis.bounds import MOST_TERMS, check_sums, check_tensors
from framegate.errors import ModelError, ModelFormatError
from framegate.models import memory

PATH = Path("model.json")


def sums(count: int, op: str = "AddV2") -> list[dict[str, Any]]:
    """Each node adds the one before it to itself."""
    return [{"name": f"n{at}", "op": op, "input": [f"n{at - 1}"] * 2 if at else ["x", "x"]} for at in range(count)]


def test_sums_that_double_are_refused_where_they_pass_the_bound() -> None:
    image: dict[str, Any] = {"name": "x", "op": "Placeholder"}
    check_sums(PATH, [image, *sums(16)])
    with pytest.raises(ModelFormatError, match=r"node 'n16' is a sum of 131,072 terms .* 65,536 at most are run;"):
        check_sums(PATH, [image, *sums(200)])
    assert MOST_TERMS == 2**16


def test_what_lies_between_sums_ends_them() -> None:
    nodes = sums(200)
    for at in range(1, 200, 10):
        nodes[at]["op"] = "Relu"
    check_sums(PATH, [{"name": "x", "op": "Placeholder"}, *nodes])


def doubled(folder: Path, count: int) -> Path:
    """A picture of 1 x 4 x 4 x 1 that is joined to itself again and again."""
    dims = [{"size": str(size)} for size in (-1, 4, 4, 1)]
    image = {"name": "n", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": dims}}}}
    tensor = {"dtype": "DT_INT32", "tensorShape": {}, "intVal": [1]}
    axis = {"name": "axis", "op": "Const", "attr": {"dtype": {"type": "DT_INT32"}, "value": {"tensor": tensor}}}
    joined = [
        {"name": f"n{at + 1}", "op": "ConcatV2", "input": [f"n{at or ''}", f"n{at or ''}", "axis"]}
        for at in range(count)
    ]
    document = {"modelTopology": {"node": [image, axis, *joined]}, "weightsManifest": []}
    (folder / "model.json").write_text(json.dumps(document))
    return folder / "model.json"


def test_a_graph_that_doubles_at_every_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**30)
    check_tensors(doubled(tmp_path, 24))
    with pytest.raises(ModelError, match=r"node 'n25' gives a tensor of 2\.1 GB and 1\.1 GB are free"):
        check_tensors(doubled(tmp_path, 60))
