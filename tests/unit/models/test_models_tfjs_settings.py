"""What TF.js reads of a layer's settings, in the words of Keras; it ignores the rest."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.analysis.kernels import layer_classes
from framegate.errors import FramegateError, ModelFormatError
from framegate.models.layer_entry import MODELS
from framegate.models.tfjs_keys import KEYS
from framegate.models.tfjs_settings import check_settings, read_settings
from framegate.tfgraph.closed_layers import restricted

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=8,
)
NAMES = st.text() | st.sampled_from(sorted({key for keys in KEYS.values() for key in keys} | {"function", "module"}))


def test_every_layer_of_tfjs_has_its_settings() -> None:
    assert KEYS.keys() == layer_classes() - MODELS


@given(kind=st.sampled_from(sorted(KEYS)), config=st.dictionaries(NAMES, JSON, max_size=6))
def test_nothing_else_reaches_keras(kind: str, config: dict[str, Any]) -> None:
    try:
        copy = restricted(Path("model.json"), {"class_name": kind, "name": "d", "config": config})
    except FramegateError:
        return
    assert copy["config"].keys() <= KEYS[kind].keys()
    known = {key: value for key, value in config.items() if key in KEYS[kind]}
    assert restricted(Path("model.json"), {"class_name": kind, "name": "d", "config": known}) == copy


@pytest.mark.parametrize(
    ("kind", "config", "found"),
    [
        ("Dense", {"units": 3.0, "useBias": 0}, {"units": 3, "use_bias": False}),
        ("Dense", {"activation": None}, {"activation": "linear"}),
        ("Dense", {"units": 3, "use_bias": None, "seed": 3, "lora_rank": 4}, {"units": 3}),
        ("Conv2D", {"kernelSize": [3.0, 1]}, {"kernel_size": [3, 1]}),
        ("Conv2D", {"dataFormat": "channelsFirst"}, {"data_format": "channels_first"}),
        ("MaxPooling1D", {"pool_size": 2, "data_format": "channels_first"}, {"pool_size": 2}),
        ("InputLayer", {"batch_input_shape": [None], "sparse": True, "ragged": True}, {"batch_input_shape": [None]}),
        ("Dropout", {"rate": 7, "noise_shape": [1], "seed": 1}, {"rate": 0}),
        ("SimpleRNN", {"units": 2, "activation": None}, {"units": 2}),
        ("LSTM", {"activation": None}, {"activation": "linear", "recurrent_activation": "hard_sigmoid"}),
        ("LSTMCell", {"recurrentActivation": None}, {"recurrent_activation": "linear"}),
        ("GRU", {"reset_after": None}, {"recurrent_activation": "hard_sigmoid", "reset_after": False}),
        ("Bidirectional", {"merge_mode": None, "backward_layer": {}}, {"merge_mode": None}),
        ("CategoryEncoding", {"output_mode": "multiHot", "sparse": True}, {"output_mode": "multi_hot"}),
        ("Concatenate", {"axis": -3}, {"axis": -1}),
        ("ReLU", {"max_value": 6, "negative_slope": 0.5, "threshold": 1}, {"max_value": 6}),
    ],
)
def test_settings_as_tfjs_reads_them(kind: str, config: dict[str, Any], found: dict[str, Any]) -> None:
    assert read_settings(kind, config) == found


@pytest.mark.parametrize(
    ("kind", "key", "value", "words"),
    [
        ("Dense", "units", "3", "a whole number"),
        ("Dense", "units", 2.5, "a whole number"),
        ("Dense", "use_bias", "no", "true or false"),
        ("Conv2D", "kernel_size", [3, True], "whole numbers"),
        ("Conv2D", "padding", [[1, 1]], "a text"),
        ("ZeroPadding2D", "padding", [[1, "1"]], "whole numbers"),
        ("ReLU", "max_value", "6", "a number"),
        ("Rescaling", "scale", [1, None], "numbers"),
        ("Reshape", "target_shape", 4, "a shape"),
    ],
)
def test_what_is_of_another_kind_is_named(kind: str, key: str, value: Any, words: str) -> None:
    with pytest.raises(ModelFormatError, match=rf"m: layer 'd' has {key} .*, not {words}; convert the model again"):
        check_settings("m: layer 'd'", kind, read_settings(kind, {key: value}))
