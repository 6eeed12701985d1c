import pytest

from framegate.errors import UnknownName, UsageError
from framegate.preprocess.toggles import parse_toggles, switched_on

KNOWN = ["greyscale", "invert", "desaturate"]


@pytest.mark.parametrize(
    ("text", "canonical", "steps"),
    [
        ("none", "none", ()),
        ("all", "all", ("greyscale", "invert", "desaturate")),
        ("invert", "invert", ("invert",)),
        ("invert+greyscale", "greyscale+invert", ("greyscale", "invert")),
    ],
)
def test_names_are_brought_into_the_order_of_the_steps(text: str, canonical: str, steps: tuple[str, ...]) -> None:
    assert parse_toggles(text, KNOWN) == canonical
    assert switched_on(canonical, KNOWN) == steps


def test_an_unknown_step_lists_what_there_is() -> None:
    with pytest.raises(UnknownName) as caught:
        parse_toggles("grayscale+invert", KNOWN)
    assert str(caught.value) == (
        "unknown preprocessing step 'grayscale' (did you mean 'greyscale'?); there is: all, desaturate, greyscale,"
        " invert, none"
    )


@pytest.mark.parametrize("text", ["", "greyscale+", "+"])
def test_an_empty_step_is_unknown(text: str) -> None:
    with pytest.raises(UnknownName):
        parse_toggles(text, KNOWN)


def test_a_step_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="names a step twice"):
        parse_toggles("invert+invert", KNOWN)


@pytest.mark.parametrize("text", ["none+invert", "invert+all"])
def test_none_and_all_stand_alone(text: str) -> None:
    with pytest.raises(UsageError, match="stands alone"):
        parse_toggles(text, KNOWN)
