"""Fixtures of the load suite: the way from model.json to a first result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

from framegate.hooks.catalogue import catalogue_of
from framegate.hooks.outcome import named

if TYPE_CHECKING:
    from framegate.hooks.runtimes import NoteChoice
    from framegate.interfaces import Array, LoadedModel, ResolvedModel, Runtime
    from framegate.measure.load import LoadPath


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
    from framegate.frames.clip import generate_clip
    from framegate.frames.turns import in_turn
    from framegate.interfaces import Size
    from framegate.measure.load import LoadPath
    from framegate.models.frame_io import find_frame_io
    from framegate.preprocess.tensor import ToTensor

    spec = catalogue_of(pytestconfig).specs[frame_model]

    def feeds(loaded: LoadedModel) -> list[Mapping[str, Array]]:
        note_choice(loaded)
        io = find_frame_io(spec, resolved_model, loaded, Size.parse(frame_size))
        to_tensor = ToTensor(io.shape, io.input.dtype, io.input_range)
        return [{io.input.name: to_tensor(picture).copy()} for picture in in_turn(generate_clip(1, *io.size))]

    with named(pytestconfig, "runtime", frame_runtime):
        path = LoadPath(resolved_model, runtime, feeds)
    yield path
    path.close()


@pytest.fixture
def load_rounds(pytestconfig: pytest.Config) -> int:
    """How often to load: ``--benchmark-min-rounds``, for a load is slow and each needs the one before it closed."""
    rounds: int = pytestconfig.getoption("benchmark_min_rounds")
    return rounds
