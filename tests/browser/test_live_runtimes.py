"""Every kind of runtime on the page of ``framegate live``, and what a switch costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

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
]

CALLS = """() => {
  globalThis.calls = [];
  const spied = { answer: globalThis.answer };
  globalThis.answer = (name, argument) => {
    calls.push(name);
    return spied.answer(name, argument);
  };
}"""


@pytest.mark.parametrize(("runtime", "way", "library"), RUNTIMES)
def test_frames_of_every_kind_of_runtime_come_to_the_screen(
    person: Person, need_files: Callable[[str], None], runtime: str, way: str, library: str
) -> None:
    if library != "tfjs":
        pytest.importorskip("tensorflow", reason="models are converted by it")
    need_files(library)
    person.picks("Way to the screen", "topixels")
    person.picks("Runtime", runtime)
    person.picks("Way to the screen", way)
    assert person.fault() == ""
    assert f"{runtime} to {way}" in person.page.locator("#status").inner_text()
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


def test_a_switch_of_steps_loads_nothing_anew(person: Person) -> None:
    frame = person.model_frame()
    frame.evaluate(CALLS)
    asked: Counter[str] = Counter()
    person.page.on("request", lambda request: asked.update([request.url.rsplit("/", 1)[-1].rstrip("0123456789")]))
    begun = frame.evaluate("() => live.count")
    person.toggles("invert")
    assert person.model_frame() == frame
    # It stops, is fed other pictures, aimed as before, and goes on: one answer each.
    assert frame.evaluate("() => calls") == [
        *("live.pause", "framegate.take", "framegate.aim", "live.aim", "live.go"),
    ]
    assert asked.keys() <= {"show", "turn", "figures", "picture-", "explain"}
    assert asked["show"] == 1
    # The count of frames goes on, and so do their numbers on the screen.
    assert frame.evaluate("() => live.count") >= begun + 3
    assert all(number == screen for number, screen, *_ in frame.evaluate("() => live.lately().sights"))
