"""Pages that do less, or other, than a frame's work: what is on the canvas after the last frame gives each away.

A mutant is made of a few words of the page's files, replaced as they are served.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fed_pictures import fed_pictures, form_of
from page_looks import look_of_image

from framegate.browser import requests, session
from framegate.browser.driver import Browser
from framegate.browser.runtimes import TF_JS, PageRuntime
from framegate.browser.server import PageFolder
from framegate.errors import WrongOutput
from framegate.interfaces import Pixels, ResolvedModel
from framegate.pipelines.verify import verify_screen

NewFolder = Callable[[], PageFolder]
OpenMutant = Callable[["Mutant"], session.TFJSPage]

ROUNDS, DELIVERED = "rounds", "delivered"
BOTH = {ROUNDS, DELIVERED}


@dataclass(frozen=True)
class Mutant:
    """What is replaced in a file of the page, by what, and after which frames at least the canvas is then wrong."""

    edits: Mapping[str, Mapping[str, str]]
    wrong_after: set[str] = field(default_factory=lambda: BOTH)
    backend: str = "wasm"
    renderer: str = "topixels"
    library: str = TF_JS


PIXELS = "const raw = pixelsOf(picture);"
IS_FED = "picture !== page.pictures[0]"
FROM_PIXELS = "tf.browser.fromPixels(picture, sees ? Math.max(3, page.input.channels) : page.input.channels);"
PREDICT = "const { all, shown } = await predict(input);"
SHOW = "const drawn = await page.view.show(shown, raw);"
IN_ROUNDS = f"{PREDICT}\n  const dispatch"
IN_DELIVERED = f"{PREDICT}\n  {SHOW}\n  await page.renderer.draw(drawn, () => {{}});"
FIRST = "const all = page.first.map((each) => tf.clone(each)), shown = page.shown.map((index) => all[index]);"
ONCE = """page.once ??= (await predict(input)).all.map((each) => tf.keep(each));
  const all = page.once.map((each) => tf.clone(each)), shown = page.shown.map((index) => all[index]);"""
RUN = "const all = await page.inputs.run("
DRAWN, DELIVERED_TO = "await page.renderer.draw(drawn, mark);", "await page.renderer.draw(drawn, () => {});"
LATE = """page.outputs = [...(page.outputs ?? []), tf.keep(tf.clone(drawn))];
  const late = page.outputs.at(-1 - BY) ?? page.outputs[0];
  """
DRAW = "async draw(output, mark) {"
# Counts what the renderer draws when it is aimed as well.
STANDS = f"{DRAW}\n    this.draws = (this.draws ?? 0) + 1;\n    if (this.draws > TIMES) return mark('draw');"


def feeding(raw: str, after: set[str] = BOTH) -> Mutant:
    return Mutant({"page.js": {PIXELS: f"const raw = {raw};"}}, after)


def late(by: int) -> Mutant:
    code = LATE.replace("BY", str(by))
    shown = {each: code + each.replace("drawn", "late") for each in (DRAWN, DELIVERED_TO)}
    return Mutant({"rounds.js": shown})


def standing(times: int, script: str, backend: str, renderer: str, before: str) -> Mutant:
    """A renderer that draws so often and then no more; ``before`` tells its class from others in the file."""
    stands = STANDS.replace("TIMES", str(times))
    return Mutant({script: {before + DRAW: before + stands}}, BOTH, backend, renderer)


def skipping(rest: int) -> Mutant:
    """One end at least is wrong."""
    start = TOPIXELS + DRAW
    skips = f"{start}\n    this.draws = (this.draws ?? 0) + 1;\n    if (this.draws % 2 === {rest}) return mark('draw');"
    return Mutant({"screen.js": {start: skips}}, set())


# However slow a page is: what is wrong from the second frame on can be seen after the third.
MOVED = {"count < 2 || count % shown": "count % shown"}
TOPIXELS = 'methods = { draw: "the promise of toPixels is kept" };\n  '
RENDERERS = {
    "topixels": ("screen.js", "wasm", "topixels", TOPIXELS),
    "draw": ("screen.js", "cpu", "draw", '"tf.browser.draw has returned",\n  };\n  '),
    "texture": ("screen.js", "wasm", "texture", "gl.viewport(0, 0, width, height);\n  }\n  "),
    "same-context": ("same.js", "webgl", "same-context", "gl.createVertexArray();\n  }\n  "),
}
MUTANTS = {
    "feeds the picture before": feeding("pixelsOf(page.before ?? page.pictures[0]); page.before = picture"),
    "feeds the same picture always": Mutant({"page.js": {"1 + (page.turn++ %": "1 + (0 * page.turn++ %"}}, {ROUNDS}),
    "uploads once": Mutant(
        {"tfjs.js": {FROM_PIXELS: f"tf.clone(page.kept ??= tf.keep({FROM_PIXELS.removesuffix(';')}));"}}
    ),
    "uploads once in the frames": feeding(
        f"{IS_FED} ? tf.clone(page.kept ??= tf.keep(pixelsOf(picture))) : pixelsOf(picture)", {ROUNDS}
    ),
    "turns all but the first picture upside down": feeding(
        f"{IS_FED} ? tf.reverse(pixelsOf(picture), 0) : pixelsOf(picture)"
    ),
    "mirrors all but the first picture": feeding(f"{IS_FED} ? tf.reverse(pixelsOf(picture), 1) : pixelsOf(picture)"),
    "swaps the colours of all pictures": feeding("tf.reverse(pixelsOf(picture), 2)"),
    "turns the delivered pictures": Mutant(
        {"rounds.js": {IN_DELIVERED: IN_DELIVERED.replace("(input)", "(tf.reverse(input, 1))")}}, {DELIVERED}
    ),
    "turns the measured pictures": Mutant(
        {"rounds.js": {IN_ROUNDS: IN_ROUNDS.replace("(input)", "(tf.reverse(input, 1))")}}, {ROUNDS}
    ),
    "turns all outputs": Mutant({"screen.js": {"tf.squeeze(output, [0])": "tf.reverse(tf.squeeze(output, [0]), 0)"}}),
    "shows the frame before": late(1),
    "shows the second frame before": late(2),
    "never runs the model in the rounds": Mutant(
        {"rounds.js": {IN_ROUNDS: IN_ROUNDS.replace(PREDICT, FIRST)}}, {ROUNDS}
    ),
    "runs the model in the first round only": Mutant(
        {"rounds.js": {IN_ROUNDS: IN_ROUNDS.replace(PREDICT, ONCE)}}, {ROUNDS}
    ),
    "never runs the model in delivered frames": Mutant(
        {"rounds.js": {IN_DELIVERED: IN_DELIVERED.replace(PREDICT, FIRST)}}, {DELIVERED}
    ),
    "runs the model in the first delivered frame only": Mutant(
        {"rounds.js": {IN_DELIVERED: IN_DELIVERED.replace(PREDICT, ONCE)}}, {DELIVERED}
    ),
    "runs the model for no frame": Mutant(
        {
            "page.js": {
                RUN: RUN.replace("await", "page.turn ? page.first.map((each) => page.runtime.copy(each)) : await")
            }
        }
    ),
    "delivers to no canvas": Mutant({"rounds.js": {DELIVERED_TO: ""}}, {DELIVERED}),
    **{f"never draws again by {renderer}": standing(1, *how) for renderer, how in RENDERERS.items()},
    **{f"draws one frame by {renderer}": standing(2, *how) for renderer, how in RENDERERS.items()},
    "draws the odd frames only": skipping(0),
    "draws the even frames only": skipping(1),
    "uploads to its texture once": Mutant(
        {"screen.js": {"const floats = values instanceof Float32Array ? values :": "const floats = this.kept ??="}},
        renderer="texture",
    ),
}


MUTANTS |= {
    f"{named} with ort": Mutant(mutant.edits, mutant.wrong_after, mutant.backend, mutant.renderer, "ort")
    for named, mutant in {
        "feeds the same picture always": MUTANTS["feeds the same picture always"],
        "runs the model for no frame": MUTANTS["runs the model for no frame"],
        "draws one frame": standing(2, "rival.js", "wasm", "topixels", "this.depth = shape[2];\n  }\n  "),
    }.items()
}


@pytest.fixture
def open_mutant(
    shared_browser: Callable[[], Browser],
    new_folder: NewFolder,
    tfjs: Path,
    write_model: Callable[..., Path],
    picture: Pixels,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> OpenMutant:
    """Opens a page that is edited."""

    def open_one(mutant: Mutant) -> session.TFJSPage:
        folder = Path(shutil.copytree(requests.PAGE, tmp_path / "page"))
        for name, edits in (("rounds.js", MOVED), *mutant.edits.items()):
            text = (folder / name).read_text("utf-8")
            for right, wrong in edits.items():
                assert text.count(right) == 1, right
                text = text.replace(right, wrong)
            (folder / name).write_text(text, "utf-8")
        monkeypatch.setattr(requests, "PAGE", folder)
        model = ResolvedModel("tiny", write_model(size=None) / "model.json", "graph", "0" * 64)
        runtime = PageRuntime(mutant.backend, library=mutant.library)
        page = session.TFJSPage(shared_browser(), new_folder(), runtime, model, tfjs)
        pictures = fed_pictures(picture)
        page.take(pictures, form_of(pictures))
        page.aim(page.outputs[:1], mutant.renderer, (-1, 1))
        return page

    return open_one


def wrong_after(page: session.TFJSPage, renderer: str) -> set[str]:
    """After which frames the canvas is wrong."""
    runs: dict[str, Callable[[], object]] = {
        ROUNDS: lambda: page.rounds(3, 500, 0.0, warm=1),
        DELIVERED: lambda: page.animate(0.05),
    }
    return {end for end, run in runs.items() if run() and is_wrong(page, renderer, end)}


def is_wrong(page: session.TFJSPage, renderer: str, end: str) -> bool:
    try:
        verify_screen(look_of_image(page.look(), renderer, (-1, 1), end))
    except WrongOutput:
        return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_is_wrong_where_its_work_is_missing(open_mutant: OpenMutant, mutant: Mutant) -> None:
    found = wrong_after(open_mutant(mutant), mutant.renderer)
    assert found
    assert found >= mutant.wrong_after


@pytest.mark.parametrize("renderer", RENDERERS)
def test_the_page_as_it_is_is_right(open_mutant: OpenMutant, renderer: str) -> None:
    _, backend, _, _ = RENDERERS[renderer]
    assert wrong_after(open_mutant(Mutant({}, set(), backend, renderer)), renderer) == set()
