"""A model in a page: loaded by TF.js or another library, fed, and run for as long as it takes to know its time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from framegate.browser.answers import (
    array_from_base64,
    decode_png,
    inputs_of_page,
    kernels_of,
    largest_of,
    outputs_of_page,
    page_rounds,
    tensor_of,
    verify_camera,
)
from framegate.browser.beside import beside_of
from framegate.browser.conversions import converted_call
from framegate.browser.downloads import download_of
from framegate.browser.requests import (
    Asked,
    aim_call,
    feed_call,
    form_settings,
    library_files,
    load_call,
    page_files,
    run_call,
    start_call,
    take_call,
)
from framegate.browser.results import Delivered, PageInputs, PageLook, PageRounds, PageRun, PageView
from framegate.browser.runs import page_run
from framegate.browser.runtimes import LIBRARIES, TF_JS, PageRuntime
from framegate.browser.trace import NOTED, PRESENTED, browser_events, read_marks
from framegate.errors import BackendUnavailable, ModelError, NoAnswer, NotLoaded
from framegate.frames.numbers import RANGE
from framegate.interfaces import Range, ResolvedModel, TensorForm, TensorInfo
from framegate.models.image_io import model_inputs
from framegate.models.topology import read_model_json
from framegate.realtime.run import CAMERA, RunRequest
from framegate.results.page import Beside, KernelTime, Receipt

if TYPE_CHECKING:
    from framegate.browser.engine import DrivenBrowser, PageRoutes
    from framegate.interfaces import Array, Pixels
    from framegate.measure.events import BrowserEvents
    from framegate.words import CameraInput, PageThread

START_S, LOAD_S, ROUNDS_S = 60.0, 300.0, 300.0
"""Deadlines; a page that does not answer by then is hung, and its browser is ended."""

SLOW_S = 10.0
"""Rounds take no longer than about this, however few there are by then."""

CLICKS_PER_S = 100.0
"""How often per second a button of the mouse moves, where the page's answers are timed."""

GRAPHICS = {"webgl": "WebGL 2", "webgpu": "WebGPU"}
GRAPHICS_OF = {"texture": "webgl", "same-context": "webgl", "gpu-buffer": "webgpu"}
"""What a renderer draws with, whatever computes."""

READBACKS = {"least": 3, "most": 50, "budget_s": 0.3}

Value = TypeVar("Value")

_LONGEST = 500


class TFJSPage:
    """A page in a fresh browser, with one model on one backend of TF.js or of another library.

    TF.js has the model at once. Other libraries get it when it is known what is fed, in ``take``, as theirs is
    converted for that.

    Args:
        browser: just started, and closed by the caller.
        server: server of the page, whose routes are this page's from now on.
        runtime: what runs the model.
        model: the model's files.
        cache: where the files of TF.js, and of what else runs models, are kept.
        started_at_s: when its browser was started, in seconds since 1970.
        thread: where the model runs and draws: the page's ``main`` thread, or a ``worker``.
        document: the page, of those that are served with TF.js.
        threads: on how many threads WebAssembly is to compute; None leaves it to the library.

    Raises:
        BrowserError: the backend does not start.
        ModelError: TF.js refuses the model, in its own words.
        NotLoaded: TF.js does not load it in time.
    """

    def __init__(
        self,
        browser: DrivenBrowser,
        server: PageRoutes,
        runtime: PageRuntime,
        model: ResolvedModel,
        cache: Path,
        started_at_s: float = 0.0,
        thread: PageThread = "main",
        document: str = "index.html",
        threads: int | None = None,
    ) -> None:
        self.started_at_s = started_at_s
        self.is_used = False
        """Whether rounds have been run."""
        self.runtime, self.model = runtime, model
        self.inputs: tuple[TensorInfo, ...] = ()
        self.outputs: tuple[TensorInfo, ...] = ()
        self.largest: Mapping[str, float] = {}
        self.load_s: dict[str, float] = {}
        self._browser, self._server = browser, server
        self._named = f"model {model.name!r}"
        self._names: list[str] = []
        self._ports: dict[str, str] = {}
        self._loaded: Asked | None = None
        self._taken: Asked | None = None
        self._pictures: list[str] = []
        self._input: dict[str, Any] = {}
        self._shown: list[str] = []
        self._frames = 0
        self._first_s = 0.0
        self._threads = threads
        self._library = library_files(cache, runtime.library, runtime.version)
        self._shows_first = False
        self._receipt: Receipt | None = None
        server.serve(page_files(cache, runtime.library, runtime.version))
        browser.open(f"{server.root}{document}#{thread}", START_S)
        self._verify_graphics(runtime.backend)
        started = start_call(runtime, model.name, threads)
        self.info: dict[str, Any] = browser.call("framegate.start", started.argument, START_S)
        self._start_s = float(self.info.pop("start_s"))
        self.precision: str = self.info.pop("precision")
        """Of the numbers that the library computes with: ``float32``, or ``float16``."""
        self.info |= {"browser": browser.version, "thread": thread}
        self.info["version"] = self.info["version"] or LIBRARIES[runtime.library].version
        if runtime.library == TF_JS:
            self._load(load_call(model))
        else:
            self.inputs = model_inputs(read_model_json(model.path))

    def _load(self, asked: Asked) -> None:
        """Have the page load the model, unless it has just that."""
        if asked == self._loaded:
            return
        self._loaded = self._taken = self._receipt = None
        self._server.add(asked.files)
        try:
            loaded = self._ask("framegate.load", asked, LOAD_S, f"load {self._named} in {self.runtime.title}")
        except NoAnswer as error:
            raise NotLoaded(str(error), error.waited_s) from error
        self._refuse(loaded)
        # What some libraries know only now.
        self.info |= {name: loaded[name] for name in ("wasm_threads", "device") if name in loaded}
        self.load_s = {"start": self._start_s, "fetch": loaded["fetch_s"], "build": loaded["build_s"]}
        self._names = [str(output["name"]) for output in loaded["outputs"]]
        inputs = inputs_of_page(self.model, loaded["inputs"])
        self.inputs = tuple(inputs.values())
        self._ports = {info.name: name for name, info in inputs.items()}
        self._loaded = asked

    def _verify_graphics(self, kind: str) -> None:
        """See that the page has what draws, where browsers of this kind may be without.

        Raises:
            BackendUnavailable: it has not.
        """
        if kind in self._browser.without and not self._browser.call("faults.has", kind, START_S):
            raise BackendUnavailable(f"the browser has no {GRAPHICS[kind]}", self._browser.without[kind])

    @property
    def has_moved(self) -> bool:
        """Whether another frame than the first is on the canvas."""
        return not self._shows_first

    def _ask(self, function: str, asked: Asked, timeout_s: float, doing: str = "") -> Any:
        return self._browser.call(function, asked.argument, timeout_s, doing)

    def _refuse(self, answer: Mapping[str, Any], where: str = "") -> None:
        if "refused" in answer:
            reason = " ".join(answer["refused"].split())[:_LONGEST]
            raise ModelError(f"{self.runtime.title} refuses {self._named}{where}: {reason}")

    def take(self, pictures: Sequence[Pixels], form: TensorForm, inputs: PageInputs | None = None) -> float:
        """Feed pictures from now on, and run once; returns the seconds of that first run.

        The first picture is for that run and for others that are no frame to be looked at; frames take the others in
        turn. ``outputs`` are known then, and ``largest``, the largest value of each. What is fed already is not run
        anew.

        Args:
            pictures: uint8 RGBA (H, W, 4) of one size, four at least; five are best.
            form: how they lie in the tensor that the model takes.
            inputs: what it is fed beside them; a model with one input is fed nothing else.

        Raises:
            ModelError: the model cannot be run; the reason is the library's own.
            BackendUnavailable: the model cannot be converted for the library.
        """
        others = inputs or PageInputs(self.inputs[0].name)
        if self.runtime.library != TF_JS:
            shapes = {name: array.shape for name, array in others.arrays.items()} | {others.frame: form.shape}
            self._load(converted_call(self.runtime.library, self.model, shapes))
        asked = take_call(pictures, form, others, self._ports)
        if asked == self._taken:
            return self._first_s
        self._taken = None
        self._server.add(asked.files)
        answer = self._ask("framegate.take", asked, ROUNDS_S, f"run {self._named} in {self.runtime.title} once")
        self._refuse(answer, f" on {self.runtime.backend}")
        if "lacking" in answer:
            raise BackendUnavailable(
                f"{self.runtime.title} cannot run {self._named}: {answer['lacking']}", "name a runtime of TF.js"
            )
        self._pictures, self._input, self._frames = asked.argument["pictures"], form_settings(form), 0
        self.outputs = outputs_of_page(self._names, answer["outputs"])
        self.largest = largest_of(self.outputs, answer["outputs"])
        self._taken, self._first_s = asked, float(answer["first_s"])
        return self._first_s

    def feed(self, pictures: Sequence[Pixels]) -> None:
        """Have frames take other pictures in turn, from the next one on, while they are run by somebody else.

        What ``take`` tells is still of the pictures before; it is asked anew before anything else is.

        Args:
            pictures: as ``take`` takes them, of the same size.
        """
        asked = feed_call(pictures)
        self._taken = None
        self._server.add(asked.files)
        self._ask("framegate.feed", asked, START_S)

    def aim(
        self, outputs: Sequence[TensorInfo], renderer: str, value_range: Range, view: PageView | None = None
    ) -> None:
        """Show outputs by a renderer: ``topixels``, ``texture``, ``draw`` or ``same-context``; one frame is shown.

        Args:
            outputs: those that the view shows, the main one first.
            renderer: the page's name of the renderer.
            value_range: values of the view's picture that are black and full brightness.
            view: what shows them; without one, the first of them is the picture.

        Raises:
            BackendUnavailable: the backend has no such view or renderer; the reason is the library's own.
        """
        self._verify_graphics(GRAPHICS_OF.get(renderer, ""))
        view = view or PageView("image", outputs[0].shape[-3:])
        places = [self.outputs.index(output) for output in outputs]
        asked = aim_call(places, renderer, value_range, view)
        self._server.add(asked.files)
        refused = self._ask("framegate.aim", asked, ROUNDS_S)
        if refused is not None:
            raise BackendUnavailable(
                f"{renderer} with {LIBRARIES[self.runtime.library].title} on {self.runtime.backend}: {refused}",
                "choose another renderer",
            )
        self._shown = [output.name for output in outputs]
        self._shows_first = True

    def methods(self) -> Mapping[str, str]:
        """How each stage is ended, by stage."""
        return dict(self._browser.call("framegate.methods", {}, START_S))

    def rounds(
        self,
        least: int,
        most: int,
        budget_s: float,
        warm: int = 0,
        delays_s: Mapping[str, float] | None = None,
        *,
        noted: bool = False,
    ) -> PageRounds:
        """Run frames until the time is up, at least and at most so many; ``warm`` more before that, unmeasured.

        ``delays_s`` has stages take so many seconds longer, by real work; ``noted`` has the browser note what it does.
        """
        limits = {
            "least": least,
            "most": most,
            "budget_s": budget_s,
            "limit_s": SLOW_S,
            "warm": warm,
            "delays_s": dict(delays_s or {}),
            "has_moments": noted,
        }
        asked = Asked(limits)
        answer, trace = self._noted(lambda: self._ask("framegate.rounds", asked, ROUNDS_S + budget_s), may=noted)
        self.is_used, self._shows_first = True, False
        self._frames += len(answer["dispatch"])
        return page_rounds(answer, self._events(trace, answer))

    def _noted(self, ask: Callable[[], Any], *, must: bool = False, may: bool = False) -> tuple[Any, bytes | None]:
        """What a page answers, and the browser's trace of that time, if it must or may have one."""
        try:
            if must or may:
                categories = (*(PRESENTED if must else ()), *(NOTED if may else ()))
                self._browser.start_trace(START_S, list(dict.fromkeys(categories)))
        except BackendUnavailable:
            if must:
                raise
            return ask(), None
        answer = ask()
        return answer, self._browser.stop_trace(START_S) if must or may else None

    def _events(self, trace: bytes | None, answer: Mapping[str, Any]) -> BrowserEvents | None:
        moments_s = answer.get("moments")
        return browser_events(trace, moments_s, self.info["clock_step_s"]) if trace and moments_s else None

    def animate(self, budget_s: float) -> Delivered:
        """Run frames as the browser asks for them, for so long, and one at least."""
        limits = {"budget_s": budget_s, "patience_s": START_S}
        arrivals = Delivered(**self._browser.call("framegate.animate", limits, ROUNDS_S + budget_s))
        self._frames, self._shows_first = self._frames + arrivals.frames, False
        return arrivals

    def idle(self, lasting_s: float) -> None:
        """Have the page do nothing for so long."""
        self._browser.call("beside.idle", {"lasting_s": lasting_s}, ROUNDS_S + lasting_s)

    def beside(self, work: Callable[[], Value]) -> tuple[Value, Beside]:
        """Do some work, and tell what the page's main thread did beside it: an animation, and answers to a mouse."""
        self._browser.call("beside.begin", None, START_S)
        with self._browser.clicking(CLICKS_PER_S, ROUNDS_S):
            result = work()
        return result, beside_of(**self._browser.call("beside.end", None, START_S))

    def open_camera(self) -> Mapping[str, Any]:
        """Have the browser's first camera send frames; returns what it says of itself: its size, rate and label.

        Raises:
            BackendUnavailable: there is none, or the page may not have it.
        """
        answer: Mapping[str, Any] = self._browser.call("framegate.open_camera", {}, START_S, "open its camera")
        verify_camera(answer)
        return answer

    def run(
        self,
        request: RunRequest,
        numbers: int = RANGE,
        fed_with: CameraInput = "video",
        delays_s: Mapping[str, float] | None = None,
        *,
        traced: bool = False,
        noted: bool = False,
    ) -> PageRun:
        """Take frames to the canvas against a clock, each with its number on it.

        Args:
            request: what the run is to be; for its camera there is an open one whose pictures are numbered.
            numbers: how many different numbers the camera's pictures have, from 0 on.
            fed_with: what the model is fed of a frame of the camera.
            delays_s: seconds that stages take longer, by real work.
            traced: whether to ask the browser when frames were on the display.
            noted: whether the browser is to note what it does.
        """
        asked = run_call(request, fed_with, delays_s, traced=traced, noted=noted)
        answer, trace = self._noted(
            lambda: self._ask("framegate.run", asked, ROUNDS_S + request.seconds), must=traced, may=noted
        )
        marks = read_marks(trace) if traced and trace else None
        self._shows_first = False
        if request.scenario != CAMERA:
            self._frames += len(answer["sights"])
        offset_s, events = self._browser.clock_offset_s(START_S), self._events(trace, answer)
        measured = page_run(request, answer, offset_s, numbers, marks)
        return measured if events is None else replace(measured, events=events.moved(offset_s))

    def readback(self) -> list[float]:
        """Seconds that it takes to bring the output to JavaScript, by itself."""
        return list(map(float, self._browser.call("framegate.readback", READBACKS, ROUNDS_S)))

    def kernels(self) -> list[KernelTime]:
        """Run the model once under TF.js' own profiler."""
        return kernels_of(self._browser.call("framegate.kernels", {}, ROUNDS_S))

    def fed(self, picture: int = 0) -> Pixels:
        """What the model is fed of a picture, before it is scaled to its range: uint8 (H, W, C)."""
        answer = self._browser.call("framegate.fed", {"picture": picture}, ROUNDS_S)
        return array_from_base64(answer["values"], "uint8").reshape(answer["shape"])

    def receipt(self) -> Receipt:
        """What ran, as the library tells it, and what it took until the first frame; asked once for a model.

        Whether that frame was right is not asked here.
        """
        if self._receipt is None:
            answer = self._browser.call("framegate.receipt", None, LOAD_S)
            names = {*self._library, *(self._loaded.files if self._loaded else ())} & self._server.asked
            files = {**self._library, **(self._loaded.files if self._loaded else {})}
            size = download_of({name: files[name] for name in names})
            compile_s = self.load_s["start"] + self.load_s["build"] + self._first_s
            self._receipt = Receipt(
                asked=f"{self.runtime.title}, {self.runtime.backend}",
                precision=self.precision,
                threads=self._threads,
                bytes_raw=size.raw,
                bytes_gzip=size.gzip,
                compile_s=compile_s,
                first_frame_s=self.load_s["fetch"] + compile_s + answer.pop("first_draw_s"),
                **answer,
            )
        return self._receipt

    def drawn_by(self) -> str | None:
        """The GPU behind the WebGL contexts that the page uses, by its name; None where it uses none."""
        name = self._browser.call("framegate.drawn_by", None, START_S)
        return None if name is None else str(name)

    def look(self) -> PageLook:
        """What the last frame left on the canvas; no frame is run for it.

        Which picture it was fed follows from how many frames there were, and is not the page's to say. What the model
        makes of that picture is computed now, and for every renderer anew.
        """
        self._browser.call("framegate.rest", None, START_S)
        pixels = decode_png(self._browser.picture("canvas", ROUNDS_S))
        is_first = self._shows_first or not self._frames
        picture = 0 if is_first else 1 + (self._frames - 1) % (len(self._pictures) - 1)
        answer = self._expect(picture)
        names = {port: name for name, port in self._ports.items()}
        state = {names[port]: tensor_of(values) for port, values in answer["state"].items()}
        return PageLook(picture, self._shown_of(answer), tensor_of(answer["unit"]), pixels, state)

    def outputs_of(self, picture: int) -> Mapping[str, Array]:
        """The outputs that are shown, by name, of one of the pictures, apart from all frames, and anew each time."""
        return self._shown_of(self._expect(picture))

    def _expect(self, picture: int) -> Any:
        return self._browser.call("framegate.expect", {"picture": self._pictures[picture], **self._input}, ROUNDS_S)

    def _shown_of(self, answer: Mapping[str, Any]) -> Mapping[str, Array]:
        return dict(zip(self._shown, map(tensor_of, answer["outputs"]), strict=True))
