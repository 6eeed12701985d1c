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
        best = dict(zip(names, best_of_interleaved(calls, 30), strict=True))
    fastest = min(best["openvino"], best["onnxruntime"])
    told = ", ".join(f"{name} {seconds * 1e3:.2f} ms" for name, seconds in best.items())
    # How far ahead depends on the processor: 2.0x to 3.0x and 17x to 21x on the four that this was tried on.
    assert best["tensorflow"] >= 1.5 * fastest, told
    assert best["keras"] >= 10 * fastest, told
    assert best["keras"] >= 5 * best["tensorflow"], told
