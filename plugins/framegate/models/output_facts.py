"""What model.json says of each output beside its shape: the last operation that tells what its values are (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat
from typing import NamedTuple

from framegate.interfaces import Size, TensorInfo
from framegate.models import graph, layers
from framegate.models.nodes import Node
from framegate.models.topology import ModelJson

_CLIPS = frozenset({"clipbyvalue", "maximum", "minimum", "relu6"})
_MOVES = frozenset({
    "batchtospacend", "cast", "centercrop", "cropping2d", "depthtospace", "dropout", "expanddims", "identity",
    "identityn", "merge", "permute", "reshape", "resizebilinear", "resizenearestneighbor", "resizing", "squeeze",
    "stopgradient", "stridedslice", "transpose", "upsampling2d", "zeropadding2d",
})  # fmt: skip
"""Operations and layers whose result has the values of what they take."""
_MOST_MOVES = 100
"""Operations that are looked at from an output: no model moves its values about that often, and a hostile one may."""
_MOST_CHANNELS_FIRST = 4
_LEAST_SIDE = 2


@dataclass(frozen=True)
class OutputFacts:
    """An output, and what is known of its values.

    Attributes:
        info: its name, shape and type.
        end: the last operation that tells what its values are, in lower case: ``softmax``, ``sigmoid``, ``tanh``,
            ``argmax``, ``clip`` or any other; empty where nothing tells.
        batched: whether the first dimension is the batch.
    """

    info: TensorInfo
    end: str
    batched: bool = True

    @property
    def name(self) -> str:
        """Its name in lower case."""
        return self.info.name.lower()

    @property
    def one(self) -> tuple[int | None, ...]:
        """The shape of one frame's values: without the batch."""
        return self.info.shape[1:] if self.batched else self.info.shape

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers that can be drawn."""
        return self.info.dtype not in ("complex64", "object")

    @property
    def is_integer(self) -> bool:
        """Whether its values are whole numbers that stand for something, and not the bytes of a picture."""
        return self.end == "argmax" or self.info.dtype in ("int32", "int64")

    @property
    def map(self) -> tuple[int | None, int | None, int | None] | None:
        """Height, width and channels of an output with channels for each place of a picture; None for others."""
        shape = self.one
        several = self.batched and bool(self.info.shape) and self.info.shape[0] not in (None, 1)
        if len(shape) != 3 or several:
            return None
        height, width, channels = shape
        first, last = height, channels
        if last is not None and first is not None and last > _MOST_CHANNELS_FIRST >= first:
            height, width, channels = width, channels, first  # channels first
        if any(side is not None and side < _LEAST_SIDE for side in (height, width)):
            return None
        return height, width, channels


class InputPicture(NamedTuple):
    """The picture that a model takes.

    Attributes:
        size: height and width; None if one is open.
        channels: its channels; None if they are open.
        dtype: numpy's name of its type.
        batched: whether its shape has a batch dimension.
    """

    size: Size | None = None
    channels: int | None = None
    dtype: str = "float32"
    batched: bool = True


def output_facts(model: ModelJson, outputs: Sequence[TensorInfo], *, batched: bool = True) -> list[OutputFacts]:
    """The facts of each output.

    Args:
        model: the model.json.
        outputs: its outputs in its order: of model.json alone, or as a loaded model reports them.
        batched: whether the model's input has a batch dimension, and so its outputs.
    """
    ends = _layer_ends(model) if model.format == "layers" else _graph_ends(model)
    return [OutputFacts(info, end, batched) for info, end in zip(outputs, chain(ends, repeat("")), strict=False)]


def input_picture(inputs: Sequence[TensorInfo]) -> InputPicture:
    """The first input that takes a picture; one of which nothing is known if there is none."""
    for info in inputs:
        batched = len(info.shape) != 3
        is_signals = not batched and info.shape[0] is None and info.shape[1] is not None
        sides = None if is_signals else OutputFacts(info, "", batched).map
        if sides is not None and sides[2] in (1, 3, 4, None):
            height, width, channels = sides
            return InputPicture(Size(height, width) if height and width else None, channels, info.dtype, batched)
    return InputPicture()


def _layer_ends(model: ModelJson) -> Iterator[str]:
    return map(_telling, layers.last_activations(model))


def _graph_ends(model: ModelJson) -> Iterator[str]:
    by_name = graph.nodes_by_name(model)
    for port in graph.outputs(model):
        yield _telling(op for node in graph.makers(by_name, port.tensor) for op in _ops(node))


def _ops(node: Node) -> list[str]:
    return [*reversed(node.strings("fused_ops")), node.op]


def _telling(ops: Iterable[str]) -> str:
    telling = (op.lower() for op in islice(ops, _MOST_MOVES) if op.lower() not in _MOVES)
    end = next(telling, "")
    if end == "realdiv" and next(telling, "") == "exp":
        return "softmax"  # written out, as exp(x) / sum(exp(x))
    if end in _CLIPS:
        return "clip"
    return "" if end in ("placeholder", "inputlayer") else end
