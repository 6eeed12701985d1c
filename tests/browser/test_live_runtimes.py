"""Every kind of runtime on the page of ``framegate live``, and what a switch costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from live_pages import Person

from framegate.errors import ModelError
from framegate.interfaces import ResolvedModel
from framegate.loading import trial

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
    person: Person, turns: Callable[[], list[list[str]]]
) -> None:
    frame = person.model_frame()
    asked: Counter[str] = Counter()
    person.page.on("request", lambda request: asked.update([request.url.rsplit("/", 1)[-1].rstrip("0123456789")]))
    begun = frame.evaluate("() => live.count")
    before = person.input()
    for _ in range(2):
        person.toggles("invert")
        assert turns() == [["framegate.feed"]]
        assert person.model_frame() == frame
        assert person.shows()
    assert np.array_equal(person.input(), before)
    person.sees_frames(3)
    assert asked.keys() <= {"show", "turn", "figures", "picture-"}
    assert (asked["show"], asked["picture-"]) == (2, 4)
    # The count of frames goes on, and so do their numbers on the screen.
    assert frame.evaluate("() => live.count") >= begun + 6
    assert frame.evaluate("() => live.lately().sights")
    assert all(number == screen for number, screen, *_ in frame.evaluate("() => live.lately().sights"))


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
