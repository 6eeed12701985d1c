"""Documents that differ from those of small models in a few places, as no converter would write them."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from mutant_models import graph_model, layers_model, loop_model, sequence_model, table_model

MODELS = (graph_model, layers_model, loop_model, table_model, sequence_model)
Json = dict[str, Any]
Place = tuple[Any, Any]
"""An object or list, and a key or index in it."""

EXTREMES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 3, 2**31 - 1, 2**31, -(2**63), 2**63, 2**64, 10**30, 0.5, 1e300, math.inf, math.nan,
    "", "x", "\ud800", "\x1b[2J", "../x", "9" * 5000, "DT_STRING", "DT_INT32", "DT_RESOURCE", "U0FNRQ==", [], {}, [[]],
    [1, 2, 3], ["x", "x"], {"x": {}}, {"s": "VkFMSUQ="}, {"i": "3"}, {"list": {"i": ["1", "2", "1"]}},
    {"shape": {"unknownRank": True}},
)  # fmt: skip
OPS = (
    "Add", "AddN", "ArgMax", "BatchToSpaceND", "Cast", "ConcatV2", "Conv2D", "Conv2DBackpropInput", "CropAndResize",
    "DepthwiseConv2dNative", "Einsum", "ExpandDims", "Fill", "GatherNd", "HashTableV2", "If", "MatMul", "MaxPool",
    "Merge", "NonMaxSuppressionV3", "OneHot", "Pack", "PadV2", "PrintV2", "Range", "Reshape", "ResizeBilinear", "Slice",
    "Split", "SpaceToBatchND", "StridedSlice", "Sum", "Switch", "TensorListReserve", "Tile", "TopKV2", "Transpose",
    "Unpack", "While", "_FusedConv2D",
)  # fmt: skip


def mutant(seed: int) -> tuple[Json, bytes]:
    """A document and its one shard, by a number; a few changes, most of them of one value."""
    random = Random(seed)  # noqa: S311 - not for secrets
    # Each value in a place of its own: models share some, and a change of one would change the next mutant's too.
    document = json.loads(json.dumps(random.choice(MODELS)()))
    size = shard_bytes(document)
    for _ in range(random.choice((1, 1, 2, 4))):
        random.choice(_CHANGES)(document, random)
    if random.random() < 0.1:
        size = random.choice((0, 1, size - 1, size + 1, 2 * size))
    return document, bytes(size)


def shard_bytes(document: Json) -> int:
    """What the one shard of a model that is as it should be must hold."""
    return 4 * sum(int(math.prod(weight["shape"])) for weight in document["weightsManifest"][0]["weights"])


def write(folder: Path, document: Json, shard: bytes) -> Path:
    """Write a model into a folder; what JSON cannot hold is written as Python does."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shard").write_bytes(shard)
    (folder / "model.json").write_text(json.dumps(document), "utf-8")
    return folder / "model.json"


def _places(value: Any) -> Iterator[Place]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield value, key
        yield from _places(inner)


def _some_place(document: Json, random: Random) -> Place:
    return random.choice(list(_places(document)))


def _replace(document: Json, random: Random) -> None:
    holder, key = _some_place(document, random)
    holder[key] = copy.deepcopy(random.choice(EXTREMES))


def _delete(document: Json, random: Random) -> None:
    holder, key = _some_place(document, random)
    del holder[key]


def _repeat(document: Json, random: Random) -> None:
    holder, key = _some_place(document, random)
    if isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))


def _transplant(document: Json, random: Random) -> None:
    """A value from elsewhere, of the same kind as what was there, if there is one."""
    holder, key = _some_place(document, random)
    alike = [place for place in _places(document) if type(place[0][place[1]]) is type(holder[key])]
    other, at = random.choice(alike)
    holder[key] = copy.deepcopy(other[at])


def _nest(document: Json, random: Random) -> None:
    holder, key = _some_place(document, random)
    for _ in range(random.choice((1, 50, 150, 210))):  # 200 are read, and Python writes fewer than 1,000
        holder[key] = [holder[key]] if random.random() < 0.5 else {"config": holder[key]}


def _number(document: Json, random: Random) -> None:
    numbers = [(holder, key) for holder, key in _places(document) if type(holder[key]) in (int, float)]
    if numbers:
        holder, key = random.choice(numbers)
        holder[key] = random.choice([value for value in EXTREMES if type(value) in (int, float)])


def _op(document: Json, random: Random) -> None:
    ops = [(holder, key) for holder, key in _places(document) if key in ("op", "class_name")]
    if ops:
        holder, key = random.choice(ops)
        holder[key] = random.choice(OPS)


def _rewire(document: Json, random: Random) -> None:
    wires = [holder[key] for holder, key in _places(document) if key in ("input", "inbound_nodes")]
    wires = [wire for wire in wires if isinstance(wire, list) and wire]
    if wires:
        wire = random.choice(wires)
        random.shuffle(wire)
        wire[:] = wire * random.choice((1, 2)) if random.random() < 0.7 else wire[1:]


_CHANGES = (_replace, _replace, _delete, _repeat, _transplant, _nest, _number, _op, _rewire)
