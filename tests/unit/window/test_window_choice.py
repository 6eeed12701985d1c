"""Each key changes one thing of what is shown."""

import pytest

from framegate.preprocess import BUILTIN_STEPS
from framegate.window.choice import Offer, WindowChoice

OFFER = Offer(["one", "two"], list(BUILTIN_STEPS), ["tensorflow", "openvino"], ["topixels", "opencv", "gl-texture"])
CHOICE = WindowChoice("one")


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("1", WindowChoice("one", "greyscale")),
        ("21", WindowChoice("one", "greyscale+invert")),
        ("11", CHOICE),
        ("12345", WindowChoice("one", "+".join(BUILTIN_STEPS))),
        ("r", WindowChoice("one", renderer="topixels")),
        ("rr", WindowChoice("one", renderer="opencv")),
        ("t", WindowChoice("one", runtime="openvino")),
        ("tt", CHOICE),
        ("m", WindowChoice("two")),
        ("mm", CHOICE),
        ("0", CHOICE),
        ("6", CHOICE),
        ("²", CHOICE),
        ("x", CHOICE),
    ],
)
def test_keys(keys: str, shown: WindowChoice) -> None:
    choice = CHOICE
    for key in keys:
        choice = OFFER.pressed(key, choice)
    assert choice == shown


def test_all_steps_are_switched_one_by_one() -> None:
    assert OFFER.pressed("1", WindowChoice("one", "all")).preprocess == "+".join(list(BUILTIN_STEPS)[1:])


def test_a_name_that_no_key_takes_is_followed_by_the_first_that_one_does() -> None:
    assert OFFER.pressed("t", WindowChoice("one", runtime="null")).runtime == "tensorflow"


def test_steps_of_plugins_have_the_next_keys() -> None:
    more = Offer(OFFER.models, [*OFFER.steps, "mirror"], OFFER.runtimes, OFFER.renderers)
    assert more.pressed("6", CHOICE).preprocess == "mirror"
    assert more.help()[0] == "1-6  switch a step"
    assert OFFER.help()[0] == "1-5  switch a step"
