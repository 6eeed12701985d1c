"""What a page's ways to its canvas cost in real Chromium, and how much of its frames is outside of the stages."""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median

from framegate.browser.chromium import find_chromium, flags
from framegate.browser.driver import Browser
from framegate.browser.runtimes import PageRuntime
from framegate.browser.server import page_server
from framegate.browser.session import TFJSPage
from framegate.browser.tfjs import tfjs_files
from framegate.frames.sources import open_frames
from framegate.frames.turns import in_turn
from framegate.interfaces import ResolvedModel, Size, TensorForm
from framegate.models import specs
from framegate.models.sources import builtin
from framegate.paths import cache_dir
from framegate.preprocess.pipeline import Preprocessor
from framegate.preprocess.tensor import with_channels
from speed.figures import Figures, report

MODEL = "pix2pix-256-f8"
TRIES = 3


def opened(backend: str, model: ResolvedModel, stack: ExitStack) -> TFJSPage:
    """A page of the model that was fed a photo."""
    browser = Browser(find_chromium(), flags("software"))
    stack.callback(browser.close)
    page = TFJSPage(browser, stack.enter_context(page_server()), PageRuntime(backend), model, cache_dir())
    photo = Preprocessor(Size(256, 256), "crop", []).picture(open_frames("photo")[0])
    pictures = [with_channels(each, 4) for each in in_turn([photo])]
    page.take(pictures, TensorForm(Size(256, 256), 1, "float32", ((-1, 1),)))
    return page


def measure() -> Figures:
    """A ratio of times, and percent."""
    tfjs_files(cache_dir())
    model = specs.resolve(specs.find_spec(MODEL), builtin())
    figures = {}
    with ExitStack() as stack:
        for backend in ("wasm", "webgl"):
            page = opened(backend, model, stack)
            page.aim(page.outputs[:1], "topixels", (-1, 1))
            figures[f"outside-{backend}"] = 100 * min(page.rounds(10, 10, 0.0, warm=1).outside for _ in range(TRIES))
        figures["same-context-vs-topixels"] = min(ratio(page) for _ in range(TRIES))
    return figures


def ratio(page: TFJSPage) -> float:
    """The ``draw`` of ``same-context`` by that of ``topixels``, medians taken in turn."""

    def draw_s(way: str) -> float:
        page.aim(page.outputs[:1], way, (-1, 1))
        return median(page.rounds(5, 5, 0.0, warm=1).stages_s["draw"])

    return draw_s("same-context") / draw_s("topixels")


if __name__ == "__main__":
    report(measure)
