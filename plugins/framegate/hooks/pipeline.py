"""Fixtures: what takes the cell's frames to a screen, its measured rounds, and the check of what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from framegate.errors import WrongOutput
from framegate.hooks.matrix import BROWSER_MARKER, kind_of
from framegate.hooks.own import is_ours
from framegate.hooks.registries import catalogue_of
from framegate.hooks.report import note
from framegate.hooks.settings import per_run

if TYPE_CHECKING:
    from framegate.hooks.agreement import VerifyOutputs
    from framegate.hooks.pictures import KeepLook, KeepWrong
    from framegate.hooks.trace import WriteTrace
    from framegate.interfaces import ResolvedModel
    from framegate.measure.replay import ReplayClock
    from framegate.models.output_range import ShownRange
    from framegate.pipelines.base import Look, Pipeline
    from framegate.results.frame_info import FrameInfo
    from framegate.trace.keeper import Keeper

MeasureFrames = Callable[["Pipeline"], None]
VerifyFrames = Callable[["Pipeline"], None]
BY_CHANCE = (
    "{model} returns other outputs each time that it runs: neither they nor its pictures were compared in a page."
)


@per_run
def clock_of(config: pytest.Config) -> ReplayClock:
    """The clock that plays back what was measured elsewhere: in pages, and in runs against a clock."""
    from framegate.measure.replay import ReplayClock

    del config
    return ReplayClock()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have pytest-benchmark read that clock in the suites that play back."""
    for item in items:
        plays_back = item.get_closest_marker(BROWSER_MARKER) or "run_frames" in getattr(item, "fixturenames", ())
        if plays_back and is_ours(item):
            marker = item.get_closest_marker("benchmark")
            item.add_marker(
                pytest.mark.benchmark(**({} if marker is None else marker.kwargs), timer=clock_of(config)),
                append=False,
            )


class PytestBench:
    """pytest-benchmark's fixture, as what decides how many frames are measured."""

    def __init__(self, benchmark: Any, *, is_profiled: bool) -> None:
        self._benchmark = benchmark
        self._is_profiled = is_profiled

    @property
    def takes_batches(self) -> bool:
        """Not with timing off, nor where the gate asks for each round."""
        return bool(self._benchmark.enabled) and not getattr(self._benchmark, "runs_blocks", False)

    def run(self, frame: Callable[[], object]) -> slice:
        """Run a benchmark; it calls the function once more after its rounds, and so does a profiler, many times."""
        self._benchmark(frame)
        stats = self._benchmark.stats
        if stats is None or self._is_profiled:
            return slice(0, 0)
        return slice(-1 - stats.stats.rounds * stats.iterations, -1)

    def repeat(self, frame: Callable[[], object], rounds: int) -> None:
        """Run a benchmark of that many rounds."""
        self._benchmark.pedantic(frame, rounds=rounds, iterations=1)


@pytest.fixture
def cell_pipeline(
    request: pytest.FixtureRequest,
    benchmark: Any,
    frame_model: str,
    frame_size: str,
    frame_preprocess: str,
    frame_runtime: str,
    frame_renderer: str,
    frame_gl: str | None,
    frame_info: FrameInfo,
) -> Iterator[Pipeline]:
    """What takes the cell's frames to a screen: the fixture ``python_pipeline`` or ``page_pipeline``.

    It is called for the next frame. The axes stand here for the matrix, which knows a test by what it asks for.
    """
    del frame_model, frame_size, frame_preprocess, frame_runtime, frame_renderer, frame_gl, frame_info
    pipeline: Pipeline = request.getfixturevalue(f"{kind_of(request.node)}_pipeline")
    store_facts(benchmark.extra_info, pipeline)
    yield pipeline
    pipeline.close()


@pytest.fixture
def measure_frames(
    pytestconfig: pytest.Config,
    benchmark: Any,
    keep_look: KeepLook | None,
    trace_keeper: Keeper | None,
    write_trace: WriteTrace,
) -> MeasureFrames:
    """Has a pipeline take the benchmark's rounds, and stores the seconds of their stages.

    What the first frame shows is kept where pictures are asked for; nothing is read back without.
    """
    from framegate.results.parts import StageSamples

    bench = PytestBench(benchmark, is_profiled=bool(pytestconfig.getoption("benchmark_cprofile")))

    def measure(pipeline: Pipeline) -> None:
        pipeline.prepare(keep_look)
        pipeline.keep_calls(trace_keeper)
        stages_s = pipeline.measure(bench)
        write_trace(stages_s)
        store_facts(benchmark.extra_info, pipeline)
        if stages_s:
            StageSamples(stages_s).store(benchmark.extra_info)

    return measure


def store_facts(extra_info: dict[str, Any], pipeline: Pipeline) -> None:
    """Store what a pipeline says of itself so far."""
    for name, facts in pipeline.describe().items():
        extra_info[name] = {**extra_info.get(name, {}), **facts}


@pytest.fixture
def note_range(
    pytestconfig: pytest.Config, benchmark: Any, frame_model: str, frame_size: str, resolved_model: ResolvedModel
) -> Callable[[ShownRange], None]:
    """Stores how the values of a picture lie in the range in which it is shown, and notes a range that cannot be right.

    A picture that is all black, all white or clamped in many places is the mark of a wrong one.
    """
    from framegate.interfaces import Size
    from framegate.models.frame_io import guessed_ranges
    from framegate.results.parts import PictureValues

    spec = catalogue_of(pytestconfig).specs[frame_model]

    def store(shown: ShownRange) -> None:
        guessed = guessed_ranges(spec, resolved_model, Size.parse(frame_size), shown.shown)
        PictureValues(*shown, guessed).store(benchmark.extra_info)
        line = shown.note()
        if line is not None:
            remarks = benchmark.extra_info.get("model_remarks", [])
            benchmark.extra_info["model_remarks"] = [*remarks, line]
            note(pytestconfig, f"{frame_model}: {line}")

    return store


@pytest.fixture
def verify_frames(
    pytestconfig: pytest.Config,
    benchmark: Any,
    frame_model: str,
    note_range: Callable[[ShownRange], None],
    verify_outputs: VerifyOutputs,
    keep_wrong: KeepWrong,
) -> VerifyFrames:
    """Compares what was on the screen with what the model makes of the picture that was fed last.

    What it makes of it is computed apart from all frames. A wrong picture is kept where pictures are asked for.
    The range of the first of these pictures is stored. A page whose model throws dice, by its ops, and makes something
    else of the same picture each time, is compared with nothing.
    """
    from framegate.pipelines.verify import is_compared, verify_screen
    from framegate.results.parts import Agreement

    def is_picture_compared(look: Look) -> bool:
        try:
            return is_compared(look, verify_screen)
        except WrongOutput:
            keep_wrong(look)
            raise

    def are_outputs_compared(look: Look) -> bool:
        return is_compared(look, lambda look: verify_outputs(look.outputs, look.feeds, look.agreement))

    def verify(pipeline: Pipeline) -> None:
        looks: Sequence[Look] = pipeline.look()
        ranges = [look.shown_range for look in looks if look.shown_range is not None]
        for shown in ranges[:1]:
            note_range(shown)
        if not all(compared(look) for compared in (is_picture_compared, are_outputs_compared) for look in looks):
            note(pytestconfig, BY_CHANCE.format(model=frame_model))
            Agreement().store(benchmark.extra_info)
        if "browser" in benchmark.extra_info:  # where files of before have it
            benchmark.extra_info["browser"] |= benchmark.extra_info["agreement"]

    return verify
