"""Fixtures of the load and inference suites: the way from model.json to a first result, and whether results agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from framegate.hooks.catalogue import CATALOGUE
from framegate.hooks.outcome import named
from framegate.hooks.runtimes import NoteChoice
from framegate.interfaces import Array, LoadedModel, ResolvedModel, Runtime, Size, Stage
from framegate.measure.stages import StageTimer
from framegate.models.frame_io import find_frame_io
from framegate.runtimes.agreement import verify_agreement, verify_finite

VerifyOutputs = Callable[[Mapping[str, Array]], None]


class LoadPath:
    """Each call loads the model anew and runs it once; the seconds of each stage are kept in ``timer``."""

    def __init__(self, model: ResolvedModel, runtime: Runtime, first_run: Callable[[LoadedModel], LoadedModel]) -> None:
        self.timer = StageTimer([*runtime.stages(), Stage("first-run", first_run)])
        self._model = model
        self._loaded: LoadedModel | None = None

    def __call__(self) -> None:
        """Load once more; the model of the call before is closed first."""
        self.close()
        self._loaded = self.timer(self._model)

    @property
    def loaded(self) -> LoadedModel | None:
        """The model of the last call, until ``close``."""
        return self._loaded

    def close(self) -> None:
        """Close the model of the last call."""
        if self._loaded is not None:
            self._loaded.close()
        self._loaded = None


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
    """The cell's model and runtime, tried once: a model that this runtime does not take is a named skip."""
    import numpy as np

    spec = pytestconfig.stash[CATALOGUE].specs[frame_model]

    def first_run(loaded: LoadedModel) -> LoadedModel:
        frame_io = find_frame_io(spec, resolved_model, loaded, Size.parse(frame_size))
        loaded.run({frame_io.input.name: np.zeros(frame_io.shape, frame_io.input.dtype)})
        return loaded

    path = LoadPath(resolved_model, runtime, first_run)
    with named(pytestconfig, "runtime", frame_runtime):
        path()
    note_choice(path.loaded)
    yield path
    path.close()


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

    def verify(outputs: Mapping[str, Array]) -> None:
        verify_finite(outputs)
        cell = (resolved_model.sha256, frame_size, frame_preprocess)
        kept = {name: values.copy() for name, values in outputs.items()}
        runtime, reference = first_outputs.setdefault(cell, (frame_runtime, kept))
        verify_agreement(outputs, reference, runtime)

    return verify
