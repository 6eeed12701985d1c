"""Whatever becomes of a model's files, it loads or it is refused in one line: no crash, no hang, no bare traceback."""

from __future__ import annotations

import copy
import json
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import constant, fused, ints, noise, op, placeholder, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from patience import PATIENCE_S

# A process that loads what it is told to, so that a crash of TensorFlow is seen and not shared.
WORKER = """
import sys, traceback
from pathlib import Path
from framegate.errors import FramegateError
from framegate.interfaces import ResolvedModel
from framegate.runtimes.tensorflow import TensorFlowRuntime
runtime = TensorFlowRuntime()
for line in sys.stdin:
    kind, path = line.strip().split(" ", 1)
    try:
        runtime.load(ResolvedModel("m", Path(path), kind, "")).close()
        answer = "loaded"
    except FramegateError as error:
        answer = "refused " + ("" if "\\n" not in str(error) else "in several lines")
    except BaseException:
        answer = "traceback " + traceback.format_exc().replace("\\n", " | ")
    print(answer, flush=True)
"""

WEIGHTS = {"w": noise(3, 3, 2, 4), "b": noise(4), "axes": np.array([1, 2], np.int32), "big": noise(4096)}
GRAPH: dict[str, Any] = {
    "node": [
        placeholder("x", [-1, 8, 8, 2]),
        *(constant(name, array) for name, array in WEIGHTS.items()),
        op("_FusedConv2D", "conv", ["x", "w", "b"], strides=ints(1, 1, 1, 1), padding=text("SAME"),
           fused_ops=fused("BiasAdd", "Relu"), data_format=text("NHWC")),
        op("Mean", "mean", ["conv", "axes"], Tidx={"type": "DT_INT32"}, keep_dims={"b": True}),
        op("Sum", "sum", ["big", "axis"], Tidx={"type": "DT_INT32"}),
        constant("axis", np.array(0, np.int32)) | {"attr": {
            "dtype": {"type": "DT_INT32"},
            "value": {"tensor": {"dtype": "DT_INT32", "tensorShape": {}, "intVal": [0]}}}},
        op("Mul", "y", ["mean", "sum"]),
    ]
}  # fmt: skip
LAYERS: dict[str, Any] = {"model_config": {"class_name": "Functional", "config": {
    "name": "m",
    "layers": [
        {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
         "config": {"name": "x", "batch_input_shape": [None, 8, 8, 2], "dtype": "float32"}},
        {"class_name": "Conv2D", "name": "c", "inbound_nodes": [[["x", 0, 0, {}]]],
         "config": {"name": "c", "filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same",
                    "activation": "relu", "use_bias": True}},
        {"class_name": "Add", "name": "a", "inbound_nodes": [[["c", 0, 0, {}], ["c", 0, 0, {}]]],
         "config": {"name": "a"}},
    ],
    "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]],
}}}  # fmt: skip
MODELS = {
    "graph": (GRAPH, WEIGHTS),
    "layers": (LAYERS, {"c/kernel": WEIGHTS["w"], "c/bias": WEIGHTS["b"]}),
}
ODD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, True, [], {}, "", "x", "y", "^y", "conv", "DT_STRING", "DT_RESOURCE", "DT_INT64", "Const"]),
    st.sampled_from(["Enter", "Switch", "Merge", "Exit", "While", "Placeholder", "NCHW", "TkNIVw=="]),
    st.sampled_from([0, -1, 7, 1 << 20, 1 << 31, 1 << 40, 1 << 63, 1e300, 0.5]),
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*here, key)
        yield from paths(inner, (*here, key))


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, dict[str, Any], bytes]:
    kind = draw(st.sampled_from(sorted(MODELS)))
    topology, weights = MODELS[kind]
    entries = [{"name": name, "shape": list(a.shape), "dtype": a.dtype.name} for name, a in weights.items()]
    document: dict[str, Any] = copy.deepcopy(
        {"modelTopology": topology, "weightsManifest": [{"paths": ["shard"], "weights": entries}]}
    )
    data = b"".join(array.tobytes() for array in weights.values())
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(list(paths(document))))
        holder: Any = document
        for key in above:
            holder = holder[key]
        change = draw(st.sampled_from(["replace", "replace", "delete", "copy"]))
        if change == "replace":
            holder[last] = draw(ODD)
        elif change == "delete":
            del holder[last]
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
    if draw(st.booleans()):
        cut = draw(st.integers(0, len(data)))
        data = data[:cut] + draw(st.binary(max_size=8)) + data[draw(st.integers(cut, len(data))) :]
    return kind, document, data


class Worker:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def load(self, kind: str, path: Path) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{kind} {path}\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_S)
        return self._process.stdout.readline().strip() or "crashed" if ready else "hangs"

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    found = Worker()
    yield found
    found.close()


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_the_models_are_healthy(worker: Worker, tmp_path: Path, kind: str) -> None:
    topology, weights = MODELS[kind]
    entries = [{"name": name, "shape": list(a.shape), "dtype": a.dtype.name} for name, a in weights.items()]
    document = {"modelTopology": topology, "weightsManifest": [{"paths": ["shard"], "weights": entries}]}
    (tmp_path / "model.json").write_text(json.dumps(document))
    (tmp_path / "shard").write_bytes(b"".join(array.tobytes() for array in weights.values()))
    assert worker.load(kind, tmp_path / "model.json") == "loaded"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(mutated())
def test_a_mutation_loads_or_is_refused(worker: Worker, found: tuple[str, dict[str, Any], bytes]) -> None:
    kind, document, data = found
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(json.dumps(document))
        (Path(folder) / "shard").write_bytes(data)
        answer = worker.load(kind, path)
    assert answer in ("loaded", "refused"), answer
