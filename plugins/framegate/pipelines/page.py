"""Frames in a page: TF.js runs the model in a browser, and a canvas is the screen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, replace
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from framegate.browser.runtimes import TF_JS
from framegate.errors import BackendUnavailable, UsageError, WrongOutput
from framegate.frames.numbers import RANGE
from framegate.interfaces import ModelSpec, Pixels, Size
from framegate.leftovers import temporary_folder
from framegate.machine import is_software
from framegate.measure.replay import ReplayClock
from framegate.pipelines.base import Bench, Look, StagesS
from framegate.pipelines.page_launches import BrowserLaunch, describe_launches, joined
from framegate.pipelines.page_screen import aim_at, closeness_of, inputs_of, look_at, tolerance_of
from framegate.pipelines.page_trace import PageTrace
from framegate.realtime.run import CAMERA
from framegate.results.page import Kernels, PageCost, Presentation
from framegate.results.parts import StageSamples

if TYPE_CHECKING:
    from framegate.browser.results import Delivered, PageRounds, PageRun
    from framegate.browser.session import TFJSPage
    from framegate.measure.stages import KeepCall
    from framegate.models.frame_io import FrameIO, ShownIO
    from framegate.pipelines.page_trace import KeepEvents
    from framegate.postprocess.base import View
    from framegate.realtime.run import Run, RunRequest, Sight
    from framegate.words import CameraInput

    ViewOf = Callable[[FrameIO, ShownIO], View]

LEAST, MOST, BUDGET_S = 3, 500, 2.0
ANIMATE_S = 1.0
COST_S = 7.0
"""Seconds that the page is watched with the model and without: answers to a mouse are then enough for their p99."""
AFTER_ROUNDS, AFTER_DELIVERED = "the last measured round", "the last delivered frame"
AFTER_RUN = "the first frame after a run"
AFTER_FIRST, AFTER_KEPT = "the first frame", "the frame before the rounds"
UNHURRIED_S = 5.0
"""A first run longer than this is no warm-up that is worth another one."""

MOST_CLIP_BYTES = 200_000_000
"""Size of a camera's clip, about; a longer run sees it more than once."""
LEAST_CLIP = 100
CLIP_SPARE_S = 3.0
"""Seconds that a camera runs before frames are taken from it, about."""

Value = TypeVar("Value")


class PagePipeline:
    """Each call has the page take one frame to its canvas; many are taken at a time where that is allowed.

    Args:
        page: a page with the model.
        renewed: function that ends that page's browser and returns the same page in a new one, whose camera shows a
            video, if one is given.
        spec: the model's.
        pictures: uint8 (H, W, 3) or (H, W), preprocessed, of one size; frames take all but the first in turn.
        view_of: function that makes Python's view of what the model returns; the page's makes the same pictures.
        renderer: the page's name of it.
        clock: read by whoever times the calls; moved on by the seconds that the page measured.
        launches: number of browsers that measure, one after another.
        fed_with: what the model is fed of a camera's frame.
        budget_s: seconds that the rounds of a launch may take; None is the suites' own.
        is_traced: whether frames of runs against a clock count as shown when the display has them.
        has_cost: whether to tell what the model costs the page.
        has_kernels: whether to ask TF.js' profiler, after the rounds, which kernels the time goes to.
        keep_events: function that is given what the browser noted itself in each launch, and in a run; None has it
            note nothing.
    """

    def __init__(
        self,
        page: TFJSPage,
        renewed: Callable[[Path | None], TFJSPage],
        spec: ModelSpec,
        pictures: Sequence[Pixels],
        view_of: ViewOf,
        renderer: str,
        clock: ReplayClock,
        launches: int = 1,
        *,
        fed_with: CameraInput = "video",
        budget_s: float | None = None,
        is_traced: bool = False,
        has_cost: bool = False,
        has_kernels: bool = False,
        keep_events: KeepEvents | None = None,
    ) -> None:
        self.page = page
        self.pictures = pictures
        self._fed_with = fed_with
        self.samples: dict[str, list[float]] = {}
        self._renewed = renewed
        self._spec = spec
        self._view_of = view_of
        self._renderer = renderer
        self._clock = clock
        self._launches = launches
        self._budget_s = budget_s
        self._is_traced = is_traced
        self._has_cost = has_cost
        self._has_kernels = has_kernels
        self._delays_s: Mapping[str, float] = {}
        self._trace = PageTrace(keep_events)
        self._looks: list[Look] = []
        self._about: dict[str, Any] = {}
        self._files = ExitStack()
        self._folder: Path | None = None
        self._camera: Path | None = None
        self.frame_io, self._view, self.first_s = self._aim()

    def prepare(self, keep: Callable[[Look], None] | None = None) -> None:
        """The page has run its first picture already; another frame is taken only if it is to be kept."""
        if keep is None:
            return
        self._step()
        keep(self._look_after(AFTER_KEPT))

    def __call__(self) -> None:
        """Have the page take the next frame, and let the seconds that it measured pass on the clock."""
        rounds = self._step()
        for stage, seconds in rounds.stages_s.items():
            self.samples.setdefault(stage, []).extend(seconds)
        self._clock.advance(sum(rounds.wholes_s))

    def frame_s(self) -> float:
        """Seconds of another frame, which is no round."""
        rounds = self.page.rounds(1, 1, 0.0)
        verify_nothing_left(rounds)
        return sum(rounds.wholes_s)

    def slow(self, delays_s: Mapping[str, float]) -> None:
        """Slow stages down with real work in the page; ``{}`` restores them.

        Raises:
            ValueError: there is no such stage.
        """
        unknown = delays_s.keys() - self.samples.keys()
        if unknown:
            raise ValueError(f"no stage {', '.join(sorted(unknown))}; there is {', '.join(self.samples)}")
        self._delays_s = delays_s

    def keep_calls(self, keep: KeepCall | None) -> None:
        """Have ``keep`` given the readings of the page's own clock of all rounds from now on.

        Where the browser notes events, rounds are on the clock of these, which all launches share. Those of a run are
        on this process' clock.
        """
        self._trace.keep = keep

    def measure(self, bench: Bench) -> StagesS:
        """Have the page take frames until their time is known, as often as there are launches."""
        is_first_right = self._look_at_first()
        if not bench.takes_batches:
            bench.run(self)
            self._look(AFTER_ROUNDS)
            return {}
        launches = [self._launch(renewed=self._launches > 1) for _ in range(self._launches)]
        frames_s = [seconds for launch in launches for seconds in launch.rounds.wholes_s]
        remaining = iter(frames_s)
        bench.repeat(lambda: self._clock.advance(next(remaining)), len(frames_s))
        self._about = describe_launches(launches)
        self._about |= {"methods": dict(self.page.methods()), "readback_s": self.page.readback()}
        self._about["receipt"] = asdict(replace(self.page.receipt(), is_first_right=is_first_right))
        stages = StageSamples(joined(launches))
        if self._has_cost:
            verify_nothing_left(self._with_cost(lambda: self.page.animate(COST_S)))
        if self._has_kernels and self.page.runtime.library == TF_JS:
            self._about["kernels"] = asdict(self._kernels(stages.medians_s["inference"]))
        return stages.samples_s

    def run(self, request: RunRequest) -> Run:
        """Have the page take frames against a clock.

        A camera is a browser of its own, which shows the pictures in turn, numbered, at its rate: they have 80 pixels
        a side at least, and even sides. What waits there is the video's newest frame, and no other.

        Raises:
            UsageError: the pictures can carry no number, the camera has no rate, or more than one frame is to wait.
            BackendUnavailable: a worker has no such run.
            WrongOutput: frames left something behind.
        """
        self._verify_thread(request)
        numbers = self._point_camera(request) if request.scenario == CAMERA else RANGE

        def take() -> PageRun:
            settings = {"traced": self._is_traced, "noted": self._trace.is_noted}
            return self.page.run(request, numbers, self._fed_with, self._delays_s, **settings)

        measured = self._with_cost(take) if self._has_cost else take()
        verify_nothing_left(measured)
        self._about["receipt"] = asdict(self.page.receipt())
        run = measured.run
        if request.scenario == CAMERA:
            self._about["camera_input"] = self._fed_with
        if measured.display is not None:
            run = measured.display.run
            self._about["display"] = asdict(Presentation(measured.frames, measured.display.behind_s))
        self._trace.add_run(measured)
        shown = {sight.frame for sight in run.sights}
        for stage, samples in measured.stages_s.items():
            kept = (s for s, sight in zip(samples, measured.run.sights, strict=True) if sight.frame in shown)
            self.samples.setdefault(stage, []).extend(kept)
        # What stands on the canvas now has a number in its corner.
        verify_nothing_left(self.page.rounds(1, 1, 0.0))
        self._look(AFTER_RUN)
        return run

    def sights(self, request: RunRequest) -> AbstractContextManager[Iterator[Sight]]:
        """Refuse: a page takes the frames of a run by itself.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"a page takes the frames of a run ({request.scenario}) by itself, and pairs of launches ask for them one"
            " by one; compare stored runs with --gate, or name another --frame-runtime"
        )

    def look(self) -> Sequence[Look]:
        """The last measured round, and the last delivered frame."""
        return self._looks

    def describe(self) -> Mapping[str, Mapping[str, Any]]:
        """What the page measured beside the stages."""
        load_s = {**self.page.load_s, "first-run": self.first_s}
        return {"browser": self.page.info | {"load_s": load_s} | self._about}

    def close(self) -> None:
        """The page stays for the next cell; what its camera showed does not."""
        self._files.close()

    def _verify_thread(self, request: RunRequest) -> None:
        """Refuse what a worker cannot do, before a browser is started for it."""
        if self.page.info["thread"] == "main":
            return
        if request.scenario == CAMERA and self._fed_with == "video":
            raise BackendUnavailable(
                "a worker has no <video> that the model could be fed with",
                "add --frame-camera-input=bitmap, videoframe or imagedata, or leave --frame-page-thread out",
            )
        if self._is_traced:
            raise BackendUnavailable(
                "a trace does not say when the display had what a worker drew",
                "leave out --frame-presented or --frame-page-thread",
            )

    def _point_camera(self, request: RunRequest) -> int:
        """Have the page's browser be one whose camera shows the pictures; returns how many numbers they have."""
        from framegate.frames.files import write_y4m
        from framegate.frames.numbers import numbered_pictures
        from framegate.preprocess.tensor import with_channels

        if request.rate is None:
            raise UsageError("a page's camera has a rate; give its frames per second by --frame-rate")
        if request.queue != 1 or request.patience_s is not None:
            raise UsageError(
                "--frame-queue and --frame-patience: in a page one frame waits, the video's newest; leave both out"
            )
        if self._folder is None:
            self._folder = self._files.enter_context(temporary_folder("camera"))
        numbers = clip_length(request.rate, request.seconds, self.pictures[0].shape[:2])
        clip = self._folder / f"{numbers}-at-{request.rate}.y4m"
        if clip != self._camera:
            turns = cycle([with_channels(picture, 3) for picture in self.pictures[1:]])
            write_y4m(clip, numbered_pictures(islice(turns, numbers)), request.rate)
            self._renew(clip)
            self.page.open_camera()
        return numbers

    def _renew(self, camera: Path | None) -> None:
        self.page, self._camera = self._renewed(camera), camera
        self.frame_io, self._view, self.first_s = self._aim()

    def _aim(self) -> tuple[FrameIO, View, float]:
        from framegate.models.frame_io import find_frame_io, find_shown
        from framegate.models.graph_parts import is_random
        from framegate.models.topology import read_model_json
        from framegate.preprocess.tensor import with_channels

        self._is_random = is_random(read_model_json(self.page.model.path))
        size = Size(*self.pictures[0].shape[:2])
        frame_io = find_frame_io(self._spec, self.page.model, self.page.inputs, size)
        self._others, fed = inputs_of(self._spec, self.page, size)
        first_s = self.page.take([with_channels(picture, 4) for picture in self.pictures], frame_io.form, fed)
        shown = find_shown(self._spec, self.page.model, self.page.outputs, self.page.largest)
        view = self._view_of(frame_io, shown)
        aim_at(self.page, view, shown, with_channels(self.pictures[0], 3), self._renderer)
        return frame_io, view, first_s

    def _kernels(self, inference_s: float) -> Kernels:
        device = self.page.info["device"] or self.page.drawn_by()
        return Kernels.of(
            self.page.kernels(),
            inference_s,
            has_timer=self.page.info["has_timer"],
            is_software=None if device is None else is_software(device),
        )

    def _with_cost(self, work: Callable[[], Value]) -> Value:
        """Have the model work, and keep what that costs the page."""
        _, alone = self.page.beside(lambda: self.page.idle(COST_S))
        result, with_model = self.page.beside(work)
        self._about["cost"] = asdict(PageCost(alone, with_model))
        return result

    def _step(self) -> PageRounds:
        rounds = self.page.rounds(1, 1, 0.0, delays_s=self._delays_s)
        verify_nothing_left(rounds)
        self._trace.add_rounds(rounds)
        return rounds

    def _launch(self, *, renewed: bool) -> BrowserLaunch:
        if renewed and self.page.is_used:
            self._renew(None)
        is_first = not self.page.is_used
        budget_s = BUDGET_S if self._budget_s is None else self._budget_s
        warm = int(self.first_s < UNHURRIED_S)
        rounds = self.page.rounds(LEAST, MOST, budget_s, warm, noted=self._trace.is_noted)
        verify_nothing_left(rounds)
        self._trace.add_rounds(rounds)
        self._look(AFTER_ROUNDS)
        animated = self.page.animate(ANIMATE_S)
        verify_nothing_left(animated)
        self._look(AFTER_DELIVERED)
        return BrowserLaunch(rounds, animated, rounds.first_at_s - self.page.started_at_s if is_first else None)

    def _look_at_first(self) -> bool | None:
        """Look at what the canvas got before all frames; None where that takes too long, or is the model's memory."""
        if self.first_s > UNHURRIED_S or self._others.state or self.page.has_moved:
            return None
        self._look(AFTER_FIRST)
        return True

    def _look(self, after: str) -> None:
        self._looks.append(self._look_after(after))

    def _look_after(self, after: str) -> Look:
        from framegate.preprocess.tensor import ToTensor, with_channels

        look, io = self.page.look(), self.frame_io
        picture = self.pictures[look.picture]
        feeds = self._others.with_state(look.state).joined({io.input.name: ToTensor(io.form)(picture)})
        tolerance = tolerance_of(self._renderer)
        seen = look_at(look, self._view, with_channels(picture, 3), tolerance, after, feeds, closeness_of(self.page))
        # The last picture of the turns comes before all others.
        number = (look.picture - 1) % len(self.pictures)
        # Of any other model, outputs that change by themselves are a fault of the page.
        has_others = self._is_random and not self._others.state
        again = (lambda: self.page.outputs_of(look.picture)) if has_others else None
        return replace(seen, fed=picture, number=number, again=again)


def clip_length(rate: float, seconds: float, size: tuple[int, ...]) -> int:
    """Number of pictures of a camera's clip: enough for a run, or as many as its file may hold, over and over."""
    most = MOST_CLIP_BYTES * 2 // (3 * math.prod(size))
    return max(LEAST_CLIP, min(most, RANGE, math.ceil(rate * (seconds + CLIP_SPARE_S))))


def verify_nothing_left(measured: PageRounds | Delivered | PageRun) -> None:
    """Refuse a page that grows.

    Raises:
        WrongOutput: tensors or bytes were left behind.
    """
    if measured.tensors_left > 0 or measured.bytes_left > 0:
        raise WrongOutput(
            f"{measured.frames} frames left {measured.tensors_left} tensors and {measured.bytes_left} bytes behind"
        )
