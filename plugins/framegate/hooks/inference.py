"""Fixtures of the load and inference suites: the way from model.json to a first result, and whether results agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from framegate.hooks.catalogue import CATALOGUE
from framegate.hooks.outcome import named
from framegate.hooks.runtimes import NoteChoice
from framegate.interfaces import Array, LoadedModel, ResolvedModel, Runtime, Size
from framegate.measure.load import LoadPath

VerifyOutputs = Callable[[Mapping[str, Array]], None]


@pytest.fixture
def load_path(
    pytestconfig: pytest.Config,
    resolved_model: ResolvedModel,
    runtime: Runtime,
    frame_model: str,
    frame_runtime: str,
    frame_size: str,
    note_choice: NoteChoice,
) -> Iterator[LoadPath]:
    """The cell's model and runtime, loaded once already: a model that this runtime does not take is a named skip."""
    import numpy as np

    from framegate.models.frame_io import find_frame_io

    spec = pytestconfig.stash[CATALOGUE].specs[frame_model]

    def feeds(loaded: LoadedModel) -> Mapping[str, Array]:
        note_choice(loaded)
        frame_io = find_frame_io(spec, resolved_model, loaded, Size.parse(frame_size))
        return {frame_io.input.name: np.zeros(frame_io.shape, frame_io.input.dtype)}

    with named(pytestconfig, "runtime", frame_runtime):
        path = LoadPath(resolved_model, runtime, feeds)
    yield path
    path.close()


@pytest.fixture
def load_rounds(pytestconfig: pytest.Config) -> int:
    """How often to load: ``--benchmark-min-rounds``, for a load is slow and each needs the one before it closed."""
    rounds: int = pytestconfig.getoption("benchmark_min_rounds")
    return rounds


@pytest.fixture
def verify_finite() -> Callable[[Mapping[str, Array]], None]:
    """Refuses outputs with NaN or infinities."""
    from framegate.runtimes import agreement

    return agreement.verify_finite


@pytest.fixture(scope="session")
def first_outputs() -> dict[tuple[str, ...], tuple[str, Mapping[str, Array]]]:
    """For each cell but for its runtime: which runtime ran it first, and what came out."""
    return {}


@pytest.fixture
def verify_outputs(
    resolved_model: ResolvedModel,
    frame_size: str,
    frame_preprocess: str,
    frame_runtime: str,
    first_outputs: dict[tuple[str, ...], tuple[str, Mapping[str, Array]]],
) -> VerifyOutputs:
    """Refuses NaN, infinities, and outputs that differ from those of the first runtime that ran the same cell."""
    from framegate.runtimes import agreement

    def verify(outputs: Mapping[str, Array]) -> None:
        agreement.verify_finite(outputs)
        cell = (resolved_model.sha256, frame_size, frame_preprocess)
        kept = {name: values.copy() for name, values in outputs.items()}
        runtime, reference = first_outputs.setdefault(cell, (frame_runtime, kept))
        agreement.verify_agreement(outputs, reference, runtime)

    return verify
