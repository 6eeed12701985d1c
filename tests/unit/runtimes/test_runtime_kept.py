"""Nothing stays of a model that was closed: the bytes that the process holds are level over many loads."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from graph_files import ints, noise, op, placeholder, text, write_graph

pytestmark = [
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[all]"),
    pytest.mark.skipif(sys.platform != "linux", reason="only glibc tells how many bytes are in use"),
]
PACKAGES = {
    "tensorflow": "tensorflow", "tensorflow-xla": "tensorflow", "keras": "tf_keras", "openvino": "openvino",
    "onnxruntime": "onnxruntime", "litert": "ai_edge_litert",
}  # fmt: skip
CONV = {"strides": ints(1, 1, 1, 1), "padding": text("SAME")}
WARM, LOADS, LAYERS = 2, 3, 4

LIVE = f"""
import ctypes, gc, json, sys
from pathlib import Path

import framegate
import numpy as np
from framegate.interfaces import ResolvedModel
from framegate.registry import Registry
from framegate.runtimes import builtin


class Mallinfo2(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


mallinfo2 = ctypes.CDLL(None).mallinfo2
mallinfo2.restype = Mallinfo2


def live():
    gc.collect()
    found = mallinfo2()
    return found.uordblks + found.hblkhd


model = ResolvedModel("m", Path(sys.argv[1]), "graph", "0")
kept = {{}}
for name in sys.argv[2:]:
    runtime = builtin()[name]()
    for index in range({WARM + LOADS}):
        if index == {WARM}:
            before = live()
        loaded = runtime.load(model)
        loaded.run({{"x": np.zeros((1, 8, 8, 64), np.float32)}})
        loaded.close()
        del loaded
    kept[name] = (live() - before) / {LOADS}
print(json.dumps(kept))
"""


def test_what_a_load_keeps_is_a_small_part_of_its_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))
    weights = {f"w{index}": noise(3, 3, 64, 64, seed=index) for index in range(LAYERS)}
    inputs = ["x", *(f"c{index}" for index in range(LAYERS))]
    nodes = [op("Conv2D", f"c{index}", [inputs[index], f"w{index}"], **CONV) for index in range(LAYERS)]
    net = write_graph(tmp_path, [placeholder("x", [1, 8, 8, 64]), *nodes], weights)
    names = [name for name, package in PACKAGES.items() if find_spec(package)]
    command = [sys.executable, "-c", LIVE, str(net.path), *names]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    kept = json.loads(done.stdout.splitlines()[-1])
    assert list(kept) == names
    # What was compiled, if it stayed, would hold the weights at least once.
    limit = sum(array.nbytes for array in weights.values()) / 2
    assert {name: size for name, size in kept.items() if size > limit} == {}
