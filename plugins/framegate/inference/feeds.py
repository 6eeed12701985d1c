"""A model's feeds, checked before they reach a library whose own errors fill a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from framegate.errors import ModelError
from framegate.interfaces import Array, TensorInfo
from framegate.models.graph import UNKNOWN_RANK


def ordered(model: str, inputs: Sequence[TensorInfo], feeds: Mapping[str, Array]) -> list[Array]:
    """The arrays of ``feeds`` in the order of ``inputs``, unchanged.

    Args:
        model: the model's name, for errors.
        inputs: inputs of the model.
        feeds: input name -> array.

    Raises:
        ModelError: a name is missing or unknown, or an array's dtype, rank or fixed dimension is wrong.
    """
    if len(feeds) != len(inputs) or any(info.name not in feeds for info in inputs):
        names, fed = ", ".join(info.name for info in inputs), ", ".join(map(repr, feeds))
        raise ModelError(f"model {model} takes {names or 'no input'}; it was fed {fed or 'nothing'}")
    arrays = [feeds[info.name] for info in inputs]
    for info, array in zip(inputs, arrays, strict=True):
        if array.dtype.name != info.dtype or not _fits(info.shape, array.shape):
            shape = "x".join(map(str, array.shape))
            raise ModelError(f"model {model} takes {info}; it was fed {array.dtype.name} [{shape}]")
    return arrays


def cannot_run(model: str, arrays: Sequence[Array], error: Exception) -> ModelError:
    """The error of a library that refuses arrays although they fit the model's inputs, as one short line."""
    shapes = ", ".join("x".join(map(str, array.shape)) for array in arrays)
    return ModelError(
        f"model {model} cannot run inputs of shape {shapes} ({_shortened(str(error))}); try another --frame-size"
    )


def _shortened(text: str, limit: int = 200) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[:limit]}…"


def _fits(expected: tuple[int | None, ...], actual: tuple[int, ...]) -> bool:
    if expected == UNKNOWN_RANK:
        return True  # the library knows more
    return len(expected) == len(actual) and all(
        side is None or side == actual_side for side, actual_side in zip(expected, actual, strict=True)
    )
