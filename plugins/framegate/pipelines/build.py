"""Join the parts of a pipeline of this process: preprocessing, a runtime, a view and a renderer."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from framegate.frames.turns import WARM_UP, numbered
from framegate.interfaces import AS_TO_PIXELS, Drawing, Size, TensorInfo
from framegate.measure.frame import frame_stages
from framegate.models.frame_io import FrameIO, ShownIO, find_shown
from framegate.models.output_range import ShownRange
from framegate.pipelines.order import order_of
from framegate.pipelines.python import Apart, Numbers, PythonPipeline
from framegate.postprocess.base import View, ViewFactory, ViewRequest
from framegate.postprocess.placement import InputPlacement
from framegate.postprocess.stage import Postprocess
from framegate.preprocess.pipeline import Preprocessor
from framegate.preprocess.tensor import ToTensor
from framegate.preprocess.toggles import switched_on
from framegate.render.stamp import Stamp

if TYPE_CHECKING:
    from framegate.inference.reference import Reference
    from framegate.interfaces import Array, LoadedModel, MakeRenderer, ModelSpec, Pixels, ResolvedModel, Step
    from framegate.pipelines.python import OpenFeed
    from framegate.words import Fit


@dataclass(frozen=True)
class Preprocessing:
    """How a frame becomes a picture, before it is known what takes the picture.

    Attributes:
        toggles: the names of its steps, in the one form that a benchmark's name has.
        steps: every step by its name.
        fit: how a frame is brought to the size.
    """

    toggles: str
    steps: Mapping[str, Step]
    fit: Fit

    def at(self, size: Size, to_tensor: ToTensor | None = None) -> Preprocessor:
        """It as a call, with memory of its own: frame in, picture or tensor out."""
        switched = [(name, self.steps[name]) for name in switched_on(self.toggles, self.steps)]
        return Preprocessor(size, self.fit, switched, to_tensor)

    def for_input(self, frame_io: FrameIO) -> Preprocessor:
        """It as a call that makes the tensor which a model is fed."""
        return self.at(frame_io.size, ToTensor(frame_io.form))


def shown_io(spec: ModelSpec, model: ResolvedModel, outputs: Mapping[str, Array]) -> ShownIO:
    """Which of the outputs that a model has returned are shown, and how."""
    infos = [TensorInfo(name, values.shape, values.dtype.name) for name, values in outputs.items()]
    largest = {name: float(values.max(initial=0)) for name, values in outputs.items() if values.dtype.kind in "fiu"}
    return find_shown(spec, model, infos, largest)


def shown_reference(reference: Reference, spec: ModelSpec, model: ResolvedModel) -> Reference:
    """Those outputs of a reference that are shown."""
    names = [info.name for info in shown_io(spec, model, reference.outputs[0]).outputs]
    return reference._replace(outputs=[{name: outputs[name] for name in names} for outputs in reference.outputs])


def view_of(shown: ShownIO, placement: InputPlacement, views: Mapping[str, ViewFactory]) -> View:
    """The view that shows a model's outputs.

    Args:
        shown: which they are, and how they are shown.
        placement: where the model's picture is in the frame.
        views: what makes views, by name.
    """
    names = tuple(info.name for info in shown.outputs)
    return views[shown.view](ViewRequest(names, placement, shown.value_range, shown.keys))


@dataclass(frozen=True)
class PipelineParts:
    """What a pipeline of this process is joined of.

    Attributes:
        frames: RGB uint8 (H, W, 3), as from `framegate.frames.turns.in_turn`.
        preprocessing: how they become pictures.
        frame_io: the input that takes the picture.
        model: a model that takes the picture alone, and has run before.
        shown: the outputs that are shown.
        views: what makes views, by name.
        drawing: how the picture is drawn; the value range is that of ``shown``.
        order: the order of the stages: ``serial`` or ``overlapped``.
    """

    frames: Sequence[Pixels]
    preprocessing: Preprocessing
    frame_io: FrameIO
    model: LoadedModel
    shown: ShownIO
    views: Mapping[str, ViewFactory]
    drawing: Drawing = AS_TO_PIXELS
    order: str = "serial"

    def view(self) -> View:
        """What turns the outputs into the picture that is drawn."""
        size = Size(*self.frames[0].shape[:2])
        return view_of(self.shown, InputPlacement.of(size, self.frame_io.size, self.preprocessing.fit), self.views)


def python_pipeline(
    parts: PipelineParts,
    make_renderer: MakeRenderer,
    open_feed: OpenFeed | None = None,
    *,
    view: View | None = None,
) -> PythonPipeline:
    """Join them.

    Args:
        parts: what is joined.
        make_renderer: function that prepares the renderer, whose context is current, for tensors of a shape and dtype.
        open_feed: function that opens the frames of runs against a clock, whose numbers then stand in the pictures;
            without it there are no such runs.
        view: what turns the outputs into the picture; without it, that of ``parts``.
    """
    name, preprocessor = parts.frame_io.input.name, parts.preprocessing.for_input(parts.frame_io)
    view = view or parts.view()
    outputs = parts.model.run({name: preprocessor(parts.frames[0])})
    postprocess = Postprocess(view, parts.frames[0], outputs)
    tensor = postprocess(outputs)
    drawing = replace(parts.drawing, value_range=parts.shown.value_range)
    shown_range = ShownRange.of(tensor, drawing.value_range) if view.shows_values else None
    renderer = make_renderer(tensor.shape, str(tensor.dtype), drawing)
    numbers = None if open_feed is None else Numbers(Stamp(tensor.shape, drawing), open_feed)
    stages = frame_stages(
        preprocess=lambda frame: {name: preprocessor(frame)},
        model=parts.model.stages(),
        postprocess=postprocess,
        renderer=renderer.stages(),
        stamp=None if numbers is None else numbers.stamp,
    )

    def feeds_apart(picture: Pixels) -> dict[str, Array]:
        return {name: parts.preprocessing.for_input(parts.frame_io)(picture)}

    turns = numbered(parts.frames, WARM_UP, time.perf_counter)
    apart = Apart(picture=preprocessor.picture, feeds=feeds_apart)
    order = order_of(parts.order)(stages)
    return PythonPipeline(turns, order, postprocess, renderer, drawing, apart, numbers, shown_range)
