"""Flags and versions of TF.js as cells of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


def collected(run: Run, *options: str) -> list[str]:
    output = run(*options, "--frame-renderer=topixels", "--frame-size=16", "--collect-only", suite="test_browser.py")
    return re.findall(r"<Function test_browser\[.*?-16-[\w+-]*?none-(.*)-topixels\]>", output.stdout.str())


PLAIN = "--frame-preprocess=none"


def test_each_variant_of_tfjs_is_a_cell_whose_name_tells_it(run: Run) -> None:
    assert collected(
        run,
        PLAIN,
        "--frame-runtime=tfjs-wasm,tfjs-webgl",
        "--frame-tfjs-flag=none,WEBGL_PACK=false+PROD=true",
        "--frame-tfjs-version=4.20.0",
        "--frame-tfjs-version=4.22.0",
    ) == [
        f"{runtime}{version}{flags}"
        for runtime in ("tfjs-wasm", "tfjs-webgl")
        for version in ("@4.20.0", "")
        for flags in ("", ":WEBGL_PACK=false+PROD=true")
    ]


def test_the_name_of_a_variant_is_a_runtime_by_itself(run: Run) -> None:
    name = "tfjs-wasm@4.20.0:PROD=true"
    assert collected(run, PLAIN, f"--frame-runtime={name},tfjs-cpu") == [name, "tfjs-cpu"]


def test_all_runtimes_are_all_in_the_variant_that_was_asked_for(run: Run) -> None:
    names = collected(run, PLAIN, "--frame-runtime=all", "--frame-tfjs-flag=PROD=true")
    assert {name for name in names if name.startswith("tfjs-")} == {
        f"tfjs-{backend}:PROD=true" for backend in ("cpu", "wasm", "webgl", "webgpu")
    }


def test_each_browser_is_a_cell_whose_name_tells_it(run: Run) -> None:
    assert collected(
        run,
        PLAIN,
        "--frame-runtime=tfjs-wasm,ort-wasm,adb:tfjs-cpu",
        "--frame-browser=auto,firefox",
        "--frame-tfjs-version=4.20.0",
    ) == ["tfjs-wasm@4.20.0", "firefox:tfjs-wasm@4.20.0", "ort-wasm", "firefox:ort-wasm", "adb:tfjs-cpu"]


def test_a_browser_is_no_variant_of_what_runs_in_python(run: Run) -> None:
    output = run("--frame-runtime=null", "--frame-browser=firefox", "--collect-only", suite="test_frame.py")
    assert "firefox" not in "".join(re.findall("<Function .*>", output.stdout.str()))


@pytest.mark.parametrize(
    ("option", "line"),
    [
        (
            "--frame-tfjs-flag=WEBGL_PACK",
            (
                "ERROR: --frame-tfjs-flag 'WEBGL_PACK' is no flag of TF.js; write NAME=true, NAME=false or NAME=NUMBER,"
                " several of them joined by '+', or none"
            ),
        ),
        (
            "--frame-tfjs-version=latest",
            "ERROR: --frame-tfjs-version 'latest' is no version of TF.js; write all three numbers, as in 4.22.0",
        ),
        (
            "--frame-runtime=tfjs-wasm@4:PROD=true",
            (
                "ERROR: --frame-runtime tfjs-wasm@4:PROD=true: '4' is no version of TF.js; write all three numbers, as"
                " in 4.22.0"
            ),
        ),
        ("--frame-runtime=firefox:tensorflow", "ERROR: unknown runtime 'firefox:tensorflow'*"),
        ("--frame-runtime=ort-wasm@1.0.0", "ERROR: unknown runtime 'ort-wasm@1.0.0'*"),
        ("--frame-runtime=tensorflow:PROD=true", "ERROR: unknown runtime 'tensorflow:PROD=true'*"),
    ],
)
def test_what_cannot_be_one_is_refused(run: Run, option: str, line: str) -> None:
    result = run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([line])
