"""What the command line says of inputs, beside what a spec says."""

from __future__ import annotations

from pathlib import Path

import pytest

from framegate.errors import UsageError
from framegate.interfaces import InputSpec, InputValue, ModelSpec
from framegate.models.input_keys import read_input_value, with_inputs

FLAG = "--frame-input-value"
SPEC = ModelSpec(
    "m",
    "path",
    "m",
    inputs=InputSpec(
        frame="src", values={"ratio": 0.5}, state={"a": "b", "c": "d"}, state_shapes={"a": (1, 2)}, is_bgr=True
    ),
)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("ratio=0.25", "ratio", 0.25),
        ("serving/x:0=3", "serving/x:0", 3),
        ("flag=true", "flag", True),
        ("flag=false", "flag", False),
        ("low=-1e3", "low", -1000.0),
    ],
)
def test_a_value_is_a_number_or_true_or_false(text: str, name: str, value: InputValue) -> None:
    found = read_input_value(FLAG, text)
    assert (found, type(found[1])) == ((name, value), type(value))


def test_a_value_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a=b.png"
    path.touch()
    assert read_input_value(FLAG, f"style={path}") == ("style", path)


@pytest.mark.parametrize("text", ["ratio", "ratio=", "=0.25", "", "ratio=a quarter"])
def test_what_gives_no_input_a_value_is_named(text: str) -> None:
    with pytest.raises(UsageError, match=f"^{FLAG}.*(write ratio=0.25 or style=style.png|there is no such file)$"):
        read_input_value(FLAG, text)


def test_nothing_changes_a_spec_that_nothing_is_said_of() -> None:
    assert with_inputs(SPEC, None, ()) == SPEC


def test_what_is_named_goes_before_what_the_spec_says() -> None:
    inputs = with_inputs(SPEC, "ratio", [("a", 1), ("x", 2)]).inputs
    assert inputs == InputSpec(frame="ratio", values={"a": 1, "x": 2}, state={"c": "d"}, is_bgr=True)


def test_a_value_for_the_input_of_the_frame_leaves_that_to_a_guess() -> None:
    inputs = with_inputs(SPEC, None, [("src", 0)]).inputs
    assert (inputs.frame, inputs.values) == (None, {"ratio": 0.5, "src": 0})


@pytest.mark.parametrize(("frame", "values"), [("x", [("x", 1)]), (None, [("x", 1), ("x", 2)])])
def test_an_input_that_is_named_twice_is_refused(frame: str | None, values: list[tuple[str, InputValue]]) -> None:
    with pytest.raises(UsageError, match="name 'x' more than once; an input takes the frame or one value"):
        with_inputs(SPEC, frame, values)
