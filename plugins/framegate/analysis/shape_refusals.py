"""What a layer of TF.js 4.22 refuses of the shapes that it is called on, where Keras computes (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from framegate.analysis.tensors import Shape
from framegate.models.tfjs_settings import read_settings
from framegate.models.topology import Json

_Rule = Callable[[str, Json, Sequence[Shape]], Iterator[str]]


def shape_refusals(kind: str, name: str, config: Json, takes: Sequence[Shape]) -> Iterator[str]:
    """A sentence for each thing that the layer refuses.

    Args:
        kind: its class.
        name: its name.
        config: its settings.
        takes: the shapes that it is called on, with the batch; empty or None where they are not known.
    """
    rule = _RULES.get(kind)
    if rule is not None:
        yield from rule(name, read_settings(kind, config), takes)


def _batch_normalization(_: str, __: Json, takes: Sequence[Shape]) -> Iterator[str]:
    if _rank(takes) > 4:
        yield f"batchNormalization is not implemented for array of rank {_rank(takes)} yet"


def _center_crop(_: str, config: Json, takes: Sequence[Shape]) -> Iterator[str]:
    """To enlarge a picture, the layer passes on the list of its inputs as if it were the picture."""
    source = takes[0] if takes else None
    targets = (config.get("height"), config.get("width"))
    sides = source[-3:-1] if source is not None and len(source) > 2 else ()
    if any(type(to) is int and side is not None and to > side for side, to in zip(sides, targets, strict=False)):
        yield "Error in resizeBilinear: x must be rank 3 or 4, but got rank 1."


def _dot(_: str, __: Json, takes: Sequence[Shape]) -> Iterator[str]:
    if _rank(takes) > 3:
        yield "Dot layer does not support tensors of 4D or higher rank yet."


def _flatten(name: str, _: Json, takes: Sequence[Shape]) -> Iterator[str]:
    if 0 < _rank(takes) < 3:
        yield f"Input 0 is incompatible with layer {name}: expected min_ndim=3, found ndim={_rank(takes)}."


def _separable(name: str, config: Json, takes: Sequence[Shape]) -> Iterator[str]:
    """With channels first, the bias is added along the height of a picture whose channels are last."""
    filters = config.get("filters")
    if config.get("data_format") == "channels_first" and config.get("use_bias", True) and _rank(takes) and filters != 1:
        yield f"Operands could not be broadcast together (layer '{name}' adds its {filters} biases along the height)"


def _softmax(name: str, config: Json, takes: Sequence[Shape]) -> Iterator[str]:
    axis, rank = config.get("axis", 1), _rank(takes)
    if isinstance(axis, list) and len(axis) == 1:
        axis = axis[0]
    # Along several axes TF.js computes it in another way.
    if type(axis) is int and axis not in (-1, rank - 1) and (rank or axis < 0):
        yield f"Softmax along a non-last dimension is not yet supported (layer '{name}', dim {axis})"


def _rank(takes: Sequence[Shape]) -> int:
    """Rank of the first input, 0 where it is not known."""
    return len(takes[0]) if takes and takes[0] is not None else 0


_RULES: Mapping[str, _Rule] = {
    "BatchNormalization": _batch_normalization,
    "CenterCrop": _center_crop,
    "Dot": _dot,
    "Flatten": _flatten,
    "SeparableConv2D": _separable,
    "Softmax": _softmax,
}
