"""Fixtures: whether a cell showed, or returned, what its model makes of what it was fed last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.describe import FrameInfo
from framegate.hooks.frame import FramePath
from framegate.hooks.preprocess import build_preprocessor
from framegate.hooks.registries import registries_of
from framegate.hooks.report import note
from framegate.hooks.trials import VetModel
from framegate.interfaces import Array, Pixels, Renderer, ResolvedModel, Runtime
from framegate.results.parts import Agreement

if TYPE_CHECKING:
    from framegate.inference.reference import Reference, References
    from framegate.models.frame_io import FrameIO

Feeds = Mapping[str, Array]
VerifyOutputs = Callable[[Mapping[str, Array], Sequence[Feeds]], None]


@pytest.fixture(scope="session")
def references(pytestconfig: pytest.Config, frame_threads: int) -> References:
    """Runs models apart from those that are measured, once for each model, runtime and picture."""
    from framegate.inference.reference import References
    from framegate.inference.threads import open_runtime

    factories = registries_of(pytestconfig).runtimes
    return References(lambda name: open_runtime(factories[name], frame_threads))


@pytest.fixture
def ask_reference(
    resolved_model: ResolvedModel,
    frame_runtime: str,
    runtime: Runtime,
    frame_info: FrameInfo,
    references: References,
    vet_model: VetModel,
) -> Callable[[Sequence[Feeds]], Reference]:
    """Asks another loading of the cell's model what comes of feeds.

    ``null`` returns its input, and so do runtimes derived from it: they agree with nobody but themselves.
    """
    from framegate.inference.reference import REFERENCE
    from framegate.runtimes.null import NullRuntime

    def ask(feeds: Sequence[Feeds]) -> Reference:
        if isinstance(runtime, NullRuntime):
            return references.apart(resolved_model, frame_runtime, feeds)
        vet_model(resolved_model, REFERENCE)
        return references(resolved_model, frame_info["runtime"], feeds)  # for auto, the one that it took

    return ask


@pytest.fixture
def verify_outputs(
    pytestconfig: pytest.Config,
    benchmark: Any,
    frame_info: FrameInfo,
    ask_reference: Callable[[Sequence[Feeds]], Reference],
) -> VerifyOutputs:
    """Compares outputs with those of the reference runtime, and stores which it is and by how much they differ.

    Its arguments are what was returned last, and what the model was fed by the last call, by the one before, and so on.
    Raises ``WrongOutput`` for NaN, infinities, other outputs, and those that belong to an earlier feed.
    """
    from framegate.inference import agreement

    def verify(outputs: Mapping[str, Array], latest: Sequence[Feeds]) -> None:
        agreement.verify_finite(outputs)
        reference = ask_reference(latest)
        Agreement().store(benchmark.extra_info)
        model, runtime = frame_info["model"], reference.runtime
        if not reference.is_repeatable:
            note(pytestconfig, f"{model} returns other outputs each time that it runs: they were compared with none.")
            return
        expected = reference.outputs
        differs_by = agreement.verify_latest(outputs, expected, runtime)
        Agreement(runtime, differs_by).store(benchmark.extra_info)
        if any(agreement.agrees(expected[0], earlier, runtime) for earlier in expected[1:]):
            note(
                pytestconfig, f"{model} returns the same for different pictures: a late one could not be told from it."
            )

    return verify


@pytest.fixture
def verify_frame(
    pytestconfig: pytest.Config,
    frame_path: FramePath,
    frame_preprocess: str,
    frame_io: FrameIO,
    verify_pixels: Callable[[Renderer, Array], None],
    verify_outputs: VerifyOutputs,
) -> Callable[[], None]:
    """Compares what is on the screen with what the model makes of the frame that was fed last.

    What it makes of it is computed apart: by a preprocessing of its own, and by the reference runtime. No frame is
    taken the way for it.
    """
    from framegate.frames.turns import TURNS
    from framegate.preprocess.tensor import ToTensor

    def fed(frame: Pixels) -> Feeds:
        to_tensor = ToTensor(frame_io.shape, frame_io.input.dtype, frame_io.input_range)
        return {
            frame_io.input.name: build_preprocessor(pytestconfig, frame_io.size, frame_preprocess, to_tensor)(frame)
        }

    def verify() -> None:
        verify_pixels(frame_path.renderer, frame_path.tensor)
        verify_outputs(frame_path.outputs, [fed(frame) for frame in frame_path.loop.latest(TURNS)])

    return verify
