"""Find the image among a model's inputs and outputs, and guess the value ranges (pure: from model.json alone)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from framegate.errors import ModelError
from framegate.interfaces import InputSpec, Range, Size, TensorInfo
from framegate.models import graph, layers
from framegate.models.topology import ModelJson, read_model_json

_CHANNELS = (1, 3, 4)
_LEAST_SIDE = {3: 8, 4: 2}
"""By rank. [2, 21, 3] is two hands of 21 points each, and [1, 1, 64, 3] is one row of points."""
_DEFAULT_CHANNELS = 3
_PASS_THROUGH = frozenset({"identity", "identityn", "reshape", "squeeze", "cast"})
SIGNED: Range = (-1.0, 1.0)
UNIT: Range = (0.0, 1.0)
_FRAMES = ("content", "src", "source", "frame", "image", "img", "input", "picture", "photo")
"""Words in the name of an input that takes the frame, the most telling first."""
_OTHERS = ("style", "mask", "background", "state", "prev", "reference")
"""Words in the names of others."""
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

NO_INPUT_SPEC = InputSpec()
"""Of a spec that says nothing of inputs."""


@dataclass(frozen=True)
class ImagePort:
    """An input or output that is an image.

    Attributes:
        info: the tensor.
        channels: 1, 3 or 4; 3 where the model leaves it open.
        size: height and width, None where both are dynamic; one that is dynamic alone is taken to be as the other.
        batched: whether the shape has a dimension for the batch before the others.
        is_channels_first: whether the channels come before height and width.
        reason: why it is the input that takes the frame.
    """

    info: TensorInfo
    channels: int
    size: Size | None
    batched: bool
    is_channels_first: bool = False
    reason: str = field(default="", compare=False)

    @property
    def sides(self) -> tuple[int | None, int | None]:
        """Height and width as model.json has them."""
        height, width = self.info.shape[-2:] if self.is_channels_first else self.info.shape[-3:-1]
        return height, width


def image_input(model: str, inputs: Sequence[TensorInfo], input_spec: InputSpec = NO_INPUT_SPEC) -> ImagePort:
    """The input that takes the frame: the one that the spec names, else a guess among those that it says nothing of.

    Args:
        model: the model's name or file, for the error.
        inputs: its inputs.
        input_spec: what its spec says of them.

    Raises:
        ModelError: no input is an image, or there is none of the name that the spec gives.
    """
    if input_spec.frame is not None:
        inputs = [info for info in inputs if info.name == input_spec.frame] or inputs
        if inputs[0].name != input_spec.frame:
            raise ModelError(f"{model}: no input {input_spec.frame!r}, which should take the frame; {_listed(inputs)}")
    fed_otherwise = {*input_spec.values, *input_spec.state}
    ports = [port for port in map(image_port, inputs) if port and port.info.name not in fed_otherwise]
    if not ports:
        raise ModelError(f"{model}: no image input; {_found(inputs)}")
    likeliest = min(ports, key=lambda port: _rank(port.info.name))
    if input_spec.frame is not None:
        reason = "the spec says so"
    elif len(ports) == 1:
        reason = "guessed: the only image"
    elif len({_rank(port.info.name) for port in ports}) > 1:
        reason = f"guessed: of {len(ports)} images, by its name"
    else:
        reason = f"guessed: the first of {len(ports)} images"
    return replace(likeliest, reason=reason)


def _rank(name: str) -> tuple[int, int]:
    """How unlikely it is, by its name, that an input takes the frame."""
    words = [at for at, word in enumerate(_FRAMES) if word in name.lower()]
    return sum(word in name.lower() for word in _OTHERS), min(words, default=len(_FRAMES))


def check_inputs(model: str, inputs: Sequence[TensorInfo], input_spec: InputSpec) -> None:
    """Refuse a model of which an input is fed nothing, and a spec that feeds an input that is not there.

    Args:
        model: the model's name, for the error.
        inputs: its inputs.
        input_spec: what its spec says of them.

    Raises:
        ModelError: naming the input and the key to write, or to mend.
    """
    frame = image_input(model, inputs, input_spec).info.name
    known = {info.name for info in inputs}
    for key, names in {"inputs": input_spec.values, "state": input_spec.state}.items():
        for name in names:
            if name not in known:
                raise ModelError(f"{model}: no input {name!r}, which {key} should feed; {_listed(inputs)}")
    unfed = [info for info in inputs if info.name not in {frame, *input_spec.values, *input_spec.state}]
    if unfed:
        key = unfed[0].name if _BARE_KEY.fullmatch(unfed[0].name) else json.dumps(unfed[0].name)
        raise ModelError(
            f"{model}: the frame goes into {frame!r}, and nothing into {', '.join(map(str, unfed))}; write in a spec"
            f" inputs = {{ {key} = … }}, a number or a file (or give --frame-input-value={unfed[0].name}=…), or state ="
            f" {{ {key} = 'OUTPUT' }} (see docs/models.md)"
        )


def model_inputs(model: ModelJson) -> tuple[TensorInfo, ...]:
    """A model's inputs, from model.json alone."""
    return tuple(port.info for port in graph.inputs(model)) if model.format == "graph" else layers.inputs(model)


def model_outputs(model: ModelJson) -> tuple[str, ...]:
    """Names of a model's outputs, from model.json alone, in its order."""
    return tuple(info.name for info in output_infos(model))


def output_infos(model: ModelJson) -> tuple[TensorInfo, ...]:
    """A model's outputs, from model.json alone; a layers model's says no more of them than their names."""
    if model.format == "graph":
        return tuple(port.info for port in graph.outputs(model))
    return tuple(TensorInfo(name, (), "float32") for name in layers.output_names(model))


def input_size(path: Path, input_spec: InputSpec = NO_INPUT_SPEC) -> Size | None:
    """The size of the frame that the ``model.json`` at ``path`` takes; None if that is left open.

    Reads no weights and imports no TensorFlow.

    Raises:
        ModelFormatError: the file is not a TF.js model.
        ModelError: the model takes no image.
    """
    return image_input(str(path), model_inputs(read_model_json(path)), input_spec).size


def guess_ranges(path: Path) -> tuple[Range, Range]:
    """Value ranges of the image in and out of the ``model.json`` at ``path``, for specs that do not say.

    A model.json says nothing of ranges. A last activation of tanh means an output in [-1, 1], and such networks
    (pix2pix, CycleGAN and their kin) take the same range in. Everything else is taken for [0, 1], which is what
    sigmoid gives and what ``tf.browser.toPixels`` expects.
    """
    model = read_model_json(path)
    ops = graph.last_ops(model) if model.format == "graph" else next(layers.last_activations(model), ())
    telling = (op.lower() for op in ops if op.lower() not in _PASS_THROUGH)
    return (SIGNED, SIGNED) if list(islice(telling, 1)) == ["tanh"] else (UNIT, UNIT)


def image_port(info: TensorInfo) -> ImagePort | None:
    """A tensor as an image; None if it is none. Channels are last if either could be, as that is TF.js' own order."""
    rank = len(info.shape)
    if rank not in (3, 4) or info.dtype in ("bool", "object", "complex64"):
        return None
    height, width, channels = info.shape[-3:]
    is_first = channels not in _CHANNELS and height in (_CHANNELS if rank == 4 else (_DEFAULT_CHANNELS,))
    if is_first:
        channels, height, width = info.shape[-3:]
    elif channels not in _CHANNELS and (rank == 3 or channels is not None):
        return None
    # [None, 64, 3] is a batch of points: an image that leaves its height open leaves its width open too.
    if rank == 3 and height is None and width is not None:
        return None
    if any(side is not None and 0 < side < _LEAST_SIDE[rank] for side in (height, width)):
        return None
    size = Size(height or width or 0, width or height or 0) if height or width else None
    return ImagePort(info, channels or _DEFAULT_CHANNELS, size, rank == 4, is_first)


def _listed(tensors: Sequence[TensorInfo]) -> str:
    return f"found {'; '.join(map(str, tensors)) or 'none'}"


def _found(tensors: Sequence[TensorInfo]) -> str:
    return f"{_listed(tensors)}; an image is [N, height, width, 1, 3 or 4 channels], or without N, or channels first"
