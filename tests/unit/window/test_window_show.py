"""The window shows no wrong frame, survives what cannot be shown, and ends when it is told."""

import itertools
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from framegate.errors import BackendUnavailable, FrameError, ModelError, WindowClosed
from framegate.interfaces import Pixels, Size
from framegate.realtime.run import Sight
from framegate.window.choice import Offer, WindowChoice
from framegate.window.show import Bounds, WindowShow

OFFER = Offer(["one", "two"], ["greyscale"], ["tensorflow", "openvino"], ["opencv", "gl-texture"])
CHOICE = WindowChoice("one")
LATE = 3
"""Number of the frame at which a late pipeline shows the one before."""


@dataclass
class Screen:
    """Presses keys after so many pictures, and keeps what was shown."""

    script: dict[int, str] = field(default_factory=dict)
    closes_at: int | None = None
    shown: list[Pixels] = field(default_factory=list)
    waits: int = 0
    turns: int = 0
    does: dict[int, Callable[[], object]] = field(default_factory=dict)

    def show(self, picture: Pixels) -> None:
        self.shown.append(picture)
        if len(self.shown) == self.closes_at:
            raise WindowClosed("the window was closed")

    def pressed_keys(self) -> list[str]:
        self.turns += 1
        self.does.pop(self.turns, bool)()
        keys = self.script.pop(self.turns, "")
        return ["escape"] if keys == "escape" else list(keys)

    def wait(self, seconds: float) -> None:
        del seconds
        self.waits += 1

    def close(self) -> None:
        pass


class Pipelines:
    """Opens pipelines whose pictures say which frame they are of."""

    def __init__(
        self,
        wrong: Sequence[int] = (),
        missing: Sequence[str] = (),
        error: Exception | None = None,
        raises_at: int = LATE,
        slow: Sequence[str] = (),
    ) -> None:
        self.slow = list(slow)
        self.begun, self.may_load = threading.Event(), threading.Event()
        self.opened_choices: list[WindowChoice] = []
        self._wrong, self._missing, self._error, self._raises_at = wrong, missing, error, raises_at

    def offer(self) -> Offer:
        return OFFER

    def is_loaded(self, choice: WindowChoice) -> bool:
        return choice.runtime not in self.slow

    def load(self, choice: WindowChoice) -> None:
        self.begun.set()
        self.may_load.wait()
        if choice.runtime in self._missing:
            raise BackendUnavailable(f"{choice.runtime} is not installed", "install it")
        self.slow.remove(choice.runtime)

    @contextmanager
    def opened(self, choice: WindowChoice) -> Iterator[Any]:
        if choice.runtime in self._missing:
            raise BackendUnavailable(f"{choice.runtime} is not installed", "install it")
        self.opened_choices.append(choice)
        latest = {"frame": 0}

        @contextmanager
        def sights(request: object) -> Iterator[Iterator[Sight]]:
            del request

            def each() -> Iterator[Sight]:
                for number in itertools.count():
                    if self._error is not None and number == self._raises_at:
                        raise self._error
                    latest["frame"] = number
                    screen = number - 1 if number in self._wrong else number
                    yield Sight(number, screen, number / 10, number / 10, number / 10 + 0.02)

            yield each()

        def picture(channels: int) -> Pixels:
            return np.full((64, 64, channels), latest["frame"] % 256, np.uint8)

        pipeline = SimpleNamespace(
            sights=sights,
            samples={"inference": []},
            feed=SimpleNamespace(rate=10.0, dropped={}),
            fed=lambda: picture(3),
        )
        yield SimpleNamespace(pipeline=pipeline, renderer=SimpleNamespace(read=lambda: picture(4)), size=Size(64, 64))


def show_of(pipelines: Pipelines, screen: Screen, bounds: Bounds | None = None) -> WindowShow:
    ticks = itertools.count()
    return WindowShow(cast("Any", pipelines), screen, bounds or Bounds(10.0), clock=lambda: float(next(ticks)))


def frames_of(screen: Screen) -> list[int]:
    return [int(picture[0, 0, 0]) for picture in screen.shown]


def test_it_ends_after_so_many_frames_and_writes_the_last_picture(tmp_path: Path) -> None:
    screen = Screen()
    bounds = Bounds(10.0, frames=5, screenshot=tmp_path / "shot.png")
    show = show_of(Pipelines(), screen, bounds)
    assert show.run(CHOICE) == CHOICE
    assert frames_of(screen) == [0, 1, 2, 3, 4]
    assert show.figures is not None
    assert show.figures.frames == 5
    assert (tmp_path / "shot.png").stat().st_size


@pytest.mark.parametrize("key", ["q", "escape"])
def test_a_key_ends_it(key: str) -> None:
    screen = Screen({2: key})
    show_of(Pipelines(), screen).run(CHOICE)
    assert frames_of(screen) == [0, 1]


def test_it_ends_when_the_window_is_closed() -> None:
    screen = Screen(closes_at=3)
    assert show_of(Pipelines(), screen).run(CHOICE) == CHOICE
    assert len(screen.shown) == 3


def test_a_frame_that_stands_there_in_place_of_another_is_not_shown() -> None:
    screen = Screen()
    show = show_of(Pipelines(wrong=[LATE]), screen, Bounds(10.0, frames=6))
    show.run(CHOICE)
    assert frames_of(screen) == [0, 1, 2, 4, 5]
    assert show.figures is not None
    assert show.figures.wrong == 1


def test_keys_change_what_is_shown_in_the_same_window() -> None:
    pipelines, screen = Pipelines(), Screen({2: "1", 4: "t", 6: "m", 8: "r", 10: "q"})
    last = show_of(pipelines, screen).run(CHOICE)
    assert last == WindowChoice("two", "greyscale", "openvino", "opencv")
    assert [str(choice) for choice in pipelines.opened_choices] == [
        "one  none  tensorflow  gl-texture",
        "one  greyscale  tensorflow  gl-texture",
        "one  greyscale  openvino  gl-texture",
        "two  greyscale  openvino  gl-texture",
        "two  greyscale  openvino  opencv",
    ]


def test_what_cannot_be_shown_leaves_what_was_and_the_next_key_goes_on_from_it() -> None:
    pipelines, screen = Pipelines(missing=["openvino"]), Screen({2: "t", 4: "t", 6: "q"})
    last = show_of(pipelines, screen).run(CHOICE)
    assert last == CHOICE
    assert [choice.runtime for choice in pipelines.opened_choices] == ["tensorflow"] * 3


def test_what_is_shown_goes_on_while_a_runtime_is_loaded() -> None:
    pipelines, screen = Pipelines(slow=["openvino"]), Screen({2: "t"})
    screen.does = {9: pipelines.may_load.set}
    show = show_of(pipelines, screen)
    # As soon as it is there, it is shown; the next key is pressed then.
    opened = pipelines.opened

    @contextmanager
    def and_then(choice: WindowChoice) -> Iterator[Any]:
        if choice.runtime == "openvino":
            screen.script[screen.turns + 2] = "q"
        with opened(choice) as pipeline:
            yield pipeline

    pipelines.opened = and_then  # type: ignore[method-assign]
    assert show.run(CHOICE).runtime == "openvino"
    assert frames_of(screen)[:9] == list(range(9))
    assert frames_of(screen)[-2:] == [0, 1]
    assert [choice.runtime for choice in pipelines.opened_choices] == ["tensorflow", "openvino"]


def test_a_key_ends_it_while_a_runtime_is_loaded() -> None:
    pipelines, screen = Pipelines(slow=["openvino"]), Screen({2: "t", 5: "q"})
    assert show_of(pipelines, screen).run(CHOICE) == CHOICE
    assert frames_of(screen) == [0, 1, 2, 3, 4]
    pipelines.may_load.set()


def test_keys_wait_for_a_runtime_that_is_loaded() -> None:
    pipelines, screen = Pipelines(slow=["openvino"]), Screen({2: "t1", 5: "rq"})
    screen.does = {8: pipelines.may_load.set}
    assert show_of(pipelines, screen).run(CHOICE) == WindowChoice("one", "greyscale", "openvino", "opencv")


def test_a_runtime_that_cannot_be_loaded_leaves_what_is_shown_as_it_is() -> None:
    pipelines, screen = Pipelines(slow=["openvino"], missing=["openvino"]), Screen({2: "t", 3: "t"})
    pipelines.may_load.set()
    opened = pipelines.opened

    @contextmanager
    def and_then(choice: WindowChoice) -> Iterator[Any]:
        if pipelines.opened_choices:
            screen.script[screen.turns + 2] = "q"
        with opened(choice) as pipeline:
            yield pipeline

    pipelines.opened = and_then  # type: ignore[method-assign]
    assert show_of(pipelines, screen).run(CHOICE) == CHOICE
    # Once at first, and once by the key that goes on from what failed.
    assert [choice.runtime for choice in pipelines.opened_choices] == ["tensorflow"] * 2


def test_the_window_says_what_is_loaded_at_first_and_can_be_closed_then() -> None:
    pipelines, screen = Pipelines(slow=["tensorflow"]), Screen(closes_at=3)
    assert show_of(pipelines, screen).run(CHOICE) == CHOICE
    assert len(screen.shown) == 3
    assert len({picture.tobytes() for picture in screen.shown}) == 1
    assert pipelines.opened_choices == []
    pipelines.may_load.set()


def test_what_cannot_be_loaded_at_first_is_an_error() -> None:
    pipelines = Pipelines(slow=["tensorflow"], missing=["tensorflow"])
    screen = Screen(does={2: pipelines.may_load.set})
    with pytest.raises(BackendUnavailable, match="tensorflow is not installed"):
        show_of(pipelines, screen).run(CHOICE)


def test_what_cannot_be_shown_at_first_is_an_error() -> None:
    with pytest.raises(BackendUnavailable, match="tensorflow is not installed"):
        show_of(Pipelines(missing=["tensorflow"]), Screen()).run(CHOICE)


def test_a_pause_keeps_the_picture_until_it_goes_on() -> None:
    screen = Screen({2: " ", 5: " ", 7: "q"})
    show_of(Pipelines(), screen).run(CHOICE)
    assert frames_of(screen) == [0, 1, 1, 1, 1, 2, 3]
    assert screen.waits == 3


def test_a_pause_ends_with_a_choice() -> None:
    pipelines, screen = Pipelines(), Screen({2: " ", 4: "1", 6: "q"})
    assert show_of(pipelines, screen).run(CHOICE).preprocess == "greyscale"


def test_pictures_and_figures_are_saved_under_numbers_of_their_own(tmp_path: Path) -> None:
    screen = Screen({2: "ss", 3: "q"})
    show_of(Pipelines(), screen, Bounds(10.0, folder=tmp_path)).run(CHOICE)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"live-00{number}{end}" for number in (1, 2) for end in ("-input.png", "-screen.png", ".json")
    ]


def test_keys_that_follow_a_choice_wait_until_it_is_shown(tmp_path: Path) -> None:
    screen = Screen({2: "1rs", 4: "q"})
    show_of(Pipelines(), screen, Bounds(10.0, folder=tmp_path)).run(CHOICE)
    saved = json.loads((tmp_path / "live-001.json").read_text())
    assert (saved["preprocess"], saved["renderer"]) == ("greyscale", "opencv")


def test_a_folder_that_cannot_be_written_to_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    screen = Screen({2: "s", 4: "q"})
    show_of(Pipelines(), screen, Bounds(10.0, folder=tmp_path / "file" / "folder")).run(CHOICE)
    assert len(screen.shown) == 4


@pytest.mark.parametrize("frame", [3, 1000])
def test_what_a_model_raises_at_a_frame_is_one_line(frame: int) -> None:
    pipelines = Pipelines(error=RuntimeError("no more memory\nat 0x1"), raises_at=frame)
    expected = rf"^one on tensorflow failed after {frame} frames: RuntimeError: no more memory$"
    with pytest.raises(ModelError, match=expected):
        show_of(pipelines, Screen()).run(CHOICE)


def test_a_source_that_stops_ends_it_with_its_reason() -> None:
    with pytest.raises(FrameError, match="unplugged"):
        show_of(Pipelines(error=FrameError("the camera was unplugged")), Screen()).run(CHOICE)
