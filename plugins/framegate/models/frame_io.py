"""How a frame goes into a model and a picture comes out: names, shapes and value ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from framegate.errors import BackendUnavailable, ModelError
from framegate.interfaces import ModelSpec, Range, ResolvedModel, Size, TensorInfo
from framegate.models.image_io import guess_ranges, image_input, image_output, model_inputs
from framegate.models.topology import read_model_json

BYTES: Range = (0.0, 255.0)


@dataclass(frozen=True)
class FrameIO:
    """The image input and output of a model at one input size.

    Attributes:
        input: the input that takes the frame.
        output: the output that is shown.
        size: height and width of the input.
        shape: the input's full shape: (1, H, W, C) or (H, W, C).
        input_range: values that the bytes 0 and 255 become.
        output_range: values that become black and full brightness.
    """

    input: TensorInfo
    output: TensorInfo
    size: Size
    shape: tuple[int, ...]
    input_range: Range
    output_range: Range


class HasPorts(Protocol):
    """Anything with inputs and outputs, such as a loaded model."""

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """What it is fed."""
        ...

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """What it returns."""
        ...


def check_size(files: ResolvedModel, size: Size) -> None:
    """Ask model.json alone whether the model takes frames of a size, before anything is loaded.

    Raises:
        ModelError: the model has no image input, or an empty one.
        BackendUnavailable: the model takes other sizes only.
    """
    height, width = image_input(files.name, model_inputs(read_model_json(files.path))).info.shape[-3:-1]
    if height in (None, size.height) and width in (None, size.width):
        return
    if 0 in (height, width):
        raise ModelError(f"{files.path}: its images have {height}x{width} pixels; convert the model again")
    own = Size(height or size.height, width or size.width)
    raise BackendUnavailable(f"model {files.name!r} takes frames of {own} only, not {size}", f"use --frame-size {own}")


def find_frame_io(spec: ModelSpec, files: ResolvedModel, model: HasPorts, size: Size) -> FrameIO:
    """Match a model with an input size; ranges come from the spec, else from the dtype, else they are guessed.

    Raises:
        ModelError: the model has no image input, no image output, needs more inputs than a frame, or several frames.
    """
    source = image_input(spec.name, model.inputs)
    if source.batched and source.info.shape[0] not in (None, 1):
        raise ModelError(
            f"model {spec.name!r} takes batches of {source.info.shape[0]} frames; export it with batches of 1"
        )
    target = image_output(spec.name, model.outputs, batched=source.batched)
    _, guessed_out = guess_ranges(files.path)
    return FrameIO(
        input=source.info,
        output=target.info,
        size=size,
        shape=(1,) * source.batched + (*size, source.channels),
        input_range=find_input_range(spec, files, source.info),
        output_range=spec.output_range or _range_of(target.info, guessed_out),
    )


def find_input_range(spec: ModelSpec, files: ResolvedModel, source: TensorInfo) -> Range:
    """The values that the bytes 0 and 255 become: the spec's, else the dtype's, else a guess."""
    return spec.input_range or _range_of(source, guess_ranges(files.path)[0])


def _range_of(info: TensorInfo, guessed: Range) -> Range:
    return BYTES if "int" in info.dtype else guessed
