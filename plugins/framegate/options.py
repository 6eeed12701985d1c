"""The options of the suites: a table for each of the values that they fill."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast, get_args

from framegate.option import Flag, Names, Option, choice, count, file, whole
from framegate.words import BrowserGPU, BrowserName, CameraInput, Fit, OutOfRange, PageThread, Scaling

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.option import Table
    from framegate.realtime.schedule import Rate
    from framegate.values import BrowserRequest, Drawing, GLRequest, InputValue, Size

DAY_S = 24 * 3600


def words(name: str, about: str, known: tuple[str, ...]) -> Option:
    """An option that takes one of a few words, the first of them where it is not given."""
    return Option(name=name, about=about, metavar="|".join(known), parse=choice(known), default=known[0])


def trial(flag: str, argument: str) -> int | None:
    """Seconds, or ``off`` for none."""
    from framegate.errors import UsageError

    seconds = whole(argument, 1, DAY_S)
    if seconds is None and argument != "off":
        raise UsageError(f"{flag} {argument!r} is not a whole number from 1 to {DAY_S}, nor off")
    return seconds


def size(flag: str, argument: str) -> Size:
    """Pixels, as in ``640x480``."""
    from framegate.errors import UsageError
    from framegate.values import Size

    try:
        return Size.parse(argument)
    except UsageError as error:
        raise UsageError(f"{flag}: {error}") from None


def axis(name: str, about: str) -> Names:
    """An axis of the matrix."""
    return Names(name=f"frame-{name}", about=f"{about}; comma-separated or repeated", metavar=name.upper())


def report_file(flag: str, argument: str) -> Path:
    """A file that can be written, whose folder is made."""
    from framegate.files import check_folder

    check_folder(Path(argument).parent, flag)
    return file(flag, argument)


def trace_folder(flag: str, argument: str) -> Path:
    """A folder in which files can be written; it is made."""
    from framegate.files import check_folder

    check_folder(Path(argument), flag)
    return Path(argument)


def input_value(flag: str, argument: str) -> tuple[str, InputValue]:
    """An input and what it is fed, as in ``ratio=0.25``."""
    from framegate.models.input_keys import read_input_value

    return read_input_value(flag, argument)


def tfjs_flags(flag: str, argument: str) -> str:
    """Flags of TF.js, as in ``WEBGL_PACK=false``."""
    from framegate.browser.variants import flags_text

    return flags_text(flag, argument)


def tfjs_version(flag: str, argument: str) -> str:
    """A version of TF.js, as in ``4.20.0``."""
    from framegate.browser.variants import version_text

    return version_text(flag, argument)


def rate(flag: str, argument: str) -> Rate:
    """Frames per second, or ``max``."""
    from framegate.realtime.schedule import parse_rate

    return parse_rate(flag, argument)


def budget(flag: str, argument: str) -> float:
    """Seconds of a frame, written as ``30fps`` or ``33.3ms``."""
    import re

    from framegate.errors import UsageError

    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)(fps|ms)", argument.strip())
    if match is None or not float(match[1]):
        raise UsageError(f"{flag} {argument!r} is no time of a frame; write 30fps or 33.3ms")
    number = float(match[1])
    return 1 / number if match[2] == "fps" else number / 1000


FRAME = {
    "model": axis(
        "model",
        "model: a name from models/*.toml, a folder or model.json, a spec.toml, or SOURCE:LOCATOR such as npm:...",
    ),
    "size": axis("size", "input size in pixels: 256, or 640x480 (width x height)"),
    "preprocess": axis(
        "preprocess",
        "preprocessing: none, all, own (what the model's spec names), or step names joined by '+' (greyscale+invert)",
    ),
    "runtime": axis("runtime", "runtime that runs the model, or 'all'"),
    "renderer": axis("renderer", "renderer that takes the output to the screen, or 'all'"),
    "gl": axis(
        "gl", "GL context that renderers draw in: auto, egl, egl:N (its device N, from 0), glfw, osmesa, null, or 'all'"
    ),
    "source": Option(
        name="frame-source",
        about="frame source: photo, clip (or clip:1920x1080, any size), camera:0, or an image or video file",
        metavar="SOURCE",
        default="photo",
    ),
    "fit": words("frame-fit", "how a frame is brought to the model's input", get_args(Fit)),
    "view": Option(
        name="frame-view",
        about="view that shows what models return: image, mask, classes, heatmap, boxes, points, label, subpixel, or a"
        " plugin's",
        metavar="VIEW",
        unset="what the spec names, else a guess",
    ),
    "output": Names(
        name="frame-output",
        about="output of the model that the view shows; comma-separated or repeated where it shows several",
        metavar="NAME",
        unset="what the spec names, else a guess",
    ),
    "input": Option(
        name="frame-input",
        about="input of the model that takes the frame",
        metavar="NAME",
        unset="what the spec names, else a guess",
    ),
    "input_values": Names(
        name="frame-input-value",
        about="what another input is fed in every frame: a number, true, false, a picture or an .npy file, as in"
        " ratio=0.25; comma-separated or repeated, each for another input",
        metavar="NAME=VALUE",
        parse=input_value,
        ini=False,
    ),
    "tfjs_flags": Names(
        name="frame-tfjs-flag",
        about="run TF.js with a flag of its environment, as in WEBGL_PACK=false, several joined by '+', or none;"
        " comma-separated or repeated, each a cell of its own",
        metavar="NAME=VALUE",
        parse=tfjs_flags,
        unset="none",
    ),
    "tfjs_versions": Names(
        name="frame-tfjs-version",
        about="run another version of TF.js, as in 4.20.0; comma-separated or repeated, each a cell of its own",
        metavar="VERSION",
        parse=tfjs_version,
        unset="the one that Framegate knows",
    ),
    "browsers": Names(
        name="frame-browser",
        about="browser that runs a page: chromium, chrome, msedge, firefox, adb (the Chrome of a phone), or auto: an"
        " installed Chrome or Chromium; comma-separated or repeated, each a cell of its own",
        metavar="NAME",
        parse=choice(get_args(BrowserName)),
        unset="auto",
    ),
    "threads": Option(
        name="frame-threads",
        about="threads that every runtime computes on",
        metavar="N",
        parse=count(1024),
        unset="the cores this process may use",
    ),
    "timeout_s": Option(
        name="frame-timeout",
        about="seconds after which a benchmark that has not ended is taken for hung, and ends the run",
        metavar="SECONDS",
        parse=count(DAY_S),
        default=3600,
    ),
    "limit_s": Option(
        name="frame-run-limit",
        about="seconds that the run may take: what tells most comes first, and what there is no time for is skipped, as"
        " is, after one slow frame, what a page has software draw",
        metavar="SECONDS",
        parse=count(DAY_S),
        unset="as long as it takes",
        in_worker=False,
    ),
    "trial_s": Option(
        name="frame-trial",
        about="seconds for the trial of a new model in a process of its own; 'off' for models that you trust",
        metavar="SECONDS",
        parse=trial,
        default=120,
    ),
    "require": Names(
        name="frame-require",
        about="backend (runtime, renderer, GL context or model source) that must be available: its skips become errors;"
        " comma-separated or repeated",
        metavar="NAME",
        ini=False,
    ),
    "budget_s": Option(
        name="frame-budget",
        about="time of a frame that counts as real-time at the end of a run: 30fps, 16ms",
        metavar="TIME",
        parse=budget,
        default=1 / 30,
        unset="30fps",
    ),
    "in_bench": Flag(
        name="frame-bench",
        about="have a run speak in the words of framegate bench, which sets this, and fail if nothing is measured",
        ini=False,
        in_worker=False,
    ),
    "tables": Flag(
        name="frame-tables",
        about="print the tables behind the answer of a run: pytest-benchmark's, and those of Framegate",
        in_worker=False,
    ),
    "pictures": Option(
        name="frame-pictures",
        about="write each cell's picture, as read back from the screen, and the one its model was fed, as PNG files",
        metavar="FOLDER",
        parse=lambda _, argument: Path(argument),
        ini=False,
    ),
    "report": Option(
        name="frame-report",
        about="write the report of the run as one page of HTML: the answer, bars, rounds, pictures and tables",
        metavar="FILE",
        parse=report_file,
        ini=False,
        in_worker=False,
    ),
    "trace": Option(
        name="frame-trace",
        about="write a trace of each cell's frames, stage by stage, which Perfetto and the Firefox Profiler open",
        metavar="FOLDER",
        parse=trace_folder,
        ini=False,
        in_worker=False,
    ),
}
"""For `Options`."""

DRAWING = {
    "out_of_range": words(
        "frame-out-of-range",
        "values that no pixel can show: clamp them, or refuse the picture",
        get_args(OutOfRange),
    ),
    "window": Option(
        name="frame-window-size",
        about="scale pictures to a window of this size, as in 640x480",
        metavar="SIZE",
        parse=size,
        unset="their own size",
    ),
    "scaling": words("frame-scaling", "how a picture is scaled to --frame-window-size", get_args(Scaling)),
}
"""For `Drawing`."""

GL = {
    "window": Flag(
        name="frame-window", about="show the pictures of the glfw context in a window; auto then takes glfw"
    ),
    "vsync": Flag(
        name="frame-vsync",
        about="have glfw's swaps wait for the display, which 'present' then measures; auto then takes glfw",
    ),
}
"""For `GLRequest`."""

BROWSER = {
    "path": Option(
        name="frame-browser-path",
        about="the program of the browser to start, with --frame-browser=adb that of adb",
        metavar="PROGRAM",
        unset="an installed one, else playwright's",
    ),
    "gpu": words(
        "frame-browser-gpu",
        "the GPU that a browser draws with: its own software, or the machine's",
        get_args(BrowserGPU),
    ),
    "thread": words(
        "frame-page-thread",
        "where a page's model runs and draws: the page's main thread, or a worker, beside which the page stays free",
        get_args(PageThread),
    ),
    "headed": Flag(name="frame-headed", about="show the window of the browser that test_browser measures in"),
    "launches": Option(
        name="frame-launches",
        about="browsers, started one after another, that each cell of test_browser is measured in",
        metavar="N",
        parse=count(100),
        default=1,
    ),
    "cost": Flag(
        name="frame-page-cost",
        about="count the frames of an animation and time the answers to a mouse in a page with its model and without",
    ),
    "kernels": Flag(name="frame-kernels", about="have test_browser take TF.js' times of single kernels as well"),
    "camera_input": words(
        "frame-camera-input",
        "what TF.js is fed of a frame of a page's camera: the video itself, or what is made of it",
        get_args(CameraInput),
    ),
    "presented": Flag(
        name="frame-presented",
        about="take a page's frame for shown when the display has it, by a trace of the browser",
    ),
    "timeout_s": Option(
        name="frame-browser-timeout",
        about="seconds for a page to load a model, to run it first, and for its rounds, each",
        metavar="SECONDS",
        parse=count(DAY_S),
        unset="300",
    ),
    "recording": Option(
        name="frame-recording",
        about="store the frames that framegate live has measured, and measure none; it writes FILE itself",
        metavar="FILE",
        parse=lambda _, argument: Path(argument),
        ini=False,
    ),
}
"""For `BrowserRequest`."""


REALTIME = {
    "scenario": axis(
        "scenario",
        "how frames come in test_realtime: camera (on a schedule that waits for nobody), single-stream (the next when"
        " the last is on the screen), offline (all at once), or 'all'",
    ),
    "rate": Names(
        name="frame-rate",
        about="frames per second of the camera in test_realtime, as in 30 or 30000/1001, or 'max' for the highest that"
        " is sustained; comma-separated or repeated",
        metavar="RATE",
        parse=rate,
        default=(30.0,),
        unset="30",
    ),
    "pipeline": axis(
        "pipeline",
        "order of the stages in test_realtime: serial (one frame after another), overlapped (several frames at once),"
        " or 'all'",
    ),
    "seconds": Option(
        name="frame-seconds",
        about="seconds that each run of test_realtime takes",
        metavar="SECONDS",
        parse=count(DAY_S),
        default=24,
    ),
    "queue": Option(
        name="frame-queue",
        about="frames of a camera that wait for the pipeline at most; a new one pushes out the oldest",
        metavar="N",
        parse=count(1000),
        default=1,
    ),
    "patience_ms": Option(
        name="frame-patience",
        about="age in milliseconds at which a camera's frame is dropped as late when its turn comes, in place of being"
        " shown",
        metavar="MS",
        parse=count(3_600_000),
        unset="any age is shown",
    ),
    "intervals": Option(
        name="frame-age",
        about="frame intervals under which 99 % of the ages have to be for a rate that --frame-rate=max finds",
        metavar="N",
        parse=count(1000),
        default=2,
    ),
    "once": Flag(name="frame-once", about="end a run of test_realtime when its frame source has no more frames"),
    "in_flight": Option(
        name="frame-in-flight",
        about="frames that are on their way at once in an overlapped pipeline",
        metavar="N",
        parse=count(1000),
        default=3,
    ),
}
"""For `Options`: runs against a clock."""


class Options(NamedTuple):
    """What the user asked for; an axis that nobody named is an empty tuple."""

    model: tuple[str, ...]
    size: tuple[str, ...]
    preprocess: tuple[str, ...]
    runtime: tuple[str, ...]
    renderer: tuple[str, ...]
    gl: tuple[str, ...]
    source: str
    fit: Fit
    view: str | None
    output: tuple[str, ...]
    input: str | None
    input_values: tuple[tuple[str, InputValue], ...]
    tfjs_flags: tuple[str, ...]
    tfjs_versions: tuple[str, ...]
    browsers: tuple[BrowserName, ...]
    threads: int | None
    timeout_s: int
    limit_s: int | None
    trial_s: int | None
    require: tuple[str, ...]
    budget_s: float
    in_bench: bool
    tables: bool
    pictures: Path | None
    report: Path | None
    trace: Path | None
    scenario: tuple[str, ...]
    rate: tuple[Rate, ...]
    pipeline: tuple[str, ...]
    seconds: int
    queue: int
    patience_ms: int | None
    intervals: int
    once: bool
    in_flight: int
    drawing: Drawing
    request: GLRequest
    browser: BrowserRequest

    def axis(self, name: str) -> tuple[str, ...]:
        """The values asked for on one axis of the matrix."""
        return cast("tuple[str, ...]", getattr(self, name))


TABLES = (FRAME, DRAWING, GL, BROWSER, REALTIME)


def options_from(read: Callable[[Table], dict[str, Any]]) -> Options:
    """What the user asked for.

    Args:
        read: the values of a table's options by the field that each of them fills.
    """
    from framegate.values import BrowserRequest, Drawing, GLRequest

    return Options(
        **read(FRAME),
        **read(REALTIME),
        drawing=Drawing(**read(DRAWING)),
        request=GLRequest(**read(GL)),
        browser=BrowserRequest(**read(BROWSER)),
    )
