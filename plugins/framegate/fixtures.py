"""The types of the fixtures, for annotations in suites and in users' own benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from framegate.hooks.frame import FramePath
from framegate.hooks.inference import LoadPath
from framegate.interfaces import Array, Float32, GLContext, LoadedModel, Pixels, Renderer, ResolvedModel, Runtime
from framegate.measure.stages import StageTimer
from framegate.preprocess.pipeline import Preprocessor

Feeds = Mapping[str, Array]
Frames = list[Pixels]
OutputTensor = Float32
StoreStages = Callable[[StageTimer], None]
VerifyOutputs = Callable[[Mapping[str, Array]], None]
VerifyPixels = Callable[[Renderer, Array], None]

__all__ = [
    "Feeds",
    "FramePath",
    "Frames",
    "GLContext",
    "LoadPath",
    "LoadedModel",
    "OutputTensor",
    "Preprocessor",
    "Renderer",
    "ResolvedModel",
    "Runtime",
    "StoreStages",
    "VerifyOutputs",
    "VerifyPixels",
]
