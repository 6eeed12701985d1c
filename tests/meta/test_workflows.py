"""The workflows are YAML, and run commands with options that there are."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = [
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    *sorted((ROOT / "docs" / "workflows").glob("*.yml")),
]


def steps(path: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_step_does_one_thing(path: Path) -> None:
    for step in steps(path):
        assert ("run" in step) != ("uses" in step), step


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_options_of_its_commands_exist(path: Path, request: pytest.FixtureRequest) -> None:
    ours = {option for action in request.config._parser.optparser._actions for option in action.option_strings}
    run = subprocess.run(
        [sys.executable, "-m", "framegate", "ab", "--help"], capture_output=True, text=True, check=True
    )
    known = {"pytest": ours, "framegate ab": set(re.findall(r"--[a-z][a-z-]*", run.stdout))}
    for script in (step["run"] for step in steps(path) if "run" in step):
        for command, options in known.items():
            for line in re.findall(rf"^\s*{command} (.*)$", script, re.MULTILINE):
                before = line.partition(" -- ")[0]
                assert set(re.findall(r"(--[a-z][a-z-]*)", before)) <= options, line


def test_the_one_to_copy_is_the_projects_own() -> None:
    own, copied = ((ROOT / path / "gate.yml").read_text("utf-8") for path in (".github/workflows", "docs/workflows"))
    compare = "framegate ab"
    assert [line for line in own.splitlines() if compare in line] == [
        line for line in copied.splitlines() if compare in line
    ]


COPIED = ROOT / "docs" / "workflows" / "gate.yml"


def test_the_one_to_copy_names_nothing_that_another_project_lacks() -> None:
    text = COPIED.read_text("utf-8")
    scripts = "\n".join(step["run"] for step in steps(COPIED) if "run" in step)
    assert "suites/" not in text
    assert "scripts/" not in text
    assert "--edit-last" not in text
    benchmarks = yaml.safe_load(text)["env"]["BENCHMARKS"].split()
    assert benchmarks[:2] == ["--pyargs", "framegate.suites.test_frame"]
    assert (ROOT / "suites" / "test_frame.py").is_file()
    assert (
        re.findall(r"^.*pip install -e \.", scripts, re.MULTILINE)
        == ["if [ -f pyproject.toml ] || [ -f setup.py ]; then python -m pip install -e ."] * 2
    )


def script_of(name: str) -> str:
    return str(next(step["run"] for step in steps(COPIED) if step.get("name") == name))


def run_script(script: str, folder: Path, **variables: str) -> tuple[int, list[str]]:
    """Run a step with programs that only say how they were called; its exit code, and what they said."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    for name in ("sudo", "python", "framegate", "gh"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> "$CALLS"\n[ "$*" = "" ] || echo "$ANSWER"\n')
        (programs / name).chmod(0o755)
    calls = folder / "calls"
    calls.write_text("")
    script = re.sub(r"\$\{\{ [^}]*repository \}\}", "me/mine", script)
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "CALLS": str(calls), "ANSWER": "", **variables}
    done = subprocess.run(
        ["/bin/bash", "-e", "-c", script], cwd=folder, env=environment, capture_output=True, check=False
    )
    return done.returncode, calls.read_text().splitlines()


@pytest.mark.parametrize(
    ("given", "installed"),
    [
        ("./framegate", "./framegate[all]"),
        ("git+https://example.org/a/b", "pytest-framegate[all] @ git+https://example.org/a/b"),
    ],
)
def test_its_install_step_in_a_project_with_and_without_a_package(tmp_path: Path, given: str, installed: str) -> None:
    code, calls = run_script(script_of("Install"), tmp_path, FRAMEGATE=given)
    assert code == 0
    assert f"python -m pip install {installed}" in calls
    assert "python -m pip install -e ." not in calls
    (tmp_path / "pyproject.toml").write_text("")
    assert "python -m pip install -e ." in run_script(script_of("Install"), tmp_path, FRAMEGATE=given)[1]
    assert run_script(script_of("Install"), tmp_path, FRAMEGATE="")[0] != 0


def test_its_comment_replaces_its_own_and_nobody_elses(tmp_path: Path) -> None:
    where = {"COMMENTS": "repos/me/mine/issues/7/comments"}
    assert run_script(script_of("Comment"), tmp_path, **where) == (0, [])
    (tmp_path / "gate.md").write_text("### verdict\n")
    code, calls = run_script(script_of("Comment"), tmp_path, **where)
    assert code == 0
    assert "startswith" in calls[0]
    assert calls[1] == "gh api --method POST repos/me/mine/issues/7/comments -F body=@comment.md"
    assert (tmp_path / "comment.md").read_text() == "<!-- framegate gate -->\n### verdict\n"
    _, calls = run_script(script_of("Comment"), tmp_path, ANSWER="12", **where)
    assert calls[1] == "gh api --method PATCH repos/me/mine/issues/comments/12 -F body=@comment.md"
