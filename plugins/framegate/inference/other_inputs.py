"""What the inputs of a model are fed that do not take the frame: constants, and the state that it returned."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from framegate.errors import FrameError, ModelError
from framegate.frames.sources import open_source
from framegate.interfaces import ModelSpec, ResolvedModel, Size, TensorInfo
from framegate.models.frame_io import tensor_form
from framegate.models.graph import UNKNOWN_RANK
from framegate.models.image_io import check_inputs, image_input, image_port
from framegate.preprocess.fit import resize
from framegate.preprocess.tensor import ToTensor

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels
    from framegate.models.frame_io import FrameIO


class OtherFeeds(NamedTuple):
    """What the inputs of a model that do not take the frame are fed in a run.

    Attributes:
        names: all inputs, in the model's order.
        feeds: what they are fed, without the frame.
        has_state: whether that is another in each run.
    """

    names: tuple[str, ...]
    feeds: Mapping[str, Array]
    has_state: bool

    def joined(self, frame: Mapping[str, Array]) -> dict[str, Array]:
        """These and the frame's, in the model's order."""
        whole = {**self.feeds, **frame}
        return {name: whole[name] for name in self.names if name in whole}


class OtherInputs(NamedTuple):
    """What a model is fed beside the frame.

    Attributes:
        names: all of its inputs, in its order.
        frame: the input that takes the frame.
        constants: what others are fed in every frame.
        state: inputs that are fed what an output was in the frame before, and that output.
        zeros: what these are fed in the first frame.
    """

    names: tuple[str, ...]
    frame: TensorInfo
    constants: Mapping[str, Array]
    state: Mapping[str, str]
    zeros: Mapping[str, Array]

    def with_state(self, state: Mapping[str, Array]) -> OtherFeeds:
        """What a run is fed that finds such a state; ``zeros`` is that of the first."""
        return OtherFeeds(self.names, {**self.constants, **state}, has_state=bool(self.state))


def first_feeds(others: OtherInputs, io: FrameIO, pictures: Iterable[Pixels]) -> list[dict[str, Array]]:
    """What a model is fed in its first run, for each of several pictures of the size that it sees."""
    first, to_tensor = others.with_state(others.zeros), ToTensor(io.form)
    return [first.joined({io.input.name: to_tensor(picture).copy()}) for picture in pictures]


def other_inputs(
    spec: ModelSpec, files: ResolvedModel, inputs: Sequence[TensorInfo], outputs: Sequence[TensorInfo], size: Size
) -> OtherInputs:
    """What a spec feeds a model's inputs at a size of frames.

    Args:
        spec: the model's.
        files: its files.
        inputs: its inputs.
        outputs: its outputs.
        size: the frame's, which other pictures have too where model.json leaves it open.

    Raises:
        ModelError: an input is fed nothing, or what it does not take; or no output is of the name that the spec gives.
        FrameError: a picture cannot be read.
    """
    check_inputs(spec.name, inputs, spec.inputs)
    by_name = {info.name: info for info in inputs}
    return OtherInputs(
        names=tuple(by_name),
        frame=image_input(spec.name, inputs, spec.inputs).info,
        constants={name: _constant(spec, files, by_name[name], size) for name in spec.inputs.values},
        state=spec.inputs.state,
        zeros={name: _zeros(spec, by_name[name], outputs) for name in spec.inputs.state},
    )


def _constant(spec: ModelSpec, files: ResolvedModel, info: TensorInfo, size: Size) -> Array:
    value = spec.inputs.values[info.name]
    if isinstance(value, Path):
        return _array(info, value) if value.suffix == ".npy" else _picture(spec, files, info, value, size)
    try:
        numbers = np.asarray(value)
        array = numbers.astype(info.dtype)
    except ValueError as error:
        raise ModelError(f"{spec.name}: input {info} takes no {value} ({error}); write lists of one length") from None
    if array.dtype.kind in "biu" and not np.array_equal(array, numbers):
        raise ModelError(f"{spec.name}: input {info} takes no {value}; write what its type can hold")
    if info.shape == UNKNOWN_RANK:
        return array
    shape = [side or 1 for side in info.shape]
    if array.size not in (1, math.prod(shape)):
        raise ModelError(f"{spec.name}: input {info} takes {math.prod(shape)} numbers; the spec gives {array.size}")
    return np.full(shape, array) if array.size == 1 else array.reshape(shape)


def _array(info: TensorInfo, path: Path) -> Array:
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, MemoryError) as error:
        raise ModelError(f"{path}: no array for {info} can be read ({error}); write one with numpy.save") from None
    if not isinstance(array, np.ndarray):
        raise ModelError(f"{path}: several arrays, and input {info} takes one; write one with numpy.save")
    if array.dtype != info.dtype or not _takes(info.shape, array.shape):
        saved = TensorInfo(path.name, array.shape, array.dtype.name)
        raise ModelError(f"{path}: input {info} does not take {saved}; save an array of its type and shape")
    return array


def _takes(shape: Sequence[int | None], saved: Sequence[int]) -> bool:
    if shape == UNKNOWN_RANK:
        return True
    return len(shape) == len(saved) and all(side in (None, own) for side, own in zip(shape, saved, strict=True))


def _picture(spec: ModelSpec, files: ResolvedModel, info: TensorInfo, path: Path, size: Size) -> Array:
    port = image_port(info)
    if port is None:
        raise ModelError(f"{path}: input {info} takes no picture; give it numbers or an .npy file")
    if not path.is_file():
        raise FrameError(f"{path}: no such picture for input {info}; check the path, which starts at the spec")
    own = port.size or size
    picture = resize(next(open_source(str(path), {})), own)
    return ToTensor(tensor_form(spec, files, port, own))(picture)


def _zeros(spec: ModelSpec, info: TensorInfo, outputs: Sequence[TensorInfo]) -> Array:
    name = spec.inputs.state[info.name]
    output = next((output for output in outputs if output.name == name), None)
    if output is None:
        listed = "; ".join(map(str, outputs))
        raise ModelError(f"{spec.name}: no output {name!r}, which state in the spec feeds to {info}; found {listed}")
    shape = _closed(info.shape, output.shape)
    return np.zeros(spec.inputs.state_shapes.get(info.name, shape), info.dtype)


def _closed(shape: Sequence[int | None], returned: Sequence[int | None]) -> tuple[int, ...]:
    """An input's shape; sides that it leaves open are as in what is returned, and 1 where that leaves them open too."""
    returned = returned if len(returned) == len(shape) else [None] * len(shape)
    return tuple(side or other or 1 for side, other in zip(shape, returned, strict=True))
