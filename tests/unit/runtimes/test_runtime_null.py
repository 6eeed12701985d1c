from __future__ import annotations

from pathlib import Path

import pytest
from graph_files import noise, op, placeholder, write_graph

from framegate.errors import ModelError
from framegate.interfaces import ResolvedModel, TensorInfo
from framegate.measure import stages
from framegate.runtimes.null import NullRuntime


def model(folder: Path) -> ResolvedModel:
    return write_graph(folder, [placeholder("x", [-1, -1, -1, 3]), op("Tanh", "y", ["x"])], {})


def test_it_returns_a_copy_of_its_input(tmp_path: Path) -> None:
    loaded = NullRuntime().load(model(tmp_path))
    assert loaded.inputs == (TensorInfo("x", (None, None, None, 3), "float32"),)
    assert loaded.outputs == (TensorInfo("image", (None, None, None, 3), "float32"),)
    image = noise(1, 4, 5, 3)
    (found,) = loaded.run({"x": image}).values()
    assert (found == image).all()
    assert found.base is None
    loaded.close()


def test_whole_calls_are_their_stages(tmp_path: Path) -> None:
    runtime = NullRuntime()
    assert [stage.name for stage in runtime.stages()] == ["parse", "weights", "build"]
    loaded = stages.run(runtime.stages(), model(tmp_path))
    assert [stage.name for stage in loaded.stages()] == ["inference", "readback"]
    image = noise(1, 4, 5, 3)
    assert (stages.run(loaded.stages(), {"x": image})["image"] == image).all()
    assert runtime.describe() == "returns its input"


def test_a_model_without_an_image(tmp_path: Path) -> None:
    bad = write_graph(tmp_path, [placeholder("x", [1, 10]), op("Tanh", "y", ["x"])], {})
    with pytest.raises(ModelError, match=r"^m: no image input; found x: float32 \[1x10\];"):
        NullRuntime().load(bad)
