"""Find the image among a model's inputs and outputs, and guess the value ranges (pure: from model.json alone)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from framegate.errors import ModelError
from framegate.interfaces import Range, Size, TensorInfo
from framegate.models import graph, layers
from framegate.models.topology import ModelJson, read_model_json

_CHANNELS = (1, 3, 4)
_LEAST_SIDE = {3: 8, 4: 2}
"""By rank. [2, 21, 3] is two hands of 21 points each, and [1, 1, 64, 3] is one row of points."""
_DEFAULT_CHANNELS = 3
_PASS_THROUGH = frozenset({"identity", "identityn", "reshape", "squeeze", "cast"})
SIGNED: Range = (-1.0, 1.0)
UNIT: Range = (0.0, 1.0)


@dataclass(frozen=True)
class ImagePort:
    """An input or output that is an image, channels last.

    Attributes:
        info: the tensor.
        channels: 1, 3 or 4; 3 where the model leaves it open.
        size: height and width, None where both are dynamic; one that is dynamic alone is taken to be as the other.
        batched: whether the shape is (N, H, W, C) rather than (H, W, C).
    """

    info: TensorInfo
    channels: int
    size: Size | None
    batched: bool


def image_input(model: str, inputs: Sequence[TensorInfo]) -> ImagePort:
    """The one input that takes an image.

    Args:
        model: the model's name or file, for the error.
        inputs: its inputs.

    Raises:
        ModelError: no input is an image, or the model needs other inputs too.
    """
    ports = [port for port in map(_image, inputs) if port]
    if not ports:
        raise ModelError(f"{model}: no image input; {_found(inputs)}")
    if len(inputs) > 1:
        others = ", ".join(str(info) for info in inputs if info is not ports[0].info)
        raise ModelError(f"{model}: needs more than one image (also {others}); a frame feeds models with one input")
    return ports[0]


def model_inputs(model: ModelJson) -> tuple[TensorInfo, ...]:
    """A model's inputs, from model.json alone."""
    return tuple(port.info for port in graph.inputs(model)) if model.format == "graph" else layers.inputs(model)


def model_outputs(model: ModelJson) -> tuple[str, ...]:
    """Names of a model's outputs, from model.json alone, in its order."""
    if model.format == "graph":
        return tuple(port.info.name for port in graph.outputs(model))
    return layers.output_names(model)


def input_size(path: Path) -> Size | None:
    """The size of the image that the ``model.json`` at ``path`` takes; None if that is left open.

    Reads no weights and imports no TensorFlow.

    Raises:
        ModelFormatError: the file is not a TF.js model.
        ModelError: the model takes no image.
    """
    return image_input(str(path), model_inputs(read_model_json(path))).size


def guess_ranges(path: Path) -> tuple[Range, Range]:
    """Value ranges of the image in and out of the ``model.json`` at ``path``, for specs that do not say.

    A model.json says nothing of ranges. A last activation of tanh means an output in [-1, 1], and such networks
    (pix2pix, CycleGAN and their kin) take the same range in. Everything else is taken for [0, 1], which is what
    sigmoid gives and what ``tf.browser.toPixels`` expects.
    """
    model = read_model_json(path)
    ops = graph.last_ops(model) if model.format == "graph" else layers.last_activations(model)
    telling = (op.lower() for op in ops if op.lower() not in _PASS_THROUGH)
    return (SIGNED, SIGNED) if list(islice(telling, 1)) == ["tanh"] else (UNIT, UNIT)


def _image(info: TensorInfo) -> ImagePort | None:
    rank = len(info.shape)
    if rank not in (3, 4) or info.dtype in ("bool", "object", "complex64"):
        return None
    height, width, channels = info.shape[-3:]
    if channels not in _CHANNELS and (rank == 3 or channels is not None):
        return None
    # [None, 64, 3] is a batch of points: an image that leaves its height open leaves its width open too.
    if rank == 3 and height is None and width is not None:
        return None
    if any(side is not None and 0 < side < _LEAST_SIDE[rank] for side in (height, width)):
        return None
    size = Size(height or width or 0, width or height or 0) if height or width else None
    return ImagePort(info, channels or _DEFAULT_CHANNELS, size, batched=rank == 4)


def _found(tensors: Sequence[TensorInfo]) -> str:
    names = "; ".join(map(str, tensors)) or "none"
    return f"found {names}; an image is [N, height, width, 1, 3 or 4 channels] or the same without N, channels last"
