"""Models with several inputs, and with a state: what a spec feeds them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from recurrent_models import write_recurrent

Run = Callable[..., pytest.RunResult]
WriteSpec = Callable[[str], Path]

FED = 'inputs = { gain = 0.25 }\nstate = { state = "next" }\n'


@pytest.fixture
def write_spec(tmp_path: Path) -> WriteSpec:
    """Writes a spec of the recurrent model with such keys."""
    write_recurrent(tmp_path / "net")

    def write(keys: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(f'source = "net"\n{keys}')
        return path

    return write


@pytest.mark.parametrize("suite", ["test_frame.py", "test_load.py"])
def test_a_model_that_recurs_is_compared_with_all_that_it_was_fed(run: Run, write_spec: WriteSpec, suite: str) -> None:
    options = ("--frame-preprocess=none", "--frame-renderer=opencv") if suite == "test_frame.py" else ()
    model = f"--frame-model={write_spec(FED)}"
    result = run(model, "--frame-runtime=tensorflow", *options, suite=suite)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*mine: the frame goes into 'frame' (guessed: *); write input = … in a spec for *"])


def test_a_run_against_a_clock_too(run: Run, write_spec: WriteSpec, tmp_path: Path) -> None:
    write_recurrent(tmp_path / "net", side=128)
    result = run(
        f"--frame-model={write_spec(FED)}",
        *("--frame-runtime=tensorflow", "--frame-preprocess=none", "--frame-renderer=opencv"),
        *("--frame-source=clip:256x256", "--frame-fit=resize", "--frame-scenario=offline"),
        *("--frame-pipeline=serial,overlapped", "--frame-size=128"),
        suite="test_realtime.py",
    )
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("", "*ModelError: mine: the frame goes into 'frame', and nothing into gain: float32 [[]]; write in a spec *"),
        (FED.replace("next", "nxt"), "*ModelError: mine: no output 'nxt', which state in the spec feeds to state: *"),
        (FED.replace("0.25", "[1, 2]"), "*ModelError: mine: input gain: * takes 1 numbers; the spec gives 2"),
        (FED.replace("0.25", "'gain.npy'"), "*ModelError: */gain.npy: no array for gain: *No such file*"),
    ],
)
def test_what_is_not_fed_right_is_one_line(run: Run, write_spec: WriteSpec, keys: str, message: str) -> None:
    state = "" if keys else 'state = { state = "next" }'
    spec = write_spec(keys or state)
    result = run(f"--frame-model={spec}", "--frame-preprocess=none")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_command_line_says_what_inputs_are_fed(run: Run, write_spec: WriteSpec) -> None:
    spec = write_spec('inputs = { gain = 1 }\nstate = { state = "next" }')
    options = ("--frame-input=frame", "--frame-input-value=gain=0.25", "--frame-renderer=opencv")
    result = run(f"--frame-model={spec}", *options, "--frame-preprocess=none", "--frame-runtime=tensorflow")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*the frame goes into*")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--frame-input=", "*--frame-input is empty*"),
        ("--frame-input=fram", "*: no input 'fram', which should take the frame; found frame: *"),
        ("--frame-input-value=gain", "*--frame-input-value 'gain' gives no input a value; write ratio=0.25 or *"),
        ("--frame-input-value=gain=no.png", "*'no.png' for 'gain' is neither a number nor true nor false, and there*"),
        ("--frame-input-value=gain=1,gain=2", "*name 'gain' more than once; an input takes the frame or one value"),
    ],
)
def test_an_option_that_cannot_be_right_ends_the_run(
    run: Run, write_spec: WriteSpec, option: str, message: str
) -> None:
    result = run(f"--frame-model={write_spec(FED)}", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
