"""Every kind of runtime on the page of ``framegate live``, and what a switch costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_pages import Person

from framegate.browser.server import _Handler
from framegate.errors import ModelError
from framegate.interfaces import ResolvedModel
from framegate.live import page as live_page
from framegate.loading import trial
from framegate.models import topology

RUNTIMES = [
    ("tfjs-webgpu", ("draw", "gpu-buffer"), "tfjs"),
    ("ort-wasm", ("topixels",), "ort"),
    ("litert-wasm", ("texture",), "litert"),
    ("ort-webgpu", ("gpu-buffer",), "ort"),
    ("litert-webgpu", ("gpu-buffer",), "litert"),
]

# The names of the calls that the page takes from Python, a list for each time that it asks for some.
TURNS = """() => {
  const is_told = Boolean(globalThis.turns);
  globalThis.turns = [];
  if (is_told) return;
  const { answers_to: answered } = globalThis;
  answers_to = (calls, files) => {
    if (calls.length) turns.push(calls.map(({ function: name }) => name));
    return answered(calls, files);
  };
}"""


@pytest.fixture
def turns(person: Person) -> Callable[[], list[list[str]]]:
    """Tells the calls that the page has taken since the last time that somebody asked."""
    person.page.evaluate(TURNS)
    return lambda: person.page.evaluate("() => turns.splice(0)")


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The last word of each request of pages, and a number for its connection."""
    asked: list[tuple[str, int]] = []
    parse = _Handler.parse_request

    def parsed(handler: _Handler) -> bool:
        is_right = parse(handler)
        asked.append((handler.path.rsplit("/", 1)[-1], id(handler)))
        return is_right

    monkeypatch.setattr(_Handler, "parse_request", parsed)
    return asked


@pytest.mark.parametrize(("runtime", "ways", "library"), RUNTIMES)
def test_frames_of_every_kind_of_runtime_come_to_the_screen(
    person: Person, need_files: Callable[[str], None], runtime: str, ways: tuple[str, ...], library: str
) -> None:
    # Imported as anybody imports it, TensorFlow 2.21 would leave a process in which nothing can be drawn.
    if library != "tfjs" and find_spec("tensorflow") is None:
        pytest.skip("models are converted by TensorFlow, which is not installed")
    need_files(library)
    # Of a model that returns what it is fed some libraries make nothing.
    person.picks("Model", "half")
    assert person.shows(gain=0.5)
    person.picks("Way to the screen", "topixels")
    for each in (runtime, "tfjs-wasm", runtime):
        person.picks("Runtime", each)
        assert person.fault() == ""
        assert person.shows(gain=0.5)
    for way in ways:
        person.picks("Way to the screen", way)
        person.toggles("invert")
        assert person.fault() == ""
        assert person.shows(gain=0.5)
        assert f"{runtime} to {way}" in person.page.locator("#status").inner_text()
        person.sees_frames(3)
        sights = person.model_frame().evaluate("() => live.lately().sights")
        assert sights
        assert all(number == screen for number, screen, *_ in sights)


def test_a_model_is_tried_in_another_process_before_python_converts_it(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(model: ResolvedModel, runtime: str) -> None:
        raise ModelError(f"{model.name} ended its process on {runtime}")

    monkeypatch.setattr(trial, "vet", refuse)
    person.picks("Runtime", "ort-wasm")
    assert "tiny ended its process on onnxruntime" in person.fault()


def test_a_switch_of_steps_is_one_call_and_runs_nothing_anew(
    person: Person,
    turns: Callable[[], list[list[str]]],
    requests: list[tuple[str, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = person.model_frame()
    parsed: list[Path] = []
    monkeypatch.setattr(topology, "parse_json", parsed.append)
    begun = frame.evaluate("() => live.count")
    before = person.input()
    for _ in range(2):
        person.toggles("invert")
        assert turns() == [["framegate.feed"]]
        assert person.model_frame() == frame
        assert person.shows()
    assert np.array_equal(person.input(), before)
    person.sees_frames(3)
    # What was chosen, and what comes of the call, which brings the pictures; on connections that are there.
    asked = Counter(name for name, _ in requests)
    assert asked.keys() == {"show", "turn", "figures"}
    assert asked["show"] == 2
    assert len({connection for _, connection in requests}) < len(requests)
    assert parsed == []
    # The count of frames goes on, and so do their numbers on the screen.
    assert frame.evaluate("() => live.count") >= begun + 6
    assert frame.evaluate("() => live.lately().sights")
    assert all(number == screen for number, screen, *_ in frame.evaluate("() => live.lately().sights"))


# Has frames wait for pictures, and no moment pass: how many frames begin before a call is answered.
WAITS = """async () => {
  await live.pause();
  const { setTimeout: later } = globalThis;
  globalThis.setTimeout = () => {};
  live.hold();
  globalThis.setTimeout = later;
  live.go();
  const before = live.count;
  for (let turn = 0; turn < 5; turn++) await new Promise(requestAnimationFrame);
  const waited = live.count - before;
  await answer("live.now");
  while (live.count === before) await new Promise(requestAnimationFrame);
  return waited;
}"""


def test_no_frame_of_the_old_picture_begins_while_the_new_one_comes(person: Person) -> None:
    assert person.model_frame().evaluate(WAITS) == 0


# Has frames stop while one is waited for, which comes then: how many pictures it has taken, and whether pausing waited.
STOPS = """async () => {
  await live.pause();
  const { requestAnimationFrame: frame } = globalThis;
  let comes;
  const asked = new Promise((done) => {
    globalThis.requestAnimationFrame = (come) => {
      comes = come;
      done();
    };
  });
  live.go();
  await asked;
  const { turn } = page;
  await live.pause();
  globalThis.requestAnimationFrame = frame;
  comes(performance.now());
  await new Promise((done) => setTimeout(done));
  const taken = page.turn - turn;
  live.go();
  return taken;
}"""


def test_a_pause_waits_for_no_frame_that_has_not_begun_and_that_takes_no_picture(person: Person) -> None:
    assert person.model_frame().evaluate(STOPS) == 0
    person.sees_frames(3)
    assert person.shows()


def test_a_switch_of_ways_is_two_turns(person: Person, turns: Callable[[], list[list[str]]]) -> None:
    frame = person.model_frame()
    person.picks("Way to the screen", "texture")
    turns()
    person.picks("Way to the screen", "topixels")
    assert turns() == [["live.pause", "framegate.aim"], ["live.aim", "live.go"]]
    assert person.shows()
    person.toggles("invert")
    turns()
    person.picks("Way to the screen", "texture")
    # What the model makes of the pictures is not known before it has run.
    assert turns() == [["live.pause", "framegate.take"], ["framegate.aim"], ["live.aim", "live.go"]]
    assert person.shows()
    assert person.model_frame() == frame


@pytest.fixture
def newcomer(person: Person) -> Callable[[], Person]:
    """Loads the page anew, with nothing loaded yet but what it shows first."""

    def come() -> Person:
        person.page.reload()
        person.sees_frames(1)
        person.begins_anew()
        return person

    return come


RECALLED = [["stage.recall", "framegate.aim"], ["live.aim", "stage.swap"]]


def frames_that_rest(person: Person) -> list[Any]:
    """The frames of models that are loaded and not shown, the one that was opened first at the beginning."""
    return [each.content_frame() for each in person.page.locator("#stage iframe.away").element_handles()]


SAID = """() => {
  const texts = [];
  const observer = new MutationObserver(() => texts.push(by_id("status").textContent));
  observer.observe(by_id("status"), { childList: true });
  globalThis.said = { texts, observer };
}"""


def said_while(person: Person, work: Callable[[], None]) -> list[str]:
    """What the page's status was in the course of some work."""
    person.page.evaluate(SAID)
    work()
    return list(person.page.evaluate("() => { said.observer.disconnect(); return said.texts; }"))


def test_a_switch_back_to_a_runtime_is_two_turns_and_loads_nothing(
    newcomer: Callable[[], Person], requests: list[tuple[str, int]]
) -> None:
    person = newcomer()
    person.page.evaluate(TURNS)
    wasm = person.model_frame()
    said = said_while(person, lambda: person.picks("Runtime", "tfjs-cpu"))
    assert said[0] == "Loading tiny into tfjs-cpu…"
    cpu = person.model_frame()
    # The pictures of the choice that the page began with are fed once more, when it has another one first.
    for runtime in ("tfjs-wasm", "tfjs-cpu"):
        person.picks("Runtime", runtime)
    for frame, runtime in ((wasm, "tfjs-wasm"), (cpu, "tfjs-cpu")):
        requests.clear()
        person.page.evaluate(TURNS)
        said = said_while(person, lambda runtime=runtime: person.picks("Runtime", runtime))  # type: ignore[misc]
        assert person.page.evaluate("() => turns") == RECALLED
        assert said == [f"tiny at 48x32: {runtime} to topixels"]
        assert {name for name, _ in requests} <= {"show", "turn", "figures"}
        assert person.model_frame() == frame
        assert person.shows()
        sights = frame.evaluate("() => live.lately().sights")
        assert sights
        assert all(number == screen for number, screen, *_ in sights)


def test_what_was_chosen_in_the_meantime_is_shown_by_a_runtime_that_was_loaded(person: Person) -> None:
    person.picks("Runtime", "tfjs-cpu")
    person.toggles("invert")
    person.picks("Way to the screen", "texture")
    person.picks("Runtime", "tfjs-wasm")
    assert person.fault() == ""
    assert "tfjs-wasm to texture" in person.page.locator("#status").inner_text()
    assert person.shows()


def test_a_frame_that_rests_draws_nothing(person: Person) -> None:
    person.picks("Runtime", "tfjs-cpu")
    resting = frames_that_rest(person)
    before = [frame.evaluate("() => live.count") for frame in resting]
    person.sees_frames(5)
    assert [frame.evaluate("() => live.count") for frame in resting] == before


def test_models_that_were_shown_longest_ago_are_closed(
    newcomer: Callable[[], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_page, "MOST_LOADED", 2)
    person = newcomer()
    person.picks("Runtime", "tfjs-cpu")
    person.picks("Model", "half")
    assert [frame.evaluate("() => page.backend") for frame in frames_that_rest(person)] == ["cpu"]
    person.page.evaluate(TURNS)
    person.picks("Runtime", "tfjs-wasm")
    assert ["stage.keep", "stage.open"] in person.page.evaluate("() => turns")
    assert len(frames_that_rest(person)) == 1
    assert person.shows(gain=0.5)


def test_models_that_are_too_large_together_are_closed(
    newcomer: Callable[[], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_page, "MOST_LOADED_BYTES", 1)
    person = newcomer()
    for runtime in ("tfjs-cpu", "tfjs-wasm", "tfjs-cpu"):
        person.picks("Runtime", runtime)
        # What was shown goes on until the next one is there, and is closed for the one after.
        assert len(frames_that_rest(person)) == 1
        assert person.shows()


def test_a_runtime_that_lost_its_context_while_it_rested_is_loaded_anew(newcomer: Callable[[], Person]) -> None:
    person = newcomer()
    person.picks("Runtime", "tfjs-webgl")
    lost = person.model_frame()
    person.picks("Runtime", "tfjs-wasm")
    lost.evaluate("() => tf.backend().gpgpu.gl.getExtension('WEBGL_lose_context').loseContext()")
    person.picks("Runtime", "tfjs-webgl")
    assert person.fault() == ""
    assert person.model_frame() != lost
    assert lost.is_detached()
    assert person.shows()


def test_what_a_loaded_runtime_cannot_draw_leaves_what_was_shown(
    person: Person, turns: Callable[[], list[list[str]]]
) -> None:
    person.picks("Runtime", "tfjs-webgl")
    person.picks("Way to the screen", "same-context")
    frame, said = person.model_frame(), person.page.locator("#status").inner_text()
    person.picks("Runtime", "tfjs-wasm")
    assert person.fault().startswith("same-context with TF.js on wasm: ")
    assert person.model_frame() == frame
    assert person.page.locator("#status").inner_text() == said
    person.picks("Way to the screen", "topixels")
    turns()
    person.picks("Runtime", "tfjs-webgl")
    assert person.fault() == ""
    assert turns() == RECALLED
    assert person.shows()
