"""Small models to make mutants of: their documents, with the weights in one shard."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

FLOAT = {"type": "DT_FLOAT"}


def graph_model() -> Json:
    """Convolution, bias, activation, resizing, joining and a reduction."""
    conv = {"strides": _ints(1, 1, 1, 1), "padding": {"s": "U0FNRQ=="}}
    kind = {"T": FLOAT}
    nodes = [
        {"name": "x", "op": "Placeholder", "attr": {"dtype": FLOAT, "shape": {"shape": _dims(-1, 8, 8, 3)}}},
        _constant("w", "DT_FLOAT", 3, 3, 3, 4),
        _constant("b", "DT_FLOAT", 4),
        _constant("size", "DT_INT32", 2, intVal=[4, 4]),
        _constant("axis", "DT_INT32", intVal=[3]),
        _constant("axes", "DT_INT32", 2, intVal=[1, 2]),
        {"name": "conv", "op": "Conv2D", "input": ["x", "w"], "attr": {**kind, **conv}},
        {"name": "bias", "op": "BiasAdd", "input": ["conv", "b"], "attr": kind},
        {"name": "relu", "op": "Relu", "input": ["bias"], "attr": kind},
        {"name": "pool", "op": "MaxPool", "input": ["relu"], "attr": {**kind, **conv, "ksize": _ints(1, 2, 2, 1)}},
        {"name": "small", "op": "ResizeBilinear", "input": ["pool", "size"], "attr": kind},
        {"name": "two", "op": "ConcatV2", "input": ["small", "small", "axis"], "attr": {**kind, "N": {"i": "2"}}},
        {"name": "mean", "op": "Mean", "input": ["two", "axes"], "attr": {**kind, "keep_dims": {"b": True}}},
        {"name": "y", "op": "AddV2", "input": ["two", "mean"], "attr": kind},
    ]
    return {"format": "graph-model", "modelTopology": {"node": nodes, "versions": {"producer": 1882}}} | _manifest(
        ("w", 3, 3, 3, 4), ("b", 4)
    )


def layers_model() -> Json:
    """A functional model of a convolution, batch normalisation, activation, a sum and upsampling."""

    def layer(kind: str, name: str, *before: str, **config: Any) -> Json:
        calls = [[[other, 0, 0, {}] for other in before]] if before else []
        return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": calls}

    layers = [
        layer("InputLayer", "x", batch_input_shape=[None, 8, 8, 3], dtype="float32"),
        layer("Conv2D", "conv", "x", filters=4, kernel_size=[3, 3], padding="same", activation="linear"),
        layer("BatchNormalization", "norm", "conv", axis=[3], epsilon=0.001),
        layer("Activation", "relu", "norm", activation="relu"),
        layer("Add", "sum", "relu", "conv"),
        layer("UpSampling2D", "up", "sum", size=[2, 2], interpolation="nearest"),
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["up", 0, 0]]}
    config = {"class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}}
    vectors = [(f"norm/{name}", 4) for name in ("gamma", "beta", "moving_mean", "moving_variance")]
    topology = {"keras_version": "2.10.0", "backend": "tensorflow", "model_config": config}
    return {"format": "layers-model", "modelTopology": topology} | _manifest(
        ("conv/kernel", 3, 3, 3, 4), ("conv/bias", 4), *vectors
    )


def loop_model() -> Json:
    """A loop with its functions, and a branch of the older kind."""
    kinds = {"T": {"list": {"type": ["DT_INT32", "DT_FLOAT"]}}}
    calls = {"body": {"func": {"name": "body"}}, "cond": {"func": {"name": "cond"}}}
    body = _function(
        "body",
        {"next": "DT_INT32", "half": "DT_FLOAT"},
        [
            _constant("one", "DT_INT32", intVal=[1]),
            {"name": "add", "op": "AddV2", "input": ["i", "one:output:0"], "attr": {"T": {"type": "DT_INT32"}}},
            {"name": "tanh", "op": "Tanh", "input": ["x"], "attr": {"T": FLOAT}},
        ],
        {"next": "add:z:0", "half": "tanh:y:0"},
    )
    cond = _function(
        "cond",
        {"more": "DT_BOOL"},
        [
            _constant("end", "DT_INT32", intVal=[3]),
            {"name": "less", "op": "Less", "input": ["i", "end:output:0"], "attr": {"T": {"type": "DT_INT32"}}},
        ],
        {"more": "less:z:0"},
    )
    nodes = [
        {"name": "x", "op": "Placeholder", "attr": {"dtype": FLOAT, "shape": {"shape": _dims(1, 4, 4, 3)}}},
        _constant("start", "DT_INT32", intVal=[0]),
        _constant("scale", "DT_FLOAT", 3),
        _constant("yes", "DT_BOOL", boolVal=[True]),
        {"name": "loop", "op": "StatelessWhile", "input": ["start", "x"], "attr": {**kinds, **calls}},
        {"name": "switch", "op": "Switch", "input": ["loop:1", "yes"], "attr": {"T": FLOAT}},
        {"name": "left", "op": "Neg", "input": ["switch"], "attr": {"T": FLOAT}},
        {"name": "right", "op": "Mul", "input": ["switch:1", "scale"], "attr": {"T": FLOAT}},
        {"name": "y", "op": "Merge", "input": ["left", "right"], "attr": {"T": FLOAT, "N": {"i": "2"}}},
    ]
    signature = {
        "inputs": {"x": {"name": "x:0", "dtype": "DT_FLOAT", "tensorShape": _dims(1, 4, 4, 3)}},
        "outputs": {"y": {"name": "y:0", "dtype": "DT_FLOAT", "tensorShape": _dims(1, 4, 4, 3)}},
    }
    topology = {"node": nodes, "library": {"function": [body, cond]}, "versions": {"producer": 1882}}
    return {"format": "graph-model", "modelTopology": topology, "signature": signature} | _manifest(("scale", 3))


def table_model() -> Json:
    """A factor that is found in a hash table, which an initializer fills."""
    kinds = {"key_dtype": {"type": "DT_STRING"}, "value_dtype": FLOAT}
    words = {"tensor": {"dtype": "DT_STRING", "tensorShape": _dims(2), "stringVal": ["Y2F0", "ZG9n"]}}
    word = {"tensor": {"dtype": "DT_STRING", "tensorShape": {}, "stringVal": ["ZG9n"]}}
    resource = {"dtype": {"type": "DT_RESOURCE"}, "shape": {"shape": {}}}
    find = {"Tin": {"type": "DT_STRING"}, "Tout": FLOAT}
    fill = {"Tkey": {"type": "DT_STRING"}, "Tval": FLOAT}
    nodes = [
        {"name": "x", "op": "Placeholder", "attr": {"dtype": FLOAT, "shape": {"shape": _dims(1, 4, 4, 3)}}},
        {"name": "handle", "op": "Placeholder", "attr": resource},
        {"name": "word", "op": "Const", "attr": {"dtype": {"type": "DT_STRING"}, "value": word}},
        _constant("none", "DT_FLOAT", floatVal=[1.0]),
        {"name": "factor", "op": "LookupTableFindV2", "input": ["handle", "word", "none"], "attr": find},
        {"name": "y", "op": "Mul", "input": ["x", "factor"], "attr": {"T": FLOAT}},
    ]
    filling = [
        {"name": "table", "op": "HashTableV2", "attr": {**kinds, "shared_name": {"s": "dGFibGU="}}},
        {"name": "words", "op": "Const", "attr": {"dtype": {"type": "DT_STRING"}, "value": words}},
        _constant("factors", "DT_FLOAT", 2),
        {"name": "fill", "op": "InitializeTableV2", "input": ["table", "words", "factors"], "attr": fill},
        {"name": "filled", "op": "NoOp", "input": ["^fill"]},
    ]
    place = {"dtype": "DT_RESOURCE", "tensorShape": {}, "resourceId": 3}
    image = {"dtype": "DT_FLOAT", "tensorShape": _dims(1, 4, 4, 3)}
    signature = {
        "inputs": {"x": {"name": "x:0", **image}, "handle": {"name": "handle:0", **place}},
        "outputs": {"y": {"name": "y:0", **image}},
    }
    versions = {"producer": 1882}
    return {
        "format": "graph-model",
        "modelTopology": {"node": nodes, "versions": versions},
        "signature": signature,
        "modelInitializer": {"node": filling, "versions": versions},
        "initializerSignature": {"outputs": {"table": {"name": "table:0", **place}}},
    } | _manifest(("factors", 2))


def sequence_model() -> Json:
    """Wrappers, a recurrent layer and a model inside of the model."""
    dense = {"class_name": "Dense", "config": {"name": "dense", "units": 4, "activation": "tanh"}}
    gru = {"class_name": "GRU", "config": {"name": "gru", "units": 3, "return_sequences": True}}
    norm = {"name": "norm", "axis": [2], "batch_input_shape": [None, 6, 6]}
    inner = [{"class_name": "LayerNormalization", "config": norm}]
    layers = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 6, 5], "dtype": "float32"}},
        {"class_name": "TimeDistributed", "config": {"name": "each", "layer": dense}},
        {"class_name": "Bidirectional", "config": {"name": "both", "merge_mode": "concat", "layer": gru}},
        {"class_name": "Sequential", "config": {"name": "inner", "layers": inner}},
        {"class_name": "Dropout", "config": {"name": "drop", "rate": 0.5}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    halves = [(f"both/{half}_gru/{name}", *shape) for half in ("forward", "backward") for name, *shape in _GRU]
    return {"format": "layers-model", "modelTopology": {"keras_version": "2.10.0", "model_config": config}} | _manifest(
        ("each/kernel", 5, 4), ("each/bias", 4), *halves, ("norm/gamma", 6), ("norm/beta", 6)
    )


_GRU = (("kernel", 4, 9), ("recurrent_kernel", 3, 9), ("bias", 9))


def _function(name: str, returns: Json, nodes: list[Json], ret: Json) -> Json:
    """A function of a counter and of numbers."""
    takes = [{"name": "i", "type": "DT_INT32"}, {"name": "x", "type": "DT_FLOAT"}]
    gives = [{"name": end, "type": kind} for end, kind in returns.items()]
    return {"signature": {"name": name, "inputArg": takes, "outputArg": gives}, "nodeDef": nodes, "ret": ret}


def _dims(*sizes: int) -> Json:
    return {"dim": [{"size": str(size)} for size in sizes]}


def _ints(*values: int) -> Json:
    return {"list": {"i": [str(value) for value in values]}}


def _constant(name: str, kind: str, *sizes: int, **values: Any) -> Json:
    tensor = {"dtype": kind, "tensorShape": _dims(*sizes), **values}
    return {"name": name, "op": "Const", "attr": {"dtype": {"type": kind}, "value": {"tensor": tensor}}}


def _manifest(*weights: tuple[Any, ...]) -> Json:
    entries = [{"name": name, "shape": list(shape), "dtype": "float32"} for name, *shape in weights]
    return {"weightsManifest": [{"paths": ["shard"], "weights": entries}]}
