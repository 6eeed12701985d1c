"""Fixtures: whether a cell showed, or returned, what its model makes of what it was fed last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from framegate.errors import BackendUnavailable
from framegate.hooks.limit import answer_before_reference
from framegate.hooks.matrix import kind_of
from framegate.hooks.registries import catalogue_of, registries_of
from framegate.hooks.report import note

if TYPE_CHECKING:
    from framegate.hooks.trials import VetModel
    from framegate.inference.reference import FirstOutputs, Reference, References
    from framegate.interfaces import Array, ResolvedModel
    from framegate.results.frame_info import FrameInfo
    from framegate.values import Tolerance

Feeds = Mapping[str, "Array"]
AskReference = Callable[[Sequence[Feeds]], "Reference"]


class VerifyOutputs(Protocol):
    """Compares outputs with those of the reference runtime."""

    def __call__(self, outputs: Mapping[str, Array], latest: Sequence[Feeds], tolerance: Tolerance = ...) -> None:
        """Compare them within ``tolerance``, which is that of Python's runtimes where it is not given."""
        ...


@pytest.fixture(scope="session")
def references(pytestconfig: pytest.Config, frame_threads: int) -> References:
    """Runs models apart from those that are measured, once for each model, runtime and picture."""
    from framegate.inference.abilities import open_runtime
    from framegate.inference.reference import References

    factories = registries_of(pytestconfig).runtimes
    return References(lambda name: open_runtime(factories[name], frame_threads))


@pytest.fixture(scope="session")
def first_outputs() -> FirstOutputs:
    """What the pages of this run made of their pictures, for those that come after, where there is no TensorFlow."""
    from framegate.inference.reference import FirstOutputs

    return FirstOutputs()


@pytest.fixture
def ask_reference(
    request: pytest.FixtureRequest,
    frame_model: str,
    frame_runtime: str,
    resolved_model: ResolvedModel,
    frame_info: FrameInfo,
    references: References,
    vet_model: VetModel,
) -> AskReference:
    """Asks another loading of the cell's model what comes of feeds.

    ``null`` returns its input, and so do runtimes derived from it: they agree with nobody but themselves. A page is
    compared with the reference runtime, by the outputs that it shows.
    """
    from framegate.inference.reference import REFERENCE
    from framegate.machine import has_library
    from framegate.pipelines.base import PAGE
    from framegate.pipelines.build import shown_reference
    from framegate.runtimes.null import NullRuntime

    def ask(feeds: Sequence[Feeds]) -> Reference:
        if kind_of(request.node) == PAGE:
            if has_library(REFERENCE):
                answer_before_reference(request.node)
            vet_model(resolved_model, REFERENCE)
            spec = catalogue_of(request.config).specs[frame_model]
            return shown_reference(references.apart(resolved_model, REFERENCE, feeds), spec, resolved_model)
        if isinstance(request.getfixturevalue("runtime"), NullRuntime):
            return references.apart(resolved_model, frame_runtime, feeds)
        vet_model(resolved_model, REFERENCE)
        return references(
            resolved_model, frame_info.cell.runtime or frame_runtime, feeds
        )  # for auto, the one that it took

    return ask


@pytest.fixture
def verify_outputs(
    pytestconfig: pytest.Config,
    request: pytest.FixtureRequest,
    benchmark: Any,
    frame_info: FrameInfo,
    resolved_model: ResolvedModel,
    ask_reference: AskReference,
    first_outputs: FirstOutputs,
) -> VerifyOutputs:
    """Compares outputs with those of the reference runtime, and stores which it is and by how much they differ.

    Its arguments are what was returned last, and what the model was fed by the last call, by the one before, and so on.
    Raises ``WrongOutput`` for NaN, infinities, other outputs, and those that belong to an earlier feed.
    """
    from framegate.inference.agreement import verify_finite
    from framegate.inference.closed_inputs import whole_feeds
    from framegate.inference.comparison import compare_outputs, wider
    from framegate.pipelines.base import PAGE
    from framegate.results.parts import Agreement
    from framegate.values import ANY_FLOAT32

    def verify(outputs: Mapping[str, Array], latest: Sequence[Feeds], tolerance: Tolerance = ANY_FLOAT32) -> None:
        verify_finite(outputs)
        before = Agreement.read(benchmark.extra_info) or Agreement()
        before.store(benchmark.extra_info)
        latest = whole_feeds(outputs, latest)
        try:
            reference = ask_reference(latest)
        except BackendUnavailable as error:
            if kind_of(request.node) != PAGE:
                raise
            _note_no_reference(pytestconfig, error)
            first = first_outputs(resolved_model, str(frame_info.cell.runtime), latest[0], outputs, tolerance.widest)
            if first is None:
                return
            reference, latest, tolerance = first, latest[:1], wider(tolerance, first)
        comparison = compare_outputs(frame_info.cell.model, outputs, latest, reference, tolerance, ask_reference)
        if comparison.differs_by is not None:
            differs_by = max(comparison.differs_by, before.differs_by or 0.0)
            Agreement(comparison.runtime, differs_by).store(benchmark.extra_info)
        for about, line in comparison.notes.items():
            note(pytestconfig, line, about)

    return verify


def _note_no_reference(config: pytest.Config, error: BackendUnavailable) -> None:
    """Say what a page is compared with, which is measured without TensorFlow too."""
    line = (
        f"pages were compared with those that ran the same model before them, as there is no reference ({error.reason})"
    )
    note(config, line, about="no reference")
