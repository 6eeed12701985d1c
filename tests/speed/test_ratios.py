"""The ratios that the documentation promises, each within one run."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from interleaved import best_of_interleaved, within

import framegate
from framegate.gl.null import NullContext
from framegate.interfaces import ModelSpec
from framegate.render.opencv import OpenCVRenderer


def test_opencv_converts_in_at_most_3x_the_time_of_one_copy() -> None:
    tensor = np.random.default_rng(0).random((256, 256, 3), np.float32)
    target = np.empty_like(tensor)
    renderer = OpenCVRenderer(NullContext())
    renderer.prepare(tensor.shape, "float32")
    convert = renderer.stages()[0].call

    def ratio() -> float:
        converted_s, copied_s = best_of_interleaved([lambda: convert(tensor), lambda: np.copyto(target, tensor)], 2000)
        return converted_s / copied_s

    holds, found = within(3, ratio)
    assert holds, found


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMEGATE_CACHE", str(folder))
        yield folder


@pytest.mark.usefixtures("cache")
def test_the_best_runtime_beats_the_frozen_function_and_both_beat_predict() -> None:
    spec = ModelSpec("pix2pix-256-f8", "pix2pix", "", {"size": 256, "filters": 8})
    frame = np.random.default_rng(0).uniform(-1, 1, (1, 256, 256, 1)).astype(np.float32)
    names = ("tensorflow", "keras", "openvino", "onnxruntime")
    with ExitStack() as loaded:
        models = [loaded.enter_context(framegate.load_model(spec, runtime=name)) for name in names]
        calls = [partial(model.run, frame) for model in models]
        for call in calls:
            call()
        told: list[str] = []

        def predict_in_fastest_runs() -> float:
            best = dict(zip(names, best_of_interleaved(calls, 30), strict=True))
            fastest = min(best["openvino"], best["onnxruntime"])
            told.append(", ".join(f"{name} {seconds * 1e3:.2f} ms" for name, seconds in best.items()))
            assert best["tensorflow"] >= 1.5 * fastest, told
            assert best["keras"] >= 5 * best["tensorflow"], told
            return fastest / best["keras"]

        # The aim is 20x. With AVX-512 it was 20x to 24x, and 17x to 19x where there is only AVX2.
        holds, _ = within(1 / (20 if has_avx512() else 15), predict_in_fastest_runs)
    assert holds, told


def has_avx512() -> bool:
    cpu = Path("/proc/cpuinfo")
    return cpu.is_file() and "avx512f" in cpu.read_text("utf-8")
