"""Conversions are kept whole: a damaged one is made again, and on a full disk none is kept."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from graph_files import noise, op, placeholder, write_graph
from harms import HARMS, full_disk

from framegate.errors import SourceError
from framegate.inference.abilities import open_runtime
from framegate.interfaces import Array, ResolvedModel, Runtime
from framegate.models.cache import is_whole
from framegate.registry import Registry
from framegate.runtimes import builtin

pytestmark = pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[all]")
PACKAGES = {"openvino": "openvino", "onnxruntime": "onnxruntime", "litert": "ai_edge_litert"}
X = noise(1, 64)


@pytest.fixture(params=PACKAGES, scope="module")
def runtime(request: pytest.FixtureRequest) -> Runtime:
    if find_spec(PACKAGES[request.param]) is None:
        pytest.skip("needs pytest-framegate[all]")
    return open_runtime(Registry("runtime", [builtin()])[request.param], 1)


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> ResolvedModel:
    nodes = [placeholder("x", [-1, 64]), op("MatMul", "y", ["x", "w"])]
    return write_graph(tmp_path_factory.mktemp("net"), nodes, {"w": noise(64, 64, seed=1)})


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of conversions."""
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path))
    return tmp_path / "converted"


def result(runtime: Runtime, net: ResolvedModel) -> Array:
    loaded = runtime.load(net)
    try:
        return loaded.run({"x": X})["y"].copy()
    finally:
        loaded.close()


def test_every_file_of_a_conversion_damaged_in_every_way_is_made_again(
    runtime: Runtime, net: ResolvedModel, kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = result(runtime, net)
    np.testing.assert_allclose(expected, X @ noise(64, 64, seed=1), atol=1e-4)
    (folder,) = kept.glob("*/*")
    files = sorted(file.name for file in folder.iterdir())
    assert len(files) >= 3  # what the model is, what it was converted to, and the hashes of both
    for name, harm in ((name, harm) for name in files for harm in HARMS):
        caplog.clear()
        harm(folder / name)
        np.testing.assert_array_equal(result(runtime, net), expected)
        assert [message.startswith(f"{folder}: damaged in the cache (") for message in caplog.messages] == [True]
        assert is_whole(folder)
        assert [*folder.parent.iterdir()] == [folder]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("left", [0, 100, 4096])
def test_a_full_disk_is_one_line_and_nothing_is_kept(
    runtime: Runtime, net: ResolvedModel, kept: Path, left: int
) -> None:
    with pytest.raises(SourceError) as error, full_disk(left):
        result(runtime, net)
    assert "cannot write to the cache (" in str(error.value)
    assert str(error.value).endswith("; free some space, or set FRAMEGATE_CACHE to a folder of yours")
    assert [*kept.glob("*/*")] == []
    assert result(runtime, net).shape == (1, 64)
