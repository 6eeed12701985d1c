"""Fixtures: what is stored of a benchmark beside its rounds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.matrix import kind_of
from framegate.hooks.registries import catalogue_of

if TYPE_CHECKING:
    from framegate.interfaces import Array, GLContext, LoadedModel, Renderer, ResolvedModel, Runtime
    from framegate.measure.frame import FrameLoop
    from framegate.measure.stages import StageTimer
    from framegate.models.frame_io import ShownIO
    from framegate.pipelines.model_size import SizeStudy
    from framegate.results.frame_info import FrameInfo


@pytest.fixture
def store_stages(pytestconfig: pytest.Config, benchmark: Any, frame_info: FrameInfo) -> Callable[..., bool]:
    """Puts a timer's samples of the benchmark's rounds into ``extra_info["stages_s"]``, and says whether it did.

    Nothing is stored with timing off, when there are no rounds, nor with ``--benchmark-cprofile``, which calls the
    function under a profiler after the rounds.
    """
    from framegate.results.parts import StageSamples

    del frame_info  # asked for as it describes the cell

    def store(timer: StageTimer, calls_after: int = 1) -> bool:
        samples_s = samples_of_rounds(pytestconfig, benchmark, timer, calls_after)
        if samples_s:
            StageSamples(samples_s).store(benchmark.extra_info)
        return bool(samples_s)

    return store


def samples_of_rounds(
    config: pytest.Config, benchmark: Any, timer: StageTimer, calls_after: int
) -> dict[str, list[float]]:
    """A timer's samples of the benchmark's rounds, by stage; none with timing off, or under a profiler.

    Args:
        config: pytest's.
        benchmark: pytest-benchmark's fixture, whose benchmark has run.
        timer: what it called.
        calls_after: calls of it since the rounds.
    """
    if benchmark.stats is None or config.getoption("benchmark_cprofile"):
        return {}
    return timer.rounds(benchmark.stats.stats.rounds * benchmark.stats.iterations, calls_after)


@pytest.fixture
def store_memory(request: pytest.FixtureRequest, benchmark: Any, frame_info: FrameInfo) -> Callable[[], None]:
    """Puts the process' memory into ``extra_info["memory"]``; to be called when the rounds are over.

    ``peak_bytes`` is the most since this fixture was set up, so it is asked for before what loads a model;
    ``steady_bytes`` is what is held now. None is what the system does not say. Nothing is stored with timing off, nor
    for pages, whose models other processes hold.
    """
    from framegate.gate.worker.memory import forget_peak, peak_bytes, resident_bytes
    from framegate.pipelines.base import PYTHON
    from framegate.results.parts import Memory

    del frame_info  # asked for as it describes the cell
    forgotten = forget_peak()

    def store() -> None:
        if benchmark.stats is None or kind_of(request.node) != PYTHON:
            return
        steady = resident_bytes()  # first: what is held grows a little with each look at it
        Memory(peak_bytes() if forgotten else None, steady).store(benchmark.extra_info)

    return store


@pytest.fixture
def store_costs(
    benchmark: Any,
    gl_context: GLContext,
    render_loop: FrameLoop,
    store_stages: Callable[..., bool],
    frame_info: FrameInfo,
    verify_pixels: Callable[[Renderer, Array], None],
) -> Callable[[Renderer, Array], None]:
    """Stores the stages, measures a renderer's passes, and puts their costs into ``extra_info["screen"]``.

    What the passes drew is then compared. Nothing is stored with timing off, and no costs of a renderer without passes.
    """
    from framegate.gl.timer import device_clock
    from framegate.measure.device import measure_costs

    def store(renderer: Renderer, tensor: Array) -> None:
        is_timed, passes = store_stages(render_loop.timer), renderer.passes()
        if not (is_timed and passes):
            return
        with ExitStack() as objects:
            clock = device_clock(gl_context, objects)
            costs = measure_costs(tensor, renderer.stages()[0].call, passes, gl_context.finish, clock)
        verify_pixels(renderer, tensor)
        replace(costs, is_gpu_s_trusted=not frame_info.cell.is_software).store(benchmark.extra_info)

    return store


@pytest.fixture(scope="session")
def size_study() -> SizeStudy:
    """The networks of the study so far, on a machine whose rates are measured once a session."""
    from framegate.measure.ceilings import measure_ceilings
    from framegate.pipelines.model_size import SizeStudy

    return SizeStudy(measure_ceilings())


@pytest.fixture
def store_size(
    request: pytest.FixtureRequest,
    benchmark: Any,
    frame_model: str,
    frame_size: str,
    resolved_model: ResolvedModel,
    runtime: Runtime,
    warm_model: LoadedModel,
    model_feeds: dict[str, Array],
    frame_shown: ShownIO,
    size_study: SizeStudy,
) -> Callable[[], None]:
    """Puts the network's facts into ``extra_info["model_size"]``.

    The output of a quantised network is compared with that of the network of the same name without the suffix, if the
    run has it. Nothing is stored with timing off.
    """
    from framegate.interfaces import Size
    from framegate.pipelines.model_size import Network

    def store() -> None:
        if benchmark.stats is None:
            return
        spec = catalogue_of(request.config).specs[frame_model]
        network = Network(frame_model, spec, resolved_model, Size.parse(frame_size), runtime)
        output = warm_model.run(model_feeds)[frame_shown.output.name]
        size_study.record(network, output, frame_shown.value_range, benchmark.stats.stats.median).store(
            benchmark.extra_info
        )

    return store
