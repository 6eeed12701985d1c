"""What can be chosen on the page, and the command that measures it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Any

import pytest

from framegate.errors import FramegateError, UnknownName
from framegate.interfaces import Pixels, Size
from framegate.live.choices import LiveChoice, builtin_offer, suite_command, suite_words

OFFER = builtin_offer()
ASKED = {
    "model": "tiny",
    "size": "48x32",
    "preprocess": "invert+greyscale",
    "fit": "letterbox",
    "runtime": "tfjs-webgl",
    "renderer": "texture",
    "view": "auto",
    "source": "photo",
}


def read(**changed: Any) -> LiveChoice:
    return LiveChoice.read({**ASKED, **changed}, OFFER)


def test_a_choice_is_named_as_its_benchmark_is() -> None:
    choice = read()
    assert choice.size == Size(32, 48)
    assert choice.preprocess == "greyscale+invert"
    assert choice.cell == "tiny-48x32-greyscale+invert-tfjs-webgl-texture"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("size", "large", "large"),
        ("preprocess", "blur", "blur"),
        ("fit", "zoom", "zoom"),
        ("runtime", "tensorflow", "tensorflow"),
        ("renderer", None, "None"),
        ("view", "glow", "glow"),
    ],
)
def test_what_there_is_not_is_named(field: str, value: object, words: str) -> None:
    with pytest.raises(FramegateError, match=words):
        read(**{field: value})


def test_what_plugins_bring_is_offered_and_can_be_chosen() -> None:
    def mirror(image: Pixels) -> Pixels:
        return image[:, ::-1].copy()

    def noise(locator: str) -> Any:
        raise AssertionError(locator)

    offer = replace(
        OFFER, steps={**OFFER.steps, "mirror": mirror}, frame_sources={**OFFER.frame_sources, "noise": noise}
    )
    assert offer.names()["steps"][-1] == "mirror"
    assert offer.names()["source"] == ["photo", "clip", "camera", "noise"]
    assert LiveChoice.read({**ASKED, "preprocess": "mirror"}, offer).preprocess == "mirror"
    with pytest.raises(UnknownName, match="mirror"):
        read(preprocess="mirror")


def test_the_command_says_what_is_not_the_suites_own_choice() -> None:
    words = suite_command(read(), "my model/model.json", "photo")
    assert words == [
        *("pytest", *suite_words(), "--benchmark-only", "--frame-model=my model/model.json", "--frame-size=48x32"),
        *("--frame-preprocess=greyscale+invert", "--frame-runtime=tfjs-webgl", "--frame-renderer=texture"),
        "--frame-fit=letterbox",
    ]
    assert shlex.split(shlex.join(words)) == words
    more = suite_command(read(fit="crop", view="image"), "tiny", "clip")
    assert more[-2:] == ["--frame-view=image", "--frame-source=clip"]
