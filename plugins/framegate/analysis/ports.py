"""Inputs and outputs: whether they are images, of which layout and channels, and in which range of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from framegate.analysis.tensors import Dims, Shape
from framegate.errors import ModelError, UsageError
from framegate.interfaces import ModelSpec, Range, Size, TensorInfo
from framegate.models import graph, layers
from framegate.models.image_io import image_input, image_port
from framegate.models.nodes import node_name
from framegate.models.topology import ModelJson

DEFAULT_SIZE = Size(256, 256)
_BYTES: Range = (0.0, 255.0)
ImageLayout = Literal["channels last", "channels first"]
PortSide = Literal["input", "output"]
Fed = tuple[TensorInfo, str]
Ranges = tuple[Range, Range]


@dataclass(frozen=True)
class PortReport:
    """An input or output.

    Attributes:
        name: name by which it is fed or fetched.
        dtype: numpy's name of it.
        declared: shape in model.json, None for open dimensions.
        shape: shape that was computed for the size in question.
        layout: order of the image's axes; None if it is not an image.
        channels: count of the image's channels; None if it is open, or this is not an image.
        range: range of its values; None if it is not an image.
        reason: reason for that range.
        fed: what an input is fed, as a clause; empty for outputs, and where the one input takes the frame.
    """

    name: str
    dtype: str
    declared: Shape
    shape: Shape
    layout: ImageLayout | None
    channels: int | None
    range: Range | None
    reason: str
    fed: str = ""


def fed_ports(model: ModelJson) -> tuple[Fed, ...]:
    """Each input with the node or layer that is fed."""
    if model.format == "layers":
        return tuple((info, info.name) for info in layers.inputs(model))
    return tuple((port.info, node_name(port.tensor)) for port in graph.inputs(model))


def feeds(
    model: ModelJson, ports: Sequence[Fed], size: Size | None, spec: ModelSpec
) -> tuple[dict[str, Dims], Size | None]:
    """The shapes to compute with, one frame per batch, by fed node; and the size used where model.json leaves it open.

    Raises:
        UsageError: a size is asked for, and the model takes no image.
    """
    open_size = size or (spec.sizes[0] if spec.sizes else DEFAULT_SIZE)
    shapes: dict[str, Dims] = {}
    images = False
    used_open = False
    for info, node in ports:
        shape: Dims = info.shape
        layout = layout_of(shape, info.dtype)
        if layout is not None:
            images = True
            at = len(shape) - (3 if layout == "channels last" else 2)
            height, width = shape[at : at + 2]
            used_open = used_open or None in (height, width)
            fixed = size or Size(height or open_size.height, width or open_size.width)
            shape = (*shape[:at], *fixed, *shape[at + 2 :])
        shapes[node] = (1, *shape[1:]) if shape and shape[0] is None else shape
    if size is not None and not images:
        raise UsageError(f"{model.path}: takes no image, so --size says nothing; leave it out")
    return shapes, open_size if used_open else None


def layout_of(shape: Shape, dtype: str) -> ImageLayout | None:
    """Whether a shape is an image's. Channels last if it could be either, because that is TF.js' own layout."""
    if shape is None or (len(shape) == 3 and shape[0] is None):
        return None  # three dimensions of which the first is open are a batch of signals, not an image of any height
    port = image_port(TensorInfo("", shape, dtype))
    return None if port is None else "channels first" if port.is_channels_first else "channels last"


def report_inputs(
    ports: Sequence[Fed], spec: ModelSpec, computed: dict[str, Dims], guessed: Ranges
) -> tuple[PortReport, ...]:
    """The inputs, with the range that Framegate feeds them, and with what it feeds them."""
    lows, highs = zip(*spec.inputs.ranges, strict=True) if spec.inputs.ranges else ((), ())
    declared_range = (min(lows), max(highs)) if lows else spec.input_range
    infos = [info for info, _ in ports]
    reports = (_report(info, computed[node], declared_range, guessed[0], "input") for info, node in ports)
    return tuple(replace(report, fed=_fed(spec, infos, info)) for report, info in zip(reports, infos, strict=True))


def _fed(spec: ModelSpec, inputs: Sequence[TensorInfo], info: TensorInfo) -> str:
    """What an input is fed, as a clause."""
    if info.name in spec.inputs.state:
        return f"fed output {spec.inputs.state[info.name]} of the frame before (the spec says so)"
    if info.name in spec.inputs.values:
        return f"fed {spec.inputs.values[info.name]} (the spec says so)"
    try:
        port = image_input(spec.name, inputs, spec.inputs)
    except ModelError:
        return ""
    if info.name != port.info.name:
        return "fed nothing: a spec has to say what"
    order = ", blue first" if spec.inputs.is_bgr else ""
    return f"takes the frame{order} ({port.reason})" if len(inputs) > 1 or order else ""


def report_outputs(
    infos: Sequence[TensorInfo], spec: ModelSpec, computed: dict[str, Shape], guessed: Ranges
) -> tuple[PortReport, ...]:
    """The outputs, with the range that Framegate shows."""
    return tuple(_report(info, computed.get(info.name), spec.output_range, guessed[1], "output") for info in infos)


def _report(
    info: TensorInfo, computed: Shape, declared_range: Range | None, guessed: Range, side: PortSide
) -> PortReport:
    shape = info.shape if computed is None or side == "input" else computed
    layout = layout_of(shape, info.dtype)
    declared: Shape = info.shape or None
    if layout is None or (side == "output" and (computed or info.shape)[1:3] == (1, 1)):
        return PortReport(info.name, info.dtype, declared, computed, None, None, None, "")
    channels = shape[-1 if layout == "channels last" else -3]
    values, reason = _range(info, declared_range, guessed, side)
    return PortReport(info.name, info.dtype, declared, computed, layout, channels, values, reason)


def _range(info: TensorInfo, declared_range: Range | None, guessed: Range, side: PortSide) -> tuple[Range, str]:
    if declared_range is not None:
        return declared_range, "the spec says so"
    if "int" in info.dtype:
        return _BYTES, f"guessed: it is {info.dtype}"
    if guessed == (-1.0, 1.0):
        return guessed, "guessed: the model ends in tanh" + (
            ", and such models take what they give" if side == "input" else ""
        )
    return guessed, "guessed: the usual one, for the model does not end in tanh"
