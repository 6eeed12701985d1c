"""Everything that model.json says about a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from framegate.analysis.backend_faults import backend_faults
from framegate.analysis.constants import shape_constants
from framegate.analysis.graph_differences import tfjs_differences
from framegate.analysis.graph_walk import GraphWalk
from framegate.analysis.kernels import Support, support, version
from framegate.analysis.layer_walk import LayerWalk
from framegate.analysis.ports import PortReport, fed_ports, feeds, report_inputs, report_outputs
from framegate.analysis.refusals import tfjs_refusals
from framegate.analysis.rows import FLOATS, Row, Walk
from framegate.analysis.shard_states import ShardsReport, look_at_shards, order_notes
from framegate.analysis.tensors import Shape, Values
from framegate.errors import FramegateError, ModelError
from framegate.interfaces import ModelSpec, Size, TensorInfo
from framegate.models import graph, layers
from framegate.models.graph_parts import ops, parts
from framegate.models.image_io import guess_ranges
from framegate.models.manifest import WeightEntry
from framegate.models.topology import ModelJson, read_model_json
from framegate.models.view_guess import ViewGuess, guess_view

_FLOAT32_BYTES = 4


@dataclass(frozen=True)
class Totals:
    """Sums over the model.

    Attributes:
        parameters: numbers that training found: the floats in the weight files.
        constants: the other numbers in them, such as shapes and axes.
        macs: multiply-accumulates of one frame, of those rows where they are known.
        macs_exact: False where that is a lower bound.
        stored_bytes: bytes of the stored weights; for text, a lower bound.
        float32_bytes: bytes of the parameters as float32.
    """

    parameters: int
    constants: int
    macs: int
    macs_exact: bool
    stored_bytes: int
    float32_bytes: int


@dataclass(frozen=True)
class Inspection:
    """A model, explained.

    Attributes:
        name: the spec's.
        model: the parsed model.json.
        header: generator, converter and signature as model.json names them; empty text where it does not.
        size: input size that was asked for, else what was taken where model.json leaves it open, else None.
        size_reason: reason for that size.
        inputs: the inputs.
        outputs: the outputs.
        shown: the view that shows them, as the spec or else model.json tells; None if no output is numbers.
        rows: one for each op or layer, in the order of computation.
        unused: weights that no op and no layer takes.
        totals: sums.
        dtypes: stored dtype -> bytes.
        shards: the weight files.
        support: ops that TF.js' backends lack.
        refusals: TF.js' refusals, in its words; empty where it takes the model.
        differences: faults of TF.js for which it returns something else.
        notes: assumptions and misfits, a sentence each.
    """

    name: str
    model: ModelJson
    header: Mapping[str, str]
    size: Size | None
    size_reason: str
    inputs: tuple[PortReport, ...]
    outputs: tuple[PortReport, ...]
    shown: ViewGuess | None
    rows: tuple[Row, ...]
    unused: tuple[WeightEntry, ...]
    totals: Totals
    dtypes: Mapping[str, int]
    shards: ShardsReport
    support: Support
    refusals: tuple[str, ...]
    differences: tuple[str, ...]
    notes: tuple[str, ...]


def inspect(spec: ModelSpec, model: ModelJson, size: Size | None = None, *, read_constants: bool = False) -> Inspection:
    """Explain a model from its topology and manifest; no weight is read and TensorFlow is not imported.

    Args:
        spec: the model's spec, for its name and ranges.
        model: its model.json.
        size: input size to compute for, instead of the model's own.
        read_constants: whether to read the short integer constants that decide on shapes from the weight files.

    Raises:
        ModelFormatError: the topology is malformed or has a cycle.
        UsageError: the model does not work at that size.
    """
    shards = look_at_shards(model)
    read = shape_constants(model, shards) if read_constants and model.format == "graph" else {}
    ports = fed_ports(model)
    fed, open_size = feeds(model, ports, size, spec)
    walk, outputs = _walked(model, fed, read, strict=size is not None)
    guessed = guess_ranges(model.path)
    entries = [entry for group in model.groups for entry in group.entries]
    return Inspection(
        name=spec.name,
        model=model,
        header=_header(model),
        size=size or open_size,
        size_reason=_size_reason(spec, size, open_size),
        inputs=report_inputs(ports, spec, fed, guessed),
        outputs=report_outputs(outputs, spec, walk.shapes, guessed),
        shown=_shown(spec, model, outputs, walk),
        rows=tuple(walk.rows),
        unused=walk.unused,
        totals=_totals(walk, entries),
        dtypes=_dtypes(entries),
        shards=shards,
        support=support(model.format, _kinds(model, walk)),
        refusals=tfjs_refusals(model, walk.takes, walk.unused, walk.inputs),
        differences=tfjs_differences(model, walk.inputs),
        notes=(
            *walk.notes,
            *order_notes(model),
            *backend_faults(model),
            *_open_notes(model, walk, read, read_constants=read_constants),
        ),
    )


def inspect_file(spec: ModelSpec, path: Path, size: Size | None = None) -> Inspection:
    """Explain the model of a ``model.json``, with the constants that decide on shapes; the rest is as for `inspect`."""
    return inspect(spec, read_model_json(path), size, read_constants=True)


def remarks_on(spec: ModelSpec, path: Path) -> list[str]:
    """Remarks that belong before a model's figures: TF.js' refusals and faults, and shards that are out of order."""
    model = read_model_json(path)
    try:
        inspection = inspect(spec, model, read_constants=True)
        refusals, differences = inspection.refusals, inspection.differences
    except FramegateError:
        # What cannot be explained may run all the same.
        refusals, differences = tfjs_refusals(model, {}), tfjs_differences(model, {})
    return [
        *(f"TF.js {version()} refuses this: {refusal}" for refusal in refusals),
        *(f"TF.js {version()} computes otherwise: {difference}" for difference in differences),
        *order_notes(model),
        *backend_faults(model),
    ]


def _walked(
    model: ModelJson, fed: Mapping[str, Shape], read: Mapping[str, Values], *, strict: bool
) -> tuple[Walk, list[TensorInfo]]:
    """The walk through the model, and its outputs."""
    if model.format == "graph":
        ports = graph.outputs(model)
        return GraphWalk(model, ports, fed, read, strict=strict).run(), [port.info for port in ports]
    walk = LayerWalk(model, fed, strict=strict).run()
    # A config says nothing of its outputs but their names.
    return walk, [TensorInfo(name, (), "float32") for name in layers.output_names(model)]


def _shown(spec: ModelSpec, model: ModelJson, outputs: list[TensorInfo], walk: Walk) -> ViewGuess | None:
    named = spec.outputs or tuple(info.name for info in outputs if len(outputs) == 1)
    if spec.view and named:
        return ViewGuess(spec.view, named, "the spec says so")
    shapes = {info.name: walk.shapes.get(info.name) or info.shape or graph.UNKNOWN_RANK for info in outputs}
    infos = [replace(info, shape=shapes[info.name]) for info in outputs]
    try:
        return guess_view(spec.name, model, infos, view=spec.view or "", among=spec.outputs)
    except ModelError:
        return None


def _kinds(model: ModelJson, walk: Walk) -> set[str]:
    """What a backend must have, in the functions and the initializer of a graph too."""
    elsewhere = list(parts(model))[1:] if model.format == "graph" else []
    return {*walk.kinds, *(op for _, nodes in elsewhere for op in ops(nodes))}


def _totals(walk: Walk, entries: list[WeightEntry]) -> Totals:
    floats = sum(entry.size for entry in entries if entry.dtype in FLOATS)
    return Totals(
        parameters=floats,
        constants=sum(entry.size for entry in entries) - floats,
        macs=walk.macs,
        macs_exact=walk.macs_exact,
        stored_bytes=sum(entry.stored_bytes for entry in entries),
        float32_bytes=floats * _FLOAT32_BYTES,
    )


def _dtypes(entries: list[WeightEntry]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for entry in entries:
        sizes[entry.stored_dtype] = sizes.get(entry.stored_dtype, 0) + entry.stored_bytes
    return sizes


def _header(model: ModelJson) -> dict[str, str]:
    document, metadata = model.document, model.document.get("userDefinedMetadata")
    place = "none: inputs are the placeholders, outputs what nothing takes"
    if isinstance(document.get("signature"), Mapping):
        place = "at the top level"
    elif isinstance(metadata, Mapping) and isinstance(metadata.get("signature"), Mapping):
        place = "under userDefinedMetadata"
    elif model.format == "layers":
        place = "input_layers and output_layers of the config"
    keras = model.topology.get("keras_version")
    generator = document.get("generatedBy") or (f"Keras {keras}" if keras else "")
    return {"generator": _plain(generator), "converter": _plain(document.get("convertedBy")), "signature": place}


def _plain(value: object) -> str:
    """Text on one line without control characters, because model.json is somebody else's."""
    text = value if isinstance(value, str) else ""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:200]


def _size_reason(spec: ModelSpec, size: Size | None, open_size: Size | None) -> str:
    if size is not None:
        return "as you asked"
    if open_size is None:
        return "the model's own"
    whose = "the spec names this one" if spec.sizes else "--size chooses another"
    return f"the model takes any size; {whose}"


def _open_notes(model: ModelJson, walk: Walk, read: Mapping[str, Values], *, read_constants: bool) -> list[str]:
    notes = []
    if read:
        notes.append(f"{len(read)} short integer constants were read from the weight files, and no weight")
    unknown = sum(1 for row in walk.rows if row.macs is None)
    open_shapes = sum(1 for row in walk.rows if row.shape is None or None in row.shape)
    if open_shapes:
        hint = ""
        if model.format == "graph" and not read_constants:
            hint = "; --read-constants reads the integers that decide them from the weight files"
        counted = f", and the arithmetic of {unknown} ops is not counted" if unknown else ""
        notes.append(f"{open_shapes} shapes cannot be told from model.json{counted}{hint}")
    if walk.looped:
        notes.append("loops and branches run as often as the data say: their ops are counted once, or not at all")
    return notes
