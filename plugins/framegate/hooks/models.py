"""Fixtures: a model's files, the runtimes, the model loaded into one, and the way until it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.outcome import named
from framegate.hooks.registries import catalogue_of, registries_of
from framegate.hooks.report import note
from framegate.hooks.settings import options_of

if TYPE_CHECKING:
    from framegate.hooks.trace import TraceTimer
    from framegate.hooks.trials import VetModel
    from framegate.inference.other_inputs import OtherInputs
    from framegate.inference.shelf import ModelShelf
    from framegate.interfaces import Array, LoadedModel, ResolvedModel, Runtime
    from framegate.measure.load import LoadPath
    from framegate.models.frame_io import FrameIO
    from framegate.once import Once
    from framegate.results.frame_info import FrameInfo

NoteChoice = Callable[[object], None]
OtherInputsOf = Callable[["LoadedModel"], "OtherInputs"]


@pytest.fixture(scope="session")
def frame_threads(pytestconfig: pytest.Config) -> int:
    """On how many threads the runtimes of this run compute."""
    from framegate.machine import usable_cores

    return options_of(pytestconfig).threads or usable_cores()


@pytest.fixture(scope="session")
def runtimes(pytestconfig: pytest.Config, frame_threads: int) -> Once[str, Runtime]:
    """Each runtime, made at its first use."""
    from framegate.inference.abilities import open_runtime
    from framegate.once import Once

    factories = registries_of(pytestconfig).runtimes
    return Once(lambda name: open_runtime(factories[name], frame_threads))


@pytest.fixture
def runtime(
    pytestconfig: pytest.Config,
    frame_runtime: str,
    frame_threads: int,
    runtimes: Once[str, Runtime],
    frame_info: FrameInfo,
) -> Runtime:
    """The cell's runtime."""
    from framegate.inference.abilities import TakesThreads

    with named(pytestconfig, "runtime", frame_runtime):
        runtime = runtimes(frame_runtime)
    threads = frame_threads if isinstance(runtime, TakesThreads) else None
    frame_info.add(runtime_version=runtime.describe(), threads=threads)
    return runtime


@pytest.fixture
def note_choice(pytestconfig: pytest.Config, frame_model: str, frame_info: FrameInfo, benchmark: Any) -> NoteChoice:
    """Stores which runtime ``auto`` took for the cell's model and the times of its trial, and notes the last choice."""
    from framegate.inference.abilities import Chosen

    def note_it(loaded: object) -> None:
        if isinstance(loaded, Chosen):
            frame_info.add(runtime=loaded.runtime)
            benchmark.extra_info["trial_s"] = dict(loaded.trial_s)
            times = ", ".join(f"{name} {seconds * 1e3:.3g}" for name, seconds in loaded.trial_s.items())
            line = f"auto took {loaded.runtime} for {frame_model} (best run in ms: {times})"
            note(pytestconfig, line, about=f"auto for {frame_model}")

    return note_it


@pytest.fixture(scope="session")
def model_files(pytestconfig: pytest.Config) -> Once[str, ResolvedModel]:
    """Each model's files, fetched or built at its first use."""
    from framegate.analysis.own_layers import with_layers
    from framegate.once import Once
    from framegate.paths import cache_dir

    def resolve(name: str) -> ResolvedModel:
        spec = catalogue_of(pytestconfig).specs[name]
        registries = registries_of(pytestconfig)
        with named(pytestconfig, "model source", spec.source):
            return with_layers(registries.sources[spec.source]().resolve(spec, cache_dir()), registries.layers)

    return Once(resolve)


@pytest.fixture(scope="session")
def model_remarks(pytestconfig: pytest.Config, model_files: Once[str, ResolvedModel]) -> Once[str, list[str]]:
    """What the users of each model must know, by its model.json: what TF.js refuses, and shards out of order."""
    from framegate.once import Once

    def remarks(name: str) -> list[str]:
        from framegate.analysis.inspection import remarks_on

        return remarks_on(catalogue_of(pytestconfig).specs[name], model_files(name).path)

    return Once(remarks)


@pytest.fixture
def keep_remarks(
    pytestconfig: pytest.Config, frame_model: str, model_remarks: Once[str, list[str]], benchmark: Any
) -> Callable[[], None]:
    """Stores the remarks on the cell's model with its result, and has them shown at the end of the run."""

    def keep() -> None:
        remarks = model_remarks(frame_model)
        if remarks:
            benchmark.extra_info["model_remarks"] = remarks
        for remark in remarks:
            note(pytestconfig, f"{frame_model}: {remark}")

    return keep


@pytest.fixture(scope="session")
def model_shelf(runtimes: Once[str, Runtime]) -> Iterator[ModelShelf]:
    """Keeps the model in use loaded, so that the cells which share it load it once."""
    from framegate.inference.shelf import ModelShelf

    shelf = ModelShelf(runtimes)
    yield shelf
    shelf.close()


@pytest.fixture
def resolved_model(
    pytestconfig: pytest.Config,
    frame_model: str,
    frame_size: str,
    frame_runtime: str,
    model_files: Once[str, ResolvedModel],
    keep_remarks: Callable[[], None],
    frame_info: FrameInfo,
    vet_model: VetModel,
) -> ResolvedModel:
    """The cell's model on this disk, tried in another process; a size that it does not take is a skip."""
    from framegate.interfaces import Size
    from framegate.models.frame_io import check_feeds

    model = model_files(frame_model)
    frame_info.add(model_sha256=model.sha256)
    keep_remarks()
    check_feeds(catalogue_of(pytestconfig).specs[frame_model], model, Size.parse(frame_size))
    vet_model(model, frame_runtime)
    return model


@pytest.fixture
def other_inputs_of(
    pytestconfig: pytest.Config, frame_model: str, frame_size: str, resolved_model: ResolvedModel
) -> OtherInputsOf:
    """What the cell's model is fed beside the frame; which input takes the frame is noted, if that is a guess."""
    from framegate.inference.other_inputs import other_inputs
    from framegate.interfaces import Size
    from framegate.models.image_io import image_input

    spec = catalogue_of(pytestconfig).specs[frame_model]

    def others(loaded: LoadedModel) -> OtherInputs:
        inputs = loaded.inputs
        if len(inputs) > 1 and spec.inputs.frame is None:
            port = image_input(spec.name, inputs, spec.inputs)
            note(
                pytestconfig,
                f"{spec.name}: the frame goes into {port.info.name!r} ({port.reason}); write input = … in a spec for"
                " another one, or give --frame-input.",
            )
        return other_inputs(spec, resolved_model, inputs, loaded.outputs, Size.parse(frame_size))

    return others


@pytest.fixture
def loaded_model(
    pytestconfig: pytest.Config,
    resolved_model: ResolvedModel,
    runtime: Runtime,
    frame_runtime: str,
    model_shelf: ModelShelf,
    note_choice: NoteChoice,
    other_inputs_of: OtherInputsOf,
) -> LoadedModel:
    """The cell's model, loaded into the cell's runtime; it takes the frame alone."""
    from framegate.inference.closed_inputs import close_inputs

    del runtime  # the shelf takes it by its name; asked for here so that it fails, and is described, by itself
    with named(pytestconfig, "runtime", frame_runtime):
        loaded = model_shelf.get(resolved_model, frame_runtime)
    note_choice(loaded)
    return close_inputs(loaded, other_inputs_of(loaded))


@pytest.fixture
def frame_io(
    pytestconfig: pytest.Config,
    frame_model: str,
    frame_size: str,
    resolved_model: ResolvedModel,
    loaded_model: LoadedModel,
) -> FrameIO:
    """Which input takes the frame, its value range, and its shape at the cell's size."""
    from framegate.interfaces import Size
    from framegate.models.frame_io import find_frame_io

    spec = catalogue_of(pytestconfig).specs[frame_model]
    return find_frame_io(spec, resolved_model, loaded_model.inputs, Size.parse(frame_size))


@pytest.fixture
def load_path(
    pytestconfig: pytest.Config,
    resolved_model: ResolvedModel,
    runtime: Runtime,
    frame_model: str,
    frame_runtime: str,
    frame_size: str,
    note_choice: NoteChoice,
    other_inputs_of: OtherInputsOf,
    trace_timer: TraceTimer,
) -> Iterator[LoadPath]:
    """The cell's model and runtime, loaded once already: a model that this runtime does not take is a named skip."""
    from framegate.frames.clip import generate_clip
    from framegate.frames.turns import in_turn
    from framegate.inference.other_inputs import first_feeds
    from framegate.interfaces import Size
    from framegate.measure.load import LoadPath
    from framegate.models.frame_io import find_frame_io

    spec = catalogue_of(pytestconfig).specs[frame_model]

    def feeds(loaded: LoadedModel) -> Sequence[Mapping[str, Array]]:
        note_choice(loaded)
        io = find_frame_io(spec, resolved_model, loaded.inputs, Size.parse(frame_size))
        return first_feeds(other_inputs_of(loaded), io, in_turn(list(generate_clip(*io.size, frames=1))))

    with named(pytestconfig, "runtime", frame_runtime):
        path = LoadPath(resolved_model, runtime, feeds)
    trace_timer(path.timer, calls_after=0, what="load")
    yield path
    path.close()


@pytest.fixture
def load_rounds(pytestconfig: pytest.Config) -> int:
    """How often to load: ``--benchmark-min-rounds``, for a load is slow and each needs the one before it closed."""
    rounds: int = pytestconfig.getoption("benchmark_min_rounds")
    return rounds
