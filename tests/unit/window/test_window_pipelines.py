"""The window's models stay loaded for a switch back to them, within bounds, and none that is shown is closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tiny_model import write_tiny

from framegate.errors import ModelError
from framegate.interfaces import Size
from framegate.models.image_io import model_inputs
from framegate.runtimes.null import NullModel, NullRuntime
from framegate.tfgraph.parts import Parts
from framegate.window import pipelines
from framegate.window.choice import WindowChoice
from framegate.window.pipelines import WindowPipelines, WindowSettings, builtin_backends


class NotedModel(NullModel):
    """Notes that it was closed."""

    def __init__(self, parts: Parts, runtime: str, notes: list[str]) -> None:
        super().__init__(parts.name, model_inputs(parts.json))
        self._runtime, self._notes = runtime, notes

    def free(self) -> None:
        self._notes.append(f"closed {self._runtime}")


class NotedRuntime(NullRuntime):
    """Notes what it loads; the one that is called broken loads nothing."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self._name, self._notes = name, notes

    def build(self, parts: Parts) -> NullModel:
        if self._name == "broken":
            raise ModelError("it is broken")
        self._notes.append(f"loaded {self._name}")
        return NotedModel(parts, self._name, self._notes)


@pytest.fixture
def notes() -> list[str]:
    """What was loaded and closed."""
    return []


@pytest.fixture
def opened(tmp_path: Path, notes: list[str]) -> Iterator[WindowPipelines]:
    """Pipelines of runtimes that note what they do."""
    runtimes: dict[str, Any] = {name: lambda *_, name=name: NotedRuntime(name, notes) for name in (*"abc", "broken")}
    backends = replace(builtin_backends(), runtimes=runtimes)
    settings = WindowSettings(size=Size(16, 16))
    with closing(WindowPipelines([str(write_tiny(tmp_path / "tiny"))], tmp_path, settings, backends)) as pipelines:
        yield pipelines


def choice(runtime: str, preprocess: str = "none") -> WindowChoice:
    return WindowChoice("tiny", preprocess, runtime, "opencv")


def show(opened: WindowPipelines, shown: WindowChoice) -> None:
    with opened.opened(shown) as pipeline:
        pipeline.pipeline()


def test_a_switch_back_loads_nothing_and_all_are_closed_at_the_end(opened: WindowPipelines, notes: list[str]) -> None:
    assert not opened.is_loaded(choice("a"))
    for shown in (choice("a"), choice("b"), choice("a"), choice("b", "invert"), choice("a", "invert")):
        show(opened, shown)
    assert opened.is_loaded(choice("a", "greyscale"))
    assert notes == ["loaded a", "loaded b"]
    opened.close()
    assert sorted(notes[2:]) == ["closed a", "closed b"]


@pytest.mark.parametrize(("most", "most_bytes"), [(2, 2**30), (6, 1)])
def test_what_was_shown_longest_ago_is_closed_for_one_more(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, notes: list[str], most: int, most_bytes: int
) -> None:
    monkeypatch.setattr(pipelines, "MOST_LOADED", most)
    monkeypatch.setattr(pipelines, "MOST_LOADED_BYTES", most_bytes)
    opened = request.getfixturevalue("opened")
    for runtime in "abca":
        show(opened, choice(runtime))
    assert notes == ["loaded a", "loaded b", "closed a", "loaded c", "closed b", "loaded a"]


def test_what_is_shown_stays_loaded_while_others_fail(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, notes: list[str]
) -> None:
    monkeypatch.setattr(pipelines, "MOST_LOADED", 2)
    opened = request.getfixturevalue("opened")
    with opened.opened(choice("a")) as pipeline:
        for runtime in ("b", "broken", "c", "broken", "b"):
            if runtime == "broken":
                with pytest.raises(ModelError, match="it is broken"):
                    opened.load(choice(runtime))
            else:
                opened.load(choice(runtime))
            pipeline.pipeline()
    assert "closed a" not in notes
