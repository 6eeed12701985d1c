import pytest

from framegate.errors import BackendUnavailable, FramegateError, UnknownName


def test_a_message_is_always_one_line() -> None:
    assert str(FramegateError("first\n  second\tthird")) == "first second third"


def test_a_message_can_be_printed_anywhere() -> None:
    assert str(FramegateError("a \x1b[2J b \ud800 c \u202e é")) == "a \\x1b[2J b \\ud800 c \\u202e é"


@pytest.mark.parametrize("letter", ["x", "\u202e"])
def test_a_long_message_keeps_its_beginning_and_its_end(letter: str) -> None:
    message = str(FramegateError(f"model.json: {letter * 3_000_000}; convert the model again"))
    assert len(message) == 2000
    shown = letter if letter == "x" else "\\u202e"
    assert message.startswith(f"model.json: {shown}")
    assert message.endswith(f"{shown}; convert the model again")


def test_unknown_name_lists_what_there_is_and_the_closest() -> None:
    error = UnknownName("renderer", "opncv", ["topixels", "opencv"])
    assert str(error) == "unknown renderer 'opncv' (did you mean 'opencv'?); there is: opencv, topixels"


def test_unknown_name_with_nothing_close_and_nothing_known() -> None:
    assert str(UnknownName("runtime", "x", [])) == "unknown runtime 'x'; there is: none"


def test_unavailable_keeps_reason_and_hint_apart() -> None:
    error = BackendUnavailable("libEGL.so.1 is not there", "apt-get install libegl1")
    assert (error.reason, error.install_hint) == ("libEGL.so.1 is not there", "apt-get install libegl1")
    assert str(error) == "libEGL.so.1 is not there; apt-get install libegl1"
