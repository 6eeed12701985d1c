"""The types of the fixtures, for annotations in suites and in users' own benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from framegate.hooks.agreement import VerifyOutputs
from framegate.hooks.pipeline import MeasureFrames, VerifyFrames
from framegate.hooks.realtime import RunFrames
from framegate.hooks.render import WarmUp
from framegate.interfaces import Array, Float32, GLContext, LoadedModel, Pixels, Renderer, ResolvedModel, Runtime
from framegate.measure.frame import FrameLoop, Turns
from framegate.measure.load import LoadPath
from framegate.measure.stages import StageTimer
from framegate.pipelines.base import Pipeline
from framegate.preprocess.pipeline import Preprocessor

Feeds = Mapping[str, Array]
Frames = list[Pixels]
OutputTensor = Float32
StoreCosts = Callable[[Renderer, Array], None]
StoreMemory = Callable[[], None]
StoreSize = Callable[[], None]
VerifyPixels = Callable[[Renderer, Array], None]


class StoreStages(Protocol):
    """Stores the stages of a benchmark's rounds; ``calls_after`` is 0 after ``pedantic``."""

    def __call__(self, timer: StageTimer, calls_after: int = 1) -> bool:
        """Store them; False with timing off."""
        ...


__all__ = [
    "Feeds",
    "FrameLoop",
    "Frames",
    "GLContext",
    "LoadPath",
    "LoadedModel",
    "MeasureFrames",
    "OutputTensor",
    "Pipeline",
    "Preprocessor",
    "Renderer",
    "ResolvedModel",
    "RunFrames",
    "Runtime",
    "StageTimer",
    "StoreCosts",
    "StoreMemory",
    "StoreSize",
    "StoreStages",
    "Turns",
    "VerifyFrames",
    "VerifyOutputs",
    "VerifyPixels",
    "WarmUp",
]
