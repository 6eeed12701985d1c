"""TF.js in a browser: what a page said of itself, and what it measured besides the rounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from framegate.results.parts import Part

CLOSE = (0.7, 1.3)
"""What all kernels together may be of the inference that was measured without them being timed."""


@dataclass(frozen=True)
class Arrivals:
    """Frames that came to the canvas as the browser asked for them, one at a time.

    Attributes:
        frames: count of the frames.
        callbacks: how often the browser asked for one.
        seconds: time from the first callback's registration to the last frame in the canvas.
        frames_per_s: ``frames`` by ``seconds``.
    """

    frames: int
    callbacks: int
    seconds: float
    frames_per_s: float

    @classmethod
    def of(cls, frames: int, callbacks: int, seconds: float) -> Self:
        """The same with its rate."""
        return cls(frames, callbacks, seconds, frames / seconds)


@dataclass(frozen=True)
class PageLaunch:
    """One browser that the cell was measured in.

    Attributes:
        median_s: median seconds of a frame.
        rounds: count of the rounds.
        start_s: seconds from the browser's start to the end of its first frame; None if another cell had that frame.
    """

    median_s: float
    rounds: int
    start_s: float | None = None


@dataclass(frozen=True)
class KernelTime:
    """One call of a kernel.

    Attributes:
        name: the kernel's name.
        time_s: its seconds; None where the backend does not tell.
        shapes: the shapes of its outputs.
    """

    name: str
    time_s: float | None
    shapes: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Kernels:
    """The kernels of one run of a model.

    Attributes:
        times: the kernels, in the order in which they ran.
        sum_s: seconds of all kernels that have a time.
        not_trusted: reasons not to trust the times.
    """

    times: tuple[KernelTime, ...]
    sum_s: float
    not_trusted: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        times: Sequence[KernelTime],
        inference_s: float,
        *,
        has_timer: bool | None = None,
        is_software: bool | None = None,
    ) -> Self:
        """The kernels, judged beside a run in which they were not timed.

        Args:
            times: the kernels of one run.
            inference_s: median seconds of the stage that runs them, untimed.
            has_timer: whether the device has a clock of its own; None where no device is waited for.
            is_software: whether a GPU's work was done by the CPU; None where no GPU was asked for any.
        """
        sum_s = sum(kernel.time_s or 0.0 for kernel in times)
        doubts = _doubts(times, sum_s / inference_s, has_timer=has_timer, is_software=is_software)
        return cls(tuple(times), sum_s, tuple(doubts))


def _doubts(
    times: Sequence[KernelTime], share: float, *, has_timer: bool | None, is_software: bool | None
) -> Iterator[str]:
    untold = sum(kernel.time_s is None for kernel in times)
    if untold:
        yield f"{untold} of {len(times)} kernels have no time"
    if has_timer is False:
        yield "the device has no timer, so that waiting for each kernel, or handing it over only, is in its time"
    if is_software:
        yield "a software GPU computed them, on cores that it shares with the page"
    if not CLOSE[0] <= share <= CLOSE[1]:
        yield f"together they are {100 * share:.0f}% of the inference that was measured without timing them"


@dataclass(frozen=True)
class Presentation:
    """What a trace says of a run against a clock.

    Attributes:
        drawn: count of the frames that came to the canvas.
        behind_s: seconds from a frame's being in the canvas to its being on the display, for each that was there.
    """

    drawn: int
    behind_s: Sequence[float] = ()


@dataclass(frozen=True)
class Beside:
    """What a page's main thread did in some time: a small animation, and answers to a mouse.

    Attributes:
        seconds: length of that time.
        ticks: how often the animation had a frame.
        ticks_per_s: ``ticks`` by ``seconds``.
        longest_gap_s: longest time without a frame of the animation.
        inputs: how often a button of the mouse moved.
        delay_p99_s: bound that 99 % of the answers come within, with 99 % confidence; None with too few of them.
        delay_longest_s: the longest time until an answer.
    """

    seconds: float
    ticks: int
    ticks_per_s: float
    longest_gap_s: float
    inputs: int
    delay_p99_s: float | None
    delay_longest_s: float


@dataclass(frozen=True)
class PageCost:
    """What a model costs the page that it runs in.

    Attributes:
        alone: what the page did while the model did nothing.
        with_model: what it did while the model took frames to the canvas.
    """

    alone: Beside
    with_model: Beside


@dataclass(frozen=True)
class Receipt:
    """What a page's cell is made of: what was asked for, what ran, and what it takes until there is a first frame.

    Attributes:
        asked: the library with its version, and its backend.
        ran: the backend that ran the model.
        precision: type of the numbers that it computes with.
        nodes: count of the model's nodes, as the library has them; None where it does not tell.
        elsewhere: count of those that ran elsewhere than on the backend; None where it does not tell.
        note: where they ran, or why.
        threads: threads that were asked for; None where the library chose.
        bytes_raw: bytes of the library and the model that the page downloaded.
        bytes_gzip: the same, each file packed by gzip.
        compile_s: seconds of starting the library, of making the model ready and of its first run.
        first_frame_s: these, and those of getting the model from a server on this machine and of drawing.
        is_first_right: whether that frame was looked at and found right; None where it was not looked at.
    """

    asked: str
    ran: str
    precision: str
    nodes: int | None = None
    elsewhere: int | None = None
    note: str | None = None
    threads: int | None = None
    bytes_raw: int = 0
    bytes_gzip: int = 0
    compile_s: float = 0.0
    first_frame_s: float = 0.0
    is_first_right: bool | None = None

    @property
    def is_partial(self) -> bool:
        """Whether a part of the model ran elsewhere than was asked for: its times are not those of the backend."""
        return bool(self.elsewhere)


@dataclass(frozen=True)
class Page(Part):
    """A page's own account; None, or nothing, where it did not say.

    Attributes:
        library: what ran the model: ``tfjs``, ``ort`` or ``litert``.
        version: version of the library.
        backend: the library's backend.
        tfjs: version of TF.js, where that ran the model.
        browser: version of the browser.
        browser_name: the browser's own name: ``Chromium``, ``Google Chrome``, ``Microsoft Edge``, ``Firefox``.
        gpu: what the browser was asked to draw with: ``software`` or ``native``.
        thread: where the model ran and drew: ``main`` or ``worker``.
        device: the GPU, as WebGL or WebGPU names it.
        has_timer: whether that device has a clock of its own.
        flags: TF.js' flags.
        cores: cores that the browser tells of.
        wasm_simd: whether WebAssembly computes with SIMD.
        wasm_threads: threads of WebAssembly.
        clock_step_s: smallest step of the page's clock.
        methods: stage -> how its end is awaited.
        load_s: part of the load -> its seconds.
        dispatch_s: seconds of each round until the call that runs the model returned.
        readback_s: seconds of bringing the output to JavaScript by itself, one for each time.
        outside: share of the time that is in no stage.
        tensors_left: tensors that the rounds left behind.
        bytes_left: bytes that they left behind.
        bytes_read: bytes that they read back from devices of WebGPU.
        raf: frames under ``requestAnimationFrame``.
        launches: the browsers that the cell was measured in.
        compared_with: runtime that the output was compared with; None where nothing could be compared.
        differs_by: largest difference, as a share of the output's range.
        kernels: the kernels of one run, where they were asked for.
        camera_input: what TF.js was fed of a frame of a camera; None without a camera.
        display: what a trace says of a run against a clock, where it was asked for.
        cost: what the model costs the page, where it was asked for.
        receipt: what ran, and what it takes until there is a first frame.
    """

    key = "browser"
    library: str = "tfjs"
    version: str | None = None
    backend: str | None = None
    tfjs: str | None = None
    browser: str | None = None
    browser_name: str | None = None
    gpu: str | None = None
    thread: str = "main"
    device: str | None = None
    has_timer: bool | None = None
    flags: Mapping[str, Any] | None = None
    cores: int | None = None
    wasm_simd: bool | None = None
    wasm_threads: int | None = None
    clock_step_s: float | None = None
    methods: Mapping[str, str] | None = None
    load_s: Mapping[str, float] | None = None
    dispatch_s: tuple[float, ...] = ()
    readback_s: tuple[float, ...] = ()
    outside: float | None = None
    tensors_left: int | None = None
    bytes_left: int | None = None
    bytes_read: int | None = None
    raf: Arrivals | None = None
    launches: tuple[PageLaunch, ...] = ()
    compared_with: str | None = None
    differs_by: float | None = None
    kernels: Kernels | None = None
    camera_input: str | None = None
    display: Presentation | None = None
    cost: PageCost | None = None
    receipt: Receipt | None = None
