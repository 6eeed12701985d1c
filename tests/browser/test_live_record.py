"""What is recorded on the page of ``framegate live``: the same cell as the command that the page gives measures."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from live_pages import Person

HELPERS = Path(__file__).parents[1] / "helpers"

pytestmark = pytest.mark.usefixtures("quick_recording")


def stored_cell(path: Path) -> dict[str, Any]:
    [entry] = json.loads(path.read_text("utf-8"))["benchmarks"]
    return dict(entry)


def test_a_recording_is_the_cell_that_the_command_measures(person: Person, tmp_path: Path) -> None:
    person.picks("Runtime", "tfjs-webgl")
    person.picks("Way to the screen", "same-context")
    person.toggles("invert")
    said = person.presses("Record 10 s")
    saved = re.fullmatch(r"\d+ frames, .* at the median, stored in (.*)", said)
    assert saved, said
    recorded = stored_cell(Path(saved[1]))

    line = person.presses("Copy command")
    words = [sys.executable, "-m", *shlex.split(line), "--benchmark-json=suite.json", "-p", "quick_pages"]
    # How long it measures is the one thing that may differ here.
    path = os.pathsep.join((os.environ["PYTHONPATH"], str(HELPERS)))
    environment = {**os.environ, "PYTHONPATH": path}
    run = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    measured = stored_cell(tmp_path / "suite.json")
    for part in ("name", "fullname", "group", "params", "param"):
        assert recorded[part] == measured[part]
    assert recorded["extra_info"].keys() == measured["extra_info"].keys()
    for part in ("fed", "shown", "form"):
        assert recorded["extra_info"].get(part) == measured["extra_info"].get(part)
    assert recorded["extra_info"]["stages_s"].keys() == measured["extra_info"]["stages_s"].keys()
    assert recorded["extra_info"]["frame"] == measured["extra_info"]["frame"]
    browsers = [entry["extra_info"]["browser"] for entry in (recorded, measured)]
    assert browsers[0].keys() == browsers[1].keys()
    assert [browser["receipt"]["is_first_right"] for browser in browsers] == [True, True]
    assert browsers[0]["methods"] == browsers[1]["methods"]
    assert recorded["stats"]["rounds"] == len(recorded["extra_info"]["stages_s"]["inference"])
    person.sees_frames(3)
    assert person.fault() == ""


def test_a_recording_of_a_wrong_picture_is_not_stored(person: Person, tmp_path: Path) -> None:
    person.model_frame().evaluate(
        """() => {
          const { rounds } = framegate;
          framegate.rounds = async (limits) => {
            const measured = await rounds(limits);
            document.querySelector("canvas").getContext("2d").clearRect(0, 0, 9, 9);
            return measured;
          };
        }"""
    )
    said = person.presses("Record 10 s")
    assert said.startswith("it was measured, and not stored: ")
    assert "last measured round" in said
    assert not list(tmp_path.rglob(".benchmarks/**/*.json"))
    person.sees_frames(3)
