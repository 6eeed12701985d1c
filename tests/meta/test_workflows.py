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
