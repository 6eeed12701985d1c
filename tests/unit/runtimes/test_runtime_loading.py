"""``framegate.load_model``, as a user calls it."""

from __future__ import annotations

import subprocess
import sys
import weakref
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from audit import TELLING
from graph_files import noise, op, placeholder, write_graph

import framegate
from framegate.errors import BackendUnavailable, ModelError, UnknownName
from framegate.extras import how_to_install
from framegate.interfaces import ModelSpec, TensorInfo
from framegate.runtimes.null import NullRuntime
from framegate.runtimes.tensorflow import TensorFlowModel

NEEDS_TENSORFLOW = pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[tensorflow]")
X = noise(1, 4, 4, 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_graph(tmp_path / "net", [placeholder("x", [-1, 4, 4, 3]), op("Tanh", "y", ["x"])], {}).path


def test_a_path_a_string_a_folder_or_a_spec(path: Path) -> None:
    for model in (path, str(path), path.parent, ModelSpec("net", "path", str(path))):
        with framegate.load_model(model, "null") as loaded:
            assert loaded.inputs == (TensorInfo("x", (None, 4, 4, 3), "float32"),)
            assert repr(loaded) == "<Model net: x: float32 [?x4x4x3] -> image: float32 [?x4x4x3]>"


def test_a_dict_or_the_array_itself(path: Path) -> None:
    loaded = framegate.load_model(path, NullRuntime())
    np.testing.assert_array_equal(loaded.run(X)["image"], X)
    np.testing.assert_array_equal(loaded.run({"x": X})["image"], X)
    with pytest.raises(ModelError, match=r"^model net takes x: float32 \[\?x4x4x3\]; it was fed uint8 \[1x4x4x3\]$"):
        loaded.run(X.astype(np.uint8))


def test_after_close(path: Path) -> None:
    with framegate.load_model(path, "null") as loaded:
        pass
    loaded.close()
    with pytest.raises(ModelError, match=r"^model net is closed; load it again$"):
        loaded.run(X)


def test_unknown_names_list_what_there_is(path: Path) -> None:
    with pytest.raises(UnknownName, match=r"^unknown runtime 'tensorflo' \(did you mean 'tensorflow'\?\); there is:"):
        framegate.load_model(path, "tensorflo")
    with pytest.raises(UnknownName, match=r"^unknown model 'nett'; there is: age-range, cartoon-shinkai,"):
        framegate.load_model("nett", "null")


def test_without_tensorflow(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    for runtime in ("tensorflow", "keras"):
        with pytest.raises(BackendUnavailable) as error:
            framegate.load_model(path, runtime)
        assert error.value.reason.startswith("tensorflow cannot be imported (import of tensorflow halted")
        assert error.value.install_hint == how_to_install("tensorflow")


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)


def test_importing_framegate_imports_next_to_nothing() -> None:
    done = run("import framegate, sys; print(sorted({'numpy', 'tensorflow', 'pytest', 'cv2'} & {*sys.modules}))")
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_command_line_imports_no_library_before_it_knows_the_command() -> None:
    done = run(
        "import framegate.commands.cli, sys; print(sorted({'numpy', 'scipy', 'asyncio', 'cv2', 'jinja2'}"
        " & {*sys.modules}))"
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_listing_what_there_is_imports_no_tensorflow(path: Path) -> None:
    done = run(
        "import pathlib, sys\nfrom framegate import runtimes\nfrom framegate.models import specs, sources, image_io\n"
        "runtimes.builtin(), sources.builtin()\n"
        "[spec.sizes or sources.builtin()[spec.source]().input_size(spec) for spec in specs.default_specs()]\n"
        f"image_io.input_size(pathlib.Path({str(path)!r})), image_io.guess_ranges(pathlib.Path({str(path)!r}))\n"
        "print(sorted({'tensorflow', 'tf_keras', 'tensorflowjs', 'google'} & {*sys.modules}))"
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


@NEEDS_TENSORFLOW
def test_loading_prints_nothing_forks_nothing_and_asks_for_no_address(path: Path) -> None:
    done = run(
        f"{TELLING}\nimport framegate, numpy as np\nmodel = framegate.load_model({str(path)!r})\n"
        "print(model.run(np.zeros((1, 4, 4, 3), np.float32))['y'].shape)"
    )
    assert (done.stdout, done.stderr) == ("(1, 4, 4, 3)\n", "")


@NEEDS_TENSORFLOW
def test_close_frees_the_weights(path: Path) -> None:
    loaded = framegate.load_model(path)
    assert isinstance(loaded._loaded, TensorFlowModel)
    call: Any = loaded._loaded._call
    graph = weakref.ref(call.graph)
    del call
    assert graph() is not None
    loaded.close()
    assert graph() is None
