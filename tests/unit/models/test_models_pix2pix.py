from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from harms import HARMS

import framegate
from framegate.errors import BackendUnavailable, SourceError, UsageError
from framegate.extras import how_to_install
from framegate.interfaces import ModelSpec, ResolvedModel
from framegate.models import graph, layers
from framegate.models.cache import CONTENTS, is_whole
from framegate.models.sources import pix2pix, pix2pix_build
from framegate.models.sources.pix2pix import Pix2Pix, Pix2PixSource, recipe_of
from framegate.models.topology import read_model_json

SMALL = "64-f4"
HASHES = shutil.ignore_patterns(CONTENTS)


def spec(locator: str = "", **options: object) -> ModelSpec:
    return ModelSpec("m", "pix2pix", locator, options)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def resolve(cache: Path, locator: str, **options: object) -> ResolvedModel:
    if find_spec("tf_keras") is None:
        pytest.skip("needs pytest-framegate[tensorflow]")
    return Pix2PixSource().resolve(spec(locator, **options), cache)


@pytest.mark.parametrize(
    ("given", "recipe"),
    [
        (spec(), Pix2Pix(256, 64, 1, 0, "graph", None)),
        (spec("128-f16"), Pix2Pix(128, 16)),
        (spec("64-f4-layers-uint8"), Pix2Pix(64, 4, format="layers", quantize="uint8")),
        (spec("64-f4", seed=7, channels=3), Pix2Pix(64, 4, channels=3, seed=7)),
        (spec(size=64, filters=8, quantize="float16"), Pix2Pix(64, 8, quantize="float16")),
    ],
)
def test_recipes(given: ModelSpec, recipe: Pix2Pix) -> None:
    assert recipe_of(given) == recipe


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            spec("64"),
            "pix2pix:64 is not pix2pix:SIZE-fFILTERS[-layers][-QUANTIZE], such as pix2pix:128-f16-layers-uint8",
        ),
        (spec("65-f4"), "model m: size 65 is not one of 256, 128, 64"),
        (spec(filters=5), "model m: filters 5 is not one of 64, 32, 16, 8, 4"),
        (spec(channels=True), "model m: channels True is not one of 1, 3, 4"),
        (spec(format="onnx"), "model m: format 'onnx' is not one of graph, layers"),
        (spec(quantize="int8"), "model m: quantize 'int8' is not one of float16, uint8, uint16"),
        (spec(size=[64]), "model m: size [64] is not one of 256, 128, 64"),
        (spec(seed=-1), "model m: seed -1 is not a whole number from 0 to 2147483647"),
        (spec(seed="0"), "model m: seed '0' is not a whole number from 0 to 2147483647"),
    ],
)
def test_recipes_that_cannot_be(given: ModelSpec, message: str) -> None:
    with pytest.raises(UsageError) as error:
        recipe_of(given)
    assert str(error.value) == message


def test_everything_that_decides_the_files_is_in_the_cached_name() -> None:
    recipes = [Pix2Pix(), Pix2Pix(size=64), Pix2Pix(filters=4), Pix2Pix(channels=3), Pix2Pix(seed=1)]
    recipes += [Pix2Pix(format="layers"), Pix2Pix(quantize="uint8"), Pix2Pix(quantize="uint16")]
    assert len({recipe.folder for recipe in recipes}) == 8
    assert Pix2Pix(64, 4).folder.startswith("64-f4-graph-")


@pytest.fixture
def built_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not in the cache yet is built in this process, which need not start, and import TensorFlow, again."""
    monkeypatch.setattr(
        pix2pix, "build_apart", lambda recipe, into: pix2pix_build.write_files(dataclasses.asdict(recipe), into)
    )


@pytest.mark.parametrize("named", ["graph", "layers"])
def test_both_formats_are_the_same_each_time(
    cache: Path, tmp_path: Path, request: pytest.FixtureRequest, named: str
) -> None:
    locator = SMALL if named == "graph" else f"{SMALL}-layers"
    model = resolve(cache, locator)
    request.getfixturevalue("built_here")
    again = resolve(tmp_path, locator)
    assert model.format == named
    assert model.sha256 == again.sha256
    assert model.path != again.path
    assert not list((cache / "pix2pix").glob("framegate-*"))


def test_it_is_built_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = resolve(cache, SMALL)
    monkeypatch.setattr(pix2pix, "build_apart", pytest.fail)
    assert resolve(cache, SMALL) == model


@pytest.mark.usefixtures("built_here")
def test_another_seed_is_another_model(cache: Path, tmp_path: Path) -> None:
    assert resolve(tmp_path, SMALL, seed=1).sha256 != resolve(cache, SMALL).sha256


def test_every_file_of_a_built_model_damaged_in_every_way_is_built_again(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a real build wrote stands in for the next ones, which would take seconds each.
    built = resolve(cache, SMALL).path.parent
    monkeypatch.setattr(
        pix2pix, "build_apart", lambda _recipe, into: shutil.copytree(built, into, dirs_exist_ok=True, ignore=HASHES)
    )
    model = resolve(tmp_path, SMALL)
    files = sorted(file.name for file in model.path.parent.iterdir())
    assert len(files) >= 3
    for name, harm in ((name, harm) for name in files for harm in HARMS):
        harm(model.path.parent / name)
        assert resolve(tmp_path, SMALL) == model
        assert sorted(file.name for file in model.path.parent.iterdir()) == files
        assert is_whole(model.path.parent)


def test_the_graph_is_the_tutorials(cache: Path) -> None:
    model = read_model_json(resolve(cache, SMALL).path)
    ops = [node["op"] for node in graph.nodes(model)]
    # 64 pixels are halved 6 times; the first block has no normalisation to fold.
    assert ops.count("_FusedConv2D") == 5
    assert ops.count("Conv2D") == 1
    assert ops.count("Conv2DBackpropInput") == 6
    assert ops.count("ConcatV2") == 5
    assert [port.info.shape for port in graph.inputs(model)] == [(None, 64, 64, 1)]
    assert "_FusedBatchNormEx" not in ops


def test_both_formats_and_both_runtimes_agree(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(cache))
    frame = np.random.default_rng(0).uniform(-1, 1, (1, 64, 64, 1)).astype(np.float32)
    outputs = []
    for locator in (SMALL, f"{SMALL}-layers"):
        resolve(cache, locator)
        for runtime in ("tensorflow", "keras"):
            with framegate.load_model(f"pix2pix:{locator}", runtime) as loaded:
                outputs.append(next(iter(loaded.run(frame).values())).copy())
    for output in outputs:
        np.testing.assert_allclose(output, outputs[-1], atol=1e-5)
    assert outputs[-1].shape == (1, 64, 64, 3)
    assert outputs[-1].std() > 0.05
    assert np.abs(outputs[-1]).max() <= 1


def test_the_layers_are_the_tutorials(cache: Path) -> None:
    model = read_model_json(resolve(cache, f"{SMALL}-layers").path)
    kinds = [layer["class_name"] for layer in layers.layers(model)]
    assert [kinds.count(kind) for kind in ("Conv2D", "Conv2DTranspose", "BatchNormalization", "Dropout")] == [
        6,
        6,
        10,
        3,
    ]


@pytest.mark.usefixtures("built_here")
def test_quantised_weights_take_less_room(cache: Path) -> None:
    plain, small = (
        sum(group.stored_bytes for group in read_model_json(resolve(cache, locator).path).groups)
        for locator in (f"{SMALL}-layers", f"{SMALL}-layers-uint8")
    )
    assert plain == 4 * small


def test_without_tensorflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pix2pix, "has_library", lambda name: name != "tensorflow")
    with pytest.raises(BackendUnavailable) as error:
        Pix2PixSource().resolve(spec(SMALL), tmp_path)
    assert error.value.reason == "building a pix2pix model needs tensorflow"
    assert error.value.install_hint == how_to_install("tensorflow")
    assert not list((tmp_path / "pix2pix").iterdir())


@pytest.mark.parametrize(
    ("status", "stderr", "kind", "message"),
    [
        (
            1,
            "Traceback\nOSError: disk full\n",
            SourceError,
            "building 64-f4-graph-{hash} failed: OSError: disk full; check",
        ),
        (-9, "", SourceError, "building 64-f4-graph-{hash} failed: exit status -9; check"),
        (
            pix2pix_build.EXIT_UNAVAILABLE,
            "x is broken",
            BackendUnavailable,
            "building a pix2pix model: x is broken; pip install",
        ),
    ],
)
def test_a_build_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, stderr: str, kind: type[Exception], message: str
) -> None:
    def completed(command: list[str], *_: object, **__: object) -> subprocess.CompletedProcess[str]:
        (Path(command[-1]) / "model.json").write_text("half", encoding="utf-8")
        return subprocess.CompletedProcess(command, status, "", stderr)

    monkeypatch.setattr(pix2pix, "has_library", lambda _: True)
    monkeypatch.setattr(pix2pix, "completed", completed)
    with pytest.raises(kind) as error:
        Pix2PixSource().resolve(spec(SMALL), tmp_path)
    expected = message.format(hash=Pix2Pix(64, 4).folder.rsplit("-", 1)[1])
    assert str(error.value).startswith(expected)
    assert not list((tmp_path / "pix2pix").iterdir())


def test_the_builder_says_what_is_missing() -> None:
    recipe = json.dumps(dataclasses.asdict(Pix2Pix(64, 4)))
    code = (
        f"import sys, runpy; sys.modules['tensorflow'] = None; sys.argv = ['x', {recipe!r}, '.'];"
        "runpy.run_module('framegate.models.sources.pix2pix_build', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == pix2pix_build.EXIT_UNAVAILABLE
    assert done.stderr.startswith("tensorflow cannot be imported (")
