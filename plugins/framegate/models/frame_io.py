"""How a frame goes into a model and a picture comes out: names, shapes and value ranges."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from framegate.errors import BackendUnavailable, ModelError, UnknownName
from framegate.interfaces import ModelSpec, Range, ResolvedModel, Size, TensorForm, TensorInfo
from framegate.models import graph
from framegate.models.image_io import (
    SIGNED,
    UNIT,
    ImagePort,
    check_inputs,
    guess_ranges,
    image_input,
    model_inputs,
    model_outputs,
)
from framegate.models.nodes import node_name
from framegate.models.output_facts import input_picture, output_facts
from framegate.models.topology import ModelJson, read_model_json
from framegate.models.view_guess import guess_view
from framegate.models.view_keys import guess_keys

BYTES: Range = (0.0, 255.0)
PLACED_VIEWS = ("boxes", "points")
MOST_NORMALISED = 2.0
"""A coordinate of a point that is outside of the picture, but not far; a larger one counts pixels."""


@dataclass(frozen=True)
class FrameIO:
    """How a frame goes into a model at one input size.

    Attributes:
        input: the input that takes the frame.
        size: height and width of the input.
        form: how a frame lies in it.
    """

    input: TensorInfo
    size: Size
    form: TensorForm


@dataclass(frozen=True)
class ShownIO:
    """What of a model's outputs is shown, and how.

    Attributes:
        view: name of the view that shows them.
        outputs: the outputs that it shows, the main one first.
        reason: why it is that view and those outputs, in words; None where the spec says so.
        value_range: values of the main output that become black and full brightness.
        keys: the view's own keys: the spec's, and those that are guessed.
    """

    view: str
    outputs: tuple[TensorInfo, ...]
    reason: str | None
    value_range: Range
    keys: Mapping[str, object] = field(default_factory=dict)

    @property
    def output(self) -> TensorInfo:
        """The main one of the outputs."""
        return self.outputs[0]


def check_feeds(spec: ModelSpec, files: ResolvedModel, size: Size) -> None:
    """Ask model.json alone, before anything is loaded, whether the model takes frames of a size, and all of it is fed.

    Raises:
        ModelError: the model has no image input, or an empty one, or another one that is fed nothing.
        BackendUnavailable: the model takes other sizes only.
    """
    inputs = model_inputs(read_model_json(files.path))
    check_inputs(files.name, inputs, spec.inputs)
    height, width = image_input(files.name, inputs, spec.inputs).sides
    if height in (None, size.height) and width in (None, size.width):
        return
    if 0 in (height, width):
        raise ModelError(f"{files.path}: its images have {height}x{width} pixels; convert the model again")
    own = Size(height or size.height, width or size.width)
    raise BackendUnavailable(f"model {files.name!r} takes frames of {own} only, not {size}", f"use --frame-size {own}")


def find_frame_io(spec: ModelSpec, files: ResolvedModel, inputs: Sequence[TensorInfo], size: Size) -> FrameIO:
    """Match a model's inputs with a size; the range comes from the spec, else from the dtype, else it is guessed.

    Raises:
        ModelError: the model has no image input, or takes several frames.
    """
    source = image_input(spec.name, inputs, spec.inputs)
    if source.batched and source.info.shape[0] not in (None, 1):
        raise ModelError(
            f"model {spec.name!r} takes batches of {source.info.shape[0]} frames; export it with batches of 1"
        )
    return FrameIO(
        input=source.info,
        size=size,
        form=tensor_form(spec, files, source, size),
    )


def find_shown(
    spec: ModelSpec, files: ResolvedModel, outputs: Sequence[TensorInfo], largest: Mapping[str, float]
) -> ShownIO:
    """What of a model's outputs is shown: what the spec says, else a guess.

    Args:
        spec: the model's.
        files: its files.
        outputs: all that it returns, in its order, with the shapes that they have.
        largest: the largest value that an output had, by its name, as far as it is known.

    Raises:
        ModelError: no output is numbers.
        UnknownName: the spec names an output that the model does not have.
    """
    model = read_model_json(files.path)
    by_name = dict(zip(model_outputs(model), outputs, strict=False)) | {info.name: info for info in outputs}
    for name in spec.outputs:
        if name not in by_name:
            raise UnknownName(f"output of {spec.name}", name, [info.name for info in outputs])
    shown = tuple(by_name[name] for name in spec.outputs)
    view, reason = spec.view, None
    # TF.js calls the outputs of a graph by their tensors, and what they were exported as tells more.
    names = _exported_names(model)
    exported = {names.get(info.name, info.name): info for info in outputs}
    if view is None or not (shown or len(outputs) == 1):
        among = [name for name, info in exported.items() if info in shown]
        renamed = [replace(info, name=name) for name, info in exported.items()]
        guess = guess_view(spec.name, model, renamed, view=view or "", among=among)
        view, reason = guess.view, guess.reason
        shown = shown or tuple(exported[name] for name in guess.outputs)
    shown = shown or tuple(outputs)
    facts = {fact.info: fact for fact in output_facts(model, outputs)}
    guesses = guess_keys(view, [facts[info] for info in shown], input_picture(model_inputs(model)).size)
    is_placed = view in PLACED_VIEWS and facts[shown[0]].map is None
    is_in_cells = {**guesses, **spec.view_options}.get("box_format") == "ltrb"
    if is_placed and not is_in_cells and largest.get(shown[0].name, 0.0) > MOST_NORMALISED:
        guesses["coordinates"] = "pixels"
    keys = {key: value for key, value in guesses.items() if key not in spec.view_options}
    if keys:
        listed = ", ".join(f"{key} = {json.dumps(value)}" for key, value in keys.items())
        reason = f"{reason + '; ' if reason else ''}with {listed}, a guess as well"
    value_range = spec.output_range or _range_of(shown[0], SIGNED if facts[shown[0]].end == "tanh" else UNIT)
    return ShownIO(view, shown, reason, value_range, {**keys, **spec.view_options})


def _exported_names(model: ModelJson) -> dict[str, str]:
    """What the signature of a graph calls its outputs, by their tensors and by the nodes that make one of them."""
    ports = graph.outputs(model) if model.format == "graph" else ()
    nodes = Counter(node_name(port.tensor) for port in ports)
    by_node = {node: port.info.name for port in ports if nodes[node := node_name(port.tensor)] == 1}
    return by_node | {port.tensor: port.info.name for port in ports}


def tensor_form(spec: ModelSpec, files: ResolvedModel, port: ImagePort, size: Size) -> TensorForm:
    """How a picture of a size is fed to an input; its range is the spec's, else the dtype's, else it is guessed.

    Raises:
        ModelError: the spec's mean and std are for another number of channels.
    """
    ranges = spec.inputs.ranges or (spec.input_range or _range_of(port.info, guess_ranges(files.path)[0]),)
    if len(ranges) not in (1, port.channels):
        raise ModelError(
            f"{spec.name}: mean and std in the spec are for {len(ranges)} channels, and {port.info} has {port.channels}"
        )
    return TensorForm(
        size, port.channels, port.info.dtype, ranges, port.batched, port.is_channels_first, spec.inputs.is_bgr
    )


def guessed_ranges(spec: ModelSpec, files: ResolvedModel, size: Size, shown: Range) -> dict[str, Range]:
    """The ranges that neither a spec nor a dtype says, by the spec's key for them.

    Args:
        spec: the model's.
        files: its files.
        size: the size of its input.
        shown: values of its output that are black and full brightness.
    """
    (fed, *_) = find_frame_io(spec, files, model_inputs(read_model_json(files.path)), size).form.ranges
    # Bytes are never a guess: they are an integer's range.
    guesses = {
        "input_range": None if spec.inputs.ranges or spec.input_range else fed,
        "output_range": None if spec.output_range else shown,
    }
    return {key: values for key, values in guesses.items() if values is not None and values != BYTES}


def _range_of(info: TensorInfo, guessed: Range) -> Range:
    return BYTES if "int" in info.dtype else guessed
