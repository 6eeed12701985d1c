"""Every kind of runtime on the page of ``framegate live``, and what a switch costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from live_pages import Person

from framegate.browser.server import _Handler
from framegate.errors import ModelError
from framegate.interfaces import ResolvedModel
from framegate.loading import trial
from framegate.models import topology

RUNTIMES = [
    ("tfjs-webgpu", "gpu-buffer", "tfjs"),
    ("tfjs-webgpu", "draw", "tfjs"),
    ("ort-wasm", "topixels", "ort"),
    ("litert-wasm", "texture", "litert"),
    ("ort-webgpu", "gpu-buffer", "ort"),
    ("litert-webgpu", "gpu-buffer", "litert"),
]

# The names of the calls that the page takes from Python, a list for each time that it asks for some.
TURNS = """() => {
  const is_told = Boolean(globalThis.turns);
  globalThis.turns = [];
  if (is_told) return;
  const { answers_to: answered } = globalThis;
  answers_to = (calls) => {
    if (calls.length) turns.push(calls.map(({ function: name }) => name));
    return answered(calls);
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


@pytest.mark.parametrize(("runtime", "way", "library"), RUNTIMES)
def test_frames_of_every_kind_of_runtime_come_to_the_screen(
    person: Person, need_files: Callable[[str], None], runtime: str, way: str, library: str
) -> None:
    if library != "tfjs":
        pytest.importorskip("tensorflow", reason="models are converted by it")
    need_files(library)
    # Of a model that returns what it is fed some libraries make nothing.
    person.picks("Model", "half")
    assert person.shows(gain=0.5)
    person.picks("Way to the screen", "topixels")
    for each in (runtime, "tfjs-wasm", runtime):
        person.picks("Runtime", each)
        assert person.fault() == ""
        assert person.shows(gain=0.5)
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
