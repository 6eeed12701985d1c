"""Layers compute what TF.js computes: its own answers, stored by `scripts/tfjs-layers.cjs`, are the oracle."""

import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layer_case import Case, functional
from layer_cases import all_cases
from layer_values import values, write_model
from numpy.typing import NDArray

from framegate.errors import UnsupportedOp
from framegate.interfaces import ResolvedModel
from framegate.models import tf
from framegate.models.tfjs_keys import COMMON, KEYS
from framegate.models.topology import read_model_json
from framegate.runtimes.tensorflow import TensorFlowRuntime
from framegate.tfgraph.closed_layers import restricted
from framegate.tfgraph.keras_model import build_keras
from framegate.tfgraph.parts import Parsed, Parts, add_weights
from framegate.tfgraph.tfjs_layers import sample_places

ANSWERS: Mapping[str, Any] = json.loads(Path(__file__).with_name("tfjs_layers.json").read_text(encoding="utf-8"))
CASES = {case.label: case for case in all_cases()}
# No kernel of TensorFlow's takes two different strides; TF.js ignores `groups` and wants the kernel of one group.
REFUSED = ("DepthwiseConv2D_uneven", "SeparableConv2D_uneven")
OTHER = ("Conv2D_groups",)
CROP = CASES["CenterCrop_even"]
COMPUTED = [case for label, case in CASES.items() if "results" in ANSWERS[label] and label not in (*REFUSED, *OTHER)]


def parts_of(folder: Path, cases: list[Case]) -> Parts:
    weights = [
        {**weight, "salt": 31 * at + 7} for case in cases for at, weight in enumerate(ANSWERS[case.label]["weights"])
    ]
    return add_weights(Parsed("cases", read_model_json(write_model(folder, functional(cases), weights))))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, NDArray[np.float64]]:
    """Case -> what Framegate's model computes, of all cases in one model."""
    model = build_keras(parts_of(tmp_path_factory.mktemp("cases"), COMPUTED))
    feeds = [
        values([2, *(side or 1 for side in shape)], 17 * at, case.indices)
        for case in COMPUTED
        for at, shape in enumerate(case.shapes)
    ]
    found = model(feeds, training=False)
    return {case.label: np.asarray(each, np.float64) for case, each in zip(COMPUTED, found, strict=True)}


def test_every_case_has_an_answer() -> None:
    assert ANSWERS.keys() == CASES.keys()


@pytest.mark.parametrize("label", [case.label for case in COMPUTED])
def test_a_layer_computes_what_tfjs_computes(label: str, results: Mapping[str, NDArray[np.float64]]) -> None:
    expected = ANSWERS[label]["results"][0]
    assert list(results[label].shape) == expected["shape"]
    np.testing.assert_allclose(results[label].ravel(), expected["values"], rtol=1e-4, atol=2e-5)


def test_a_norm_along_a_picture_has_a_scale_for_each_pixel(tmp_path: Path) -> None:
    """TensorFlow's optimiser, which Keras' own call does not run, took it for a norm with a scale for each channel."""
    case = CASES["LayerNormalization_axes"]
    weights = [{**weight, "salt": 7 + 31 * at} for at, weight in enumerate(ANSWERS[case.label]["weights"])]
    path = write_model(tmp_path, functional([case]), weights)
    loaded = TensorFlowRuntime().load(ResolvedModel("norm", path, "layers", ""))
    (info,) = loaded.inputs
    (found,) = loaded.run({info.name: values([2, *map(int, filter(None, case.shapes[0]))], 0, 0)}).values()
    (expected,) = ANSWERS[case.label]["results"]
    np.testing.assert_allclose(found.ravel(), expected["values"], rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("label", REFUSED)
def test_what_cannot_be_computed_is_refused_by_name(label: str) -> None:
    with pytest.raises(UnsupportedOp, match=rf"{label}.*strides \[2, 1\]"):
        restricted(Path("model.json"), functional([CASES[label]]))


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_keras_takes_every_setting_that_tfjs_reads(kind: str) -> None:
    keras = tf.tf_keras()
    found = {**vars(keras.layers), "ConvLSTM2DCell": keras.layers.ConvLSTM2D}[kind]
    accepted = {key for each in found.__mro__ for key in inspect.signature(each.__init__).parameters}
    assert set(KEYS[kind]) - {*COMMON, "input_dim"} <= accepted  # which every layer takes


def test_a_crop_behind_an_input_is_a_model_of_the_size_that_it_makes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logger = tf.tensorflow().get_logger()
    logger.addHandler(caplog.handler)
    model = build_keras(add_weights(Parsed("crop", read_model_json(write_model(tmp_path, functional([CROP]), [])))))
    logger.removeHandler(caplog.handler)
    assert model.input_shape == (None, 4, 3, 2)
    picture = values([1, 4, 3, 2], 0, 0)
    np.testing.assert_array_equal(model(picture), picture)
    assert not caplog.records  # AutoGraph would print the environment


def test_the_samples_of_a_crop_of_one_pixel_lie_in_the_middle() -> None:
    np.testing.assert_allclose(sample_places(7, 3, 1), [3], atol=1e-6)
    np.testing.assert_allclose(sample_places(6, 1, 4), 5 / 6 + np.arange(4) * 10 / 9, atol=1e-6)
