"""The --frame-model option."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]
WriteModel = Callable[..., Path]


def test_a_folder_and_a_model_json_are_taken(run: Run, write_model: WriteModel) -> None:
    first, second = write_model("first"), write_model("second")
    result = run(f"--frame-model={first}", f"--frame-model={second / 'model.json'}")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*test_frame?first-16-none-null-null-null? PASSED*", "*test_frame?second-16-*PASSED*"])


def test_files_that_were_uploaded_by_hand_are_taken(run: Run, write_model: WriteModel) -> None:
    folder = write_model("upload")
    (folder / "model.json").rename(folder / "my net.json")
    run(f"--frame-model={folder}", "--frame-preprocess=none").assert_outcomes(passed=1)


def test_several_models_may_stand_behind_commas(run: Run, write_model: WriteModel) -> None:
    result = run(f"--frame-model={write_model('first')},{write_model('second')}", "--frame-preprocess=none")
    result.assert_outcomes(passed=2)


def test_a_path_with_a_comma_in_it_is_one_path(run: Run, write_model: WriteModel) -> None:
    run(f"--frame-model={write_model('a,b')}", "--frame-preprocess=none").assert_outcomes(passed=1)


def test_a_model_runs_at_its_own_size(run: Run, write_model: WriteModel) -> None:
    result = run(f"--frame-model={write_model('fixed', size=48)}", "--frame-preprocess=none", "no --frame-size")
    result.stdout.fnmatch_lines(["*test_frame?fixed-48-none-null-null-null? PASSED*"])


def test_an_unknown_name_ends_the_run_and_lists_what_there_is(run: Run) -> None:
    result = run("--frame-model=esrgan")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: unknown model 'esrgan' (did you mean *there is: age-range, *"])


def test_a_missing_path_ends_the_run(run: Run) -> None:
    result = run("--frame-model=./nowhere/model.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *nowhere/model.json: no such file or folder;*"])


def test_two_models_of_one_name_are_refused(run: Run, write_model: WriteModel) -> None:
    result = run(f"--frame-model={write_model('a/net')}", f"--frame-model={write_model('b/net')}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: two models are called 'net' (*a/net and *b/net); rename*"])


def test_a_broken_model_json_is_one_line(run: Run, write_model: WriteModel) -> None:
    folder = write_model("broken")
    (folder / "model.json").write_text("{nope")
    result = run(f"--frame-model={folder}", "--frame-size=16")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *broken/model.json: not JSON*"])
    result.stderr.no_fnmatch_line("*Traceback*")


def test_a_truncated_shard_fails_its_cells_in_one_line(run: Run, write_model: WriteModel) -> None:
    folder = write_model("cut")
    (folder / "group1-shard1of1.bin").write_bytes(b"\0")
    result = run(f"--frame-model={folder}", "--frame-preprocess=none", "--frame-runtime=tensorflow")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["WeightsError: *group1-shard1of1.bin*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*: WeightsError")


def test_a_spec_of_ones_own_says_the_ranges(run: Run, write_model: WriteModel, tmp_path: Path) -> None:
    write_model("net")
    spec = tmp_path / "mine.toml"
    spec.write_text('source = "models/net"\nsizes = [24]\ninput_range = [0, 1]\noutput_range = [0, 1]\n')
    result = run(f"--frame-model={spec}", "--frame-preprocess=none", "no --frame-size")
    result.stdout.fnmatch_lines(["*test_frame?mine-24-none-null-null-null? PASSED*"])


def test_npm_absent_is_a_named_skip(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("--frame-model=esrgan-slim-x2", "--frame-preprocess=none")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*model source 'npm': *npm*"])
    assert not list((tmp_path / "cache").rglob("*.json"))


@pytest.mark.parametrize("locator", ["npm:foo", "npm:@maker/net@latest", "npm:net@1.0.0#../up"])
def test_an_npm_locator_that_cannot_be_right_ends_the_run(run: Run, locator: str) -> None:
    result = run(f"--frame-model={locator}", "no --frame-size")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {locator} is not npm:NAME@VERSION#path/in/package with an exact version*"])


def plain_float16(folder: Path) -> Path:
    """Makes the one weight of the tiny model float16, which Python reads and TF.js does not."""
    document = json.loads((folder / "model.json").read_text())
    document["weightsManifest"][0]["weights"][0]["dtype"] = "float16"
    (folder / "model.json").write_text(json.dumps(document))
    (folder / "group1-shard1of1.bin").write_bytes(b"\0\x3c")
    return folder


def test_what_tfjs_refuses_of_a_model_is_said_at_the_end_of_the_run_and_stored(
    run: Run, stored: Stored, write_model: WriteModel
) -> None:
    folder = plain_float16(write_model("half"))
    refusal = "TF.js 4.22.0 refuses this: Unsupported dtype in weight 'gain': float16"
    result = run(f"--frame-model={folder}")
    result.assert_outcomes(passed=2)
    assert result.stdout.str().count(f"half: {refusal}") == 1
    assert {tuple(cell["extra_info"]["model_remarks"]) for cell in stored(f"--frame-model={folder}")} == {(refusal,)}


def test_a_model_that_tfjs_takes_is_stored_without_remarks(stored: Stored) -> None:
    assert all("model_remarks" not in cell["extra_info"] for cell in stored())
