"""How a frame goes into a model and a picture comes out: names, shapes and value ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from framegate.errors import BackendUnavailable, ModelError, UnknownName
from framegate.interfaces import ModelSpec, Range, ResolvedModel, Size, TensorInfo
from framegate.models.image_io import guess_ranges, image_input, image_output, model_inputs
from framegate.models.topology import read_model_json

BYTES: Range = (0.0, 255.0)


@dataclass(frozen=True)
class FrameIO:
    """How a frame goes into a model at one input size, and what of its outputs is shown.

    Attributes:
        input: the input that takes the frame.
        view: name of the view that shows the outputs.
        outputs: the outputs that it shows, the main one first.
        reason: why it is that view and those outputs, in words; None where the spec says so.
        size: height and width of the input.
        shape: the input's full shape: (1, H, W, C) or (H, W, C).
        input_range: values that the bytes 0 and 255 become.
        output_range: values that become black and full brightness.
    """

    input: TensorInfo
    view: str
    outputs: tuple[TensorInfo, ...]
    reason: str | None
    size: Size
    shape: tuple[int, ...]
    input_range: Range
    output_range: Range

    @property
    def output(self) -> TensorInfo:
        """The main one of the outputs that are shown."""
        return self.outputs[0]


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
        ModelError: the model has no image input, no output that can be shown, needs more inputs than a frame, or
            several frames.
        UnknownName: the spec names an output that the model does not have.
    """
    source = image_input(spec.name, model.inputs)
    if source.batched and source.info.shape[0] not in (None, 1):
        raise ModelError(
            f"model {spec.name!r} takes batches of {source.info.shape[0]} frames; export it with batches of 1"
        )
    view, outputs, reason = _find_view(spec, model.outputs, batched=source.batched)
    _, guessed_out = guess_ranges(files.path)
    return FrameIO(
        input=source.info,
        view=view,
        outputs=outputs,
        reason=reason,
        size=size,
        shape=(1,) * source.batched + (*size, source.channels),
        input_range=find_input_range(spec, files, source.info),
        output_range=spec.output_range or _range_of(outputs[0], guessed_out),
    )


def find_input_range(spec: ModelSpec, files: ResolvedModel, source: TensorInfo) -> Range:
    """The values that the bytes 0 and 255 become: the spec's, else the dtype's, else a guess."""
    return spec.input_range or _range_of(source, guess_ranges(files.path)[0])


def _find_view(
    spec: ModelSpec, outputs: Sequence[TensorInfo], *, batched: bool
) -> tuple[str, tuple[TensorInfo, ...], str | None]:
    by_name = {info.name: info for info in outputs}
    for name in spec.outputs:
        if name not in by_name:
            raise UnknownName(f"output of {spec.name}", name, by_name)
    named = tuple(by_name[name] for name in spec.outputs)
    if spec.view and (named or len(outputs) == 1):
        return spec.view, named or tuple(outputs), None
    guessed = image_output(spec.name, named or outputs, batched=batched)
    return spec.view or "image", named or (guessed.info,), "it is the first output that is a picture"


def _range_of(info: TensorInfo, guessed: Range) -> Range:
    return BYTES if "int" in info.dtype else guessed
