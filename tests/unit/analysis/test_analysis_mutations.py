"""Whatever is wrong with a topology, it is explained or refused in one line: never a crash, never a hang."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from analysis_files import SPEC, const, functional, image, layer, numbers, op
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framegate.analysis.inspection import inspect
from framegate.errors import FramegateError
from framegate.interfaces import Size
from framegate.models.topology import read_model_json
from framegate.report.inspection import plain
from framegate.report.inspection_json import to_json

GRAPH = {
    "node": [
        *(const("w"), const("up"), const("size"), const("axis"), image(-1, 8, 8, 3)),
        *(numbers("pads", 0, 0, 1, 1, 1, 1, 0, 0), numbers("flat", 1, -1), numbers("axes", 1, 2)),
        *(numbers("from", 0), numbers("to", 1), numbers("by", 1), numbers("zero", 0, scalar=True)),
        op("Pad", "image", "pads", name="pad"),
        op("Conv2D", "pad", "w", name="conv", padding="VALID", strides=[1, 2, 2, 1], dilations=[1, 1, 1, 1]),
        op("Conv2DBackpropInput", "size", "up", "conv", name="back", padding="SAME", strides=[1, 2, 2, 1]),
        op("ConcatV2", "back", "back", "axis", name="joined"),
        op("Split", "zero", "joined", name="parts", num_split=1),
        op("MaxPool", "parts", name="pool", ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME"),
        op("Mean", "pool", "axes", name="mean", keep_dims=True),
        op("Shape", "mean", name="shape"),
        op("StridedSlice", "shape", "from", "to", "by", name="cut", shrink_axis_mask=1),
        op("Pack", "cut", "cut", name="packed", axis=0),
        op("Mul", "packed", "flat", name="sizes"),
        op("ResizeBilinear", "joined", "axes", name="resized"),
        op("Reshape", "resized", "flat", name="reshaped"),
        op("Fill", "sizes", "zero", name="filled"),
        op("Unpack", "shape", name="unpacked", num=4),
        op("SpaceToBatchND", "image", "axes", "pads", name="blocks"),
    ]
}
GRAPH_WEIGHTS = [
    {"name": "w", "shape": [3, 3, 3, 4], "dtype": "float32"},
    {"name": "up", "shape": [4, 4, 3, 4], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 1, "min": 0}},
    {"name": "size", "shape": [4], "dtype": "int32"},
    {"name": "axis", "shape": [], "dtype": "int32"},
]
LAYERS = functional(
    layer("InputLayer", "image", batch_input_shape=[None, 8, 8, 3]),
    layer("ZeroPadding2D", "pad", "image", padding=[[1, 1], [1, 1]]),
    layer("Conv2D", "conv", "pad", filters=4, kernel_size=[3, 3], strides=[2, 2], padding="valid", activation="relu"),
    layer("Conv2DTranspose", "up", "conv", filters=4, kernel_size=[4, 4], strides=[2, 2], padding="same"),
    layer("MaxPooling2D", "pool", "up", pool_size=[2, 2]),
    layer("Concatenate", "joined", "pool", "pool", axis=-1),
    layer("Permute", "turned", "joined", dims=[2, 1, 3]),
    layer("UpSampling2D", "grown", "turned", size=[2, 2]),
    layer("Cropping2D", "cut", "grown", cropping=1),
    layer("Reshape", "flat", "cut", target_shape=[-1]),
    layer("Dense", "last", "flat", units=3),
    last="last",
)
LAYER_WEIGHTS = [{"name": "conv/kernel", "shape": [3, 3, 3, 4], "dtype": "float32"}]
DOCUMENTS: dict[str, Any] = {
    "graph": {"format": "graph-model", "modelTopology": GRAPH, "weights": GRAPH_WEIGHTS},
    "layers": {"format": "layers-model", "modelTopology": {"model_config": LAYERS}, "weights": LAYER_WEIGHTS},
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 2, 3, 7, 2**31, 2**63, 10**30, 10**400, 1e300, 1.5]),
    st.sampled_from(["", "0", "-7", "99999999999999", "image", "conv", "x:9"]),
    st.sampled_from([[], {}, [0], [-1, 0], [[1]], ["image", 0, 0], {"i": "0"}, {"list": {"i": ["0", "0", "0", "0"]}}]),
    st.text(max_size=3),
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in inside for found in [(*way, key), *places(item, (*way, key))]]


def mutated(document: Any, way: tuple[Any, ...], value: Any, *, drop: bool) -> Any:
    """A copy with one value replaced or removed."""
    changed = copy.deepcopy(document)
    holder = changed
    for key in way[:-1]:
        holder = holder[key]
    if drop:
        del holder[way[-1]]
    else:
        holder[way[-1]] = value
    return changed


@pytest.mark.parametrize("kind", DOCUMENTS)
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(data=st.data())
def test_a_mutation_is_explained_or_refused(kind: str, data: st.DataObject, tmp_path: Path) -> None:
    document = DOCUMENTS[kind]
    for _ in range(data.draw(st.integers(1, 2))):
        ways = [way for way in places(document) if way != ("weights",)]
        way = data.draw(st.sampled_from(ways))
        document = mutated(document, way, data.draw(VALUES), drop=data.draw(st.booleans()))
    weights = document.get("weights", [])
    path = tmp_path / "model.json"
    manifest = [{"paths": ["shard.bin"], "weights": weights}]
    path.write_text(json.dumps({**document, "weightsManifest": manifest}), encoding="utf-8")
    (tmp_path / "shard.bin").write_bytes(bytes(range(256)) * 4)
    size = data.draw(st.sampled_from([None, Size(4, 6)]))
    try:
        found = inspect(SPEC, read_model_json(path), size, read_constants=data.draw(st.booleans()))
    except FramegateError:
        return
    assert plain(found)
    assert to_json(found)


def test_the_documents_are_sound(tmp_path: Path) -> None:
    for kind, document in DOCUMENTS.items():
        path = tmp_path / f"{kind}.json"
        manifest = [{"paths": ["shard.bin"], "weights": document["weights"]}]
        path.write_text(json.dumps({**document, "weightsManifest": manifest}), encoding="utf-8")
        found = inspect(SPEC, read_model_json(path))
        assert found.totals.macs > 0
        assert not [note for note in found.notes if "cannot take" in note and "blocks" not in note]
