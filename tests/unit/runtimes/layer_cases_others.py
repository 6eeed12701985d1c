"""Layers of other things than images, with each setting that changes numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from layer_case import Case, each

RECURRENT: dict[str, dict[str, Any]] = {
    "plain": {},
    "sequences": {"return_sequences": True},
    "backwards": {"go_backwards": True, "return_sequences": True},
    "unroll": {"unroll": True, "return_sequences": True},
    "no_bias": {"use_bias": False},
    "relu": {"activation": "relu"},
    "sigmoid": {"recurrent_activation": "sigmoid", "activation": "tanh"},
    "hard": {"recurrent_activation": "hard_sigmoid", "activation": "tanh"},
    "null": {"activation": None, "recurrent_activation": None, "use_bias": None},
    "null_gate": {"recurrent_activation": None},
    "camel": {"returnSequences": True, "goBackwards": 1, "useBias": False},
    "dropout": {"dropout": 0.5, "recurrent_dropout": 0.3},
    "state": {"return_state": True},
    "unit_forget": {"unit_forget_bias": False},
    "implementation": {"implementation": 2},
    "reset": {"reset_after": True},
    "no_reset": {"reset_after": False},
    "reset_sequences": {"reset_after": False, "return_sequences": True, "recurrent_activation": "hard_sigmoid"},
    "time_major": {"time_major": True},
    "stateful": {"stateful": True, "batch_input_shape": [2, 4, 3]},
}


def shapes() -> Iterator[Case]:
    """Layers that change shapes, and dense ones."""
    yield from each(
        "Flatten", (3, 4, 2), plain={}, first={"data_format": "channels_first"}, last={"data_format": "channels_last"}
    )
    yield from each("Flatten", (), scalar={})
    yield from each(
        "Reshape", (3, 4), plain={"target_shape": [2, 6]}, open={"target_shape": [-1, 2]}, flat={"target_shape": [-1]}
    )
    yield from each("Permute", (3, 4, 2), plain={"dims": [2, 1, 3]}, other={"dims": [3, 1, 2]})
    yield from each("RepeatVector", (4,), plain={"n": 3})
    yield from each("Dense", (3, 4), deep={"units": 2}, no_bias={"units": 2, "use_bias": False})
    yield from each("Dense", (2, 3, 4), deeper={"units": 2})
    yield from each("Masking", (3, 2), plain={}, value={"mask_value": 0.5})
    for name, config in (("plain", {}), ("mask", {"mask_zero": True}), ("length", {"input_length": 3})):
        yield Case(f"Embedding_{name}", "Embedding", {"input_dim": 5, "output_dim": 3, **config}, ((3,),), 5)
    yield Case("Embedding_deep", "Embedding", {"input_dim": 5, "output_dim": 3}, ((3, 2),), 5)


def merges() -> Iterator[Case]:
    """Layers of several inputs."""
    two: tuple[tuple[int | None, ...], ...] = ((3, 4), (3, 4))
    for kind in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"):
        yield Case(f"{kind}_two", kind, {}, two)
        yield Case(f"{kind}_three", kind, {}, (*two, (3, 4)))
        yield Case(f"{kind}_wide", kind, {}, ((3, 4), (1, 4)))
        yield Case(f"{kind}_ranks", kind, {}, ((3, 4), (4,)))
    for axis in (-1, 1, 2, -2):
        yield Case(f"Concatenate_{axis}".replace("-", "m"), "Concatenate", {"axis": axis}, two)
    yield Case("Concatenate_default", "Concatenate", {}, ((3, 4), (3, 2), (3, 1)))
    for label, axes, normalize, shapes in (
        ("1", 1, False, two),
        ("m1", -1, False, two),
        ("2", 2, False, two),
        ("pair", [1, 2], False, ((3, 4), (5, 3))),
        ("pair21", [2, 1], False, ((3, 4), (4, 2))),
        ("normalize", 1, True, two),
        ("normalize2", [2, 2], True, ((3, 4), (5, 4))),
        ("flat", 1, False, ((4,), (4,))),
        ("flat_normalize", -1, True, ((4,), (4,))),
        ("rank4", [3, 1], False, ((2, 3, 4), (4, 3))),
        ("ranks", [1, 2], False, ((3,), (4, 3))),
    ):
        yield Case(f"Dot_{label}", "Dot", {"axes": axes, "normalize": normalize}, shapes)


def norms() -> Iterator[Case]:
    """Normalisation."""
    for shape, axes in (((4,), (-1,)), ((3, 4), (-1, 1, 2)), ((2, 3, 4), (-1, 1, 2, 3)), ((2, 2, 3, 2), (-1, 1, 4))):
        for axis in axes:
            label = f"BatchNormalization_{len(shape)}_{axis}".replace("-", "m")
            yield Case(label, "BatchNormalization", {"axis": axis}, (shape,))
    yield from each(
        "BatchNormalization",
        (2, 3, 4),
        list={"axis": [3]},
        epsilon={"epsilon": 0.1, "momentum": 0.5},
        no_scale={"scale": False},
        no_center={"center": False},
        neither={"scale": False, "center": False},
    )
    yield from each(
        "LayerNormalization",
        (2, 3, 4),
        plain={},
        axis={"axis": 1},
        axes={"axis": [1, 2]},
        list={"axis": [-1]},
        all={"axis": [1, 2, 3]},
        epsilon={"epsilon": 0.1},
        no_scale={"scale": False},
        no_center={"center": False},
    )
    for kind in ("Normalization", "GroupNormalization", "UnitNormalization", "ActivityRegularization"):
        yield from each(kind, (2, 3, 4), plain={})


def recurrent() -> Iterator[Case]:
    """Recurrent layers."""
    kinds = ("SimpleRNN", "GRU", "LSTM")
    for kind in kinds:
        yield from each(kind, (4, 3), **{name: {"units": 2, **option} for name, option in RECURRENT.items()})
    for kind in kinds:
        cell = {"class_name": f"{kind}Cell", "config": {"name": "cell", "units": 2}}
        yield from each("RNN", (4, 3), **{kind: {"cell": cell, "return_sequences": True}})
        wide = {"class_name": f"{kind}Cell", "config": {"name": "cell_1", "units": 3}}
        stacked = {"class_name": "StackedRNNCells", "config": {"name": "stacked", "cells": [cell, wide]}}
        yield from each("RNN", (4, 3), **{f"stacked_{kind}": {"cell": stacked}})
    conv = {"filters": 2, "kernel_size": [2, 2]}
    yield from each(
        "ConvLSTM2D",
        (3, 4, 4, 2),
        plain=conv,
        sequences={**conv, "return_sequences": True, "padding": "same"},
        hard={**conv, "recurrent_activation": "hard_sigmoid"},
        sigmoid={**conv, "recurrent_activation": "sigmoid"},
        strides={**conv, "strides": [2, 2]},
        dilation={**conv, "dilation_rate": [2, 2]},
        first={**conv, "data_format": "channels_first"},
    )


def masked() -> Iterator[Case]:
    """What a mask does to the layers behind it; the last of three words is masked, and the second step of four."""
    embedding = ("Embedding", {"input_dim": 3, "output_dim": 3, "mask_zero": True})
    for kind in ("SimpleRNN", "GRU", "LSTM"):
        for sequences in (False, True):
            options = {"units": 2, "return_sequences": sequences}
            label = f"{kind}_masked_{sequences}"
            yield Case(label, kind, options, ((4,),), 3, behind=(embedding,))
        inner = {"class_name": kind, "config": {"name": "inner", "units": 2, "return_sequences": True}}
        config = {"layer": inner, "merge_mode": "concat"}
        yield Case(f"Bidirectional_masked_{kind}", "Bidirectional", config, ((4,),), 3, behind=(embedding,))
    dense = ("Dense", {"units": 2})
    softmax = {"axis": -1}
    kinds: tuple[tuple[str, dict[str, Any]], ...] = (
        ("GlobalAveragePooling1D", {}), ("GlobalMaxPooling1D", {}), ("Dense", {"units": 2}), ("Flatten", {}),
        ("Activation", {"activation": "softmax"}), ("Softmax", softmax), ("BatchNormalization", {}),
        ("LayerNormalization", {}), ("Permute", {"dims": [2, 1]}), ("Reshape", {"target_shape": [6, 2]}),
    )  # fmt: skip
    for kind, settings in kinds:
        yield Case(f"{kind}_masked", kind, settings, ((4,),), 3, behind=(embedding,))
    yield Case(
        "GlobalAveragePooling1D_masked_dense", "GlobalAveragePooling1D", {}, ((4,),), 3, behind=(embedding, dense)
    )
    timed = {"layer": {"class_name": "Dense", "config": {"name": "dense", "units": 2}}}
    yield Case("TimeDistributed_masked", "TimeDistributed", timed, ((4,),), 3, behind=(embedding,))
    masking = ("Masking", {"mask_value": 0.0})
    yield Case(
        "LSTM_behind_masking",
        "LSTM",
        {"units": 2},
        ((4,),),
        3,
        behind=(("RepeatVector", {"n": 1}), ("Permute", {"dims": [2, 1]}), masking),
    )


def wrapped() -> Iterator[Case]:
    """Wrappers."""
    dense = {"class_name": "Dense", "config": {"name": "dense", "units": 2, "activation": "relu"}}
    conv = {"class_name": "Conv2D", "config": {"name": "conv", "filters": 2, "kernel_size": [2, 2]}}
    yield from each("TimeDistributed", (3, 4), dense={"layer": dense})
    yield from each(
        "TimeDistributed",
        (2, 3, 3, 2),
        conv={"layer": conv},
        flatten={"layer": {"class_name": "Flatten", "config": {"name": "flat"}}},
    )
    for kind in ("SimpleRNN", "GRU", "LSTM"):
        inner = {"class_name": kind, "config": {"name": "inner", "units": 2, "return_sequences": True}}
        for mode in ("concat", "sum", "ave", "mul", None):
            yield Case(f"Bidirectional_{kind}_{mode}", "Bidirectional", {"layer": inner, "merge_mode": mode}, ((4, 3),))
        last = {"class_name": kind, "config": {"name": "inner", "units": 2}}
        yield Case(f"Bidirectional_{kind}_last", "Bidirectional", {"layer": last, "merge_mode": "concat"}, ((4, 3),))
    yield Case("Bidirectional_default", "Bidirectional", {"layer": last}, ((4, 3),))
    state = {"class_name": "LSTM", "config": {"name": "inner", "units": 2, "return_state": True}}
    yield Case("Bidirectional_state", "Bidirectional", {"layer": state, "merge_mode": "concat"}, ((4, 3),))
    back = {"class_name": "GRU", "config": {"name": "back", "units": 2, "go_backwards": True}}
    fore = {"class_name": "LSTM", "config": {"name": "fore", "units": 2}}
    yield Case(
        "Bidirectional_backward",
        "Bidirectional",
        {"layer": fore, "backward_layer": back, "merge_mode": "sum"},
        ((4, 3),),
    )


def training() -> Iterator[Case]:
    """Calls with ``training``, and layers that TF.js does not know."""
    always = {"training": True}
    for kind, config in (
        ("Dropout", {"rate": 0.5}),
        ("SpatialDropout1D", {"rate": 0.5}),
        ("GaussianDropout", {"rate": 0.5}),
        ("GaussianNoise", {"stddev": 0.5}),
        ("AlphaDropout", {"rate": 0.5}),
        ("BatchNormalization", {}),
        ("LSTM", {"units": 2, "dropout": 0.5}),
    ):
        yield Case(f"{kind}_training", kind, config, ((3, 4),), 0, always)
        yield Case(f"{kind}_inference", kind, config, ((3, 4),), 0, {"training": False})
    for kind in ("SpatialDropout2D", "SpatialDropout3D"):
        yield Case(f"{kind}_plain", kind, {"rate": 0.5}, ((2, 2, 2, 2)[: 3 if "2D" in kind else 4],))
    yield Case(
        "EinsumDense_plain",
        "EinsumDense",
        {"equation": "abc,cd->abd", "output_shape": [None, 3], "bias_axes": "d"},
        ((3, 4),),
    )
    yield Case(
        "EinsumDense_relu", "EinsumDense", {"equation": "ab,bc->ac", "output_shape": 3, "activation": "relu"}, ((4,),)
    )
    yield Case("MultiHeadAttention_plain", "MultiHeadAttention", {"num_heads": 2, "key_dim": 2}, ((3, 4), (3, 4)))
    yield Case("Attention_plain", "Attention", {}, ((3, 4), (3, 4)))
