"""The --frame-trial and --frame-timeout options: what hangs ends in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framegate.errors import ModelError
from framegate.interfaces import ResolvedModel
from framegate.loading import trial

Run = Callable[..., pytest.RunResult]

FLOATS = {"list": {"type": ["DT_FLOAT"]}}


@pytest.fixture
def endless(write_model: Callable[..., Path]) -> Path:
    """A model with a loop whose condition is always true."""
    path = write_model("endless", 8) / "model.json"
    model = json.loads(path.read_text("utf-8"))

    def ends(out: str) -> dict[str, Any]:
        return {"inputArg": [{"name": "x", "type": "DT_FLOAT"}], "outputArg": [{"name": "y", "type": out}]}

    same = {"name": "same", "op": "Identity", "input": ["x"], "attr": {"T": {"type": "DT_FLOAT"}}}
    yes = {"dtype": "DT_BOOL", "tensorShape": {}, "boolVal": [True]}
    always = {"name": "yes", "op": "Const", "attr": {"dtype": {"type": "DT_BOOL"}, "value": {"tensor": yes}}}
    body = {"signature": {"name": "body", **ends("DT_FLOAT")}, "nodeDef": [same], "ret": {"y": "same:output:0"}}
    cond = {"signature": {"name": "cond", **ends("DT_BOOL")}, "nodeDef": [always], "ret": {"y": "yes:output:0"}}
    calls = {name: {"func": {"name": name}} for name in ("body", "cond")}
    loop = {"name": "out", "op": "StatelessWhile", "input": ["picture"], "attr": {"T": FLOATS, **calls}}
    model["modelTopology"]["node"].append(loop)
    model["modelTopology"]["library"] = {"function": [body, cond]}
    path.write_text(json.dumps(model))
    return path


@pytest.fixture
def inference(run: Run, endless: Path) -> Run:
    cell = ("--frame-runtime=tensorflow", "--frame-preprocess=none", "--frame-size=8", f"--frame-model={endless}")
    return lambda *options: run(*cell, *options, suite="test_inference.py", subprocess=True)


def test_a_new_model_that_hangs_is_an_error_of_its_cell(inference: Run) -> None:
    result = inference("--frame-trial=1")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*ModelError: *in a trial, in a process of its own, the model did not end within 1 s*"]
    )


@pytest.mark.parametrize(("runtime", "tried"), [("ort-wasm", "onnxruntime"), ("firefox:litert-webgpu", "litert")])
def test_what_python_converts_for_a_page_is_tried_before_there_is_a_browser(
    run: Run, monkeypatch: pytest.MonkeyPatch, runtime: str, tried: str
) -> None:
    asked = []

    def refuse(model: ResolvedModel, runtime: str, deadline_s: float | None) -> None:
        asked.append((model.name, runtime, deadline_s))
        raise ModelError("it ended its process")

    monkeypatch.setattr(trial, "vet", refuse)
    page = (f"--frame-runtime={runtime}", "--frame-renderer=topixels", "no --frame-gl")
    result = run(*page, "--frame-trial=7", suite="test_browser.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ModelError: it ended its process"])
    assert asked == [("tiny", tried, 7)]


def test_a_trusted_model_that_hangs_ends_the_run(inference: Run) -> None:
    result = inference("--frame-trial=off", "--frame-timeout=10")
    assert result.ret == 1
    result.stderr.fnmatch_lines(["framegate: *test_inference*endless* did not end within 10 s, so the run ends here,*"])


@pytest.mark.parametrize(("option", "word"), [("--frame-trial", ", nor off"), ("--frame-timeout", "")])
@pytest.mark.parametrize("text", ["0", "-1", "soon", "1.5"])
def test_what_is_no_time_ends_the_run(run: Run, option: str, word: str, text: str) -> None:
    result = run(f"{option}={text}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{option} '{text}' is not a whole number from 1 to 86400{word}"])
