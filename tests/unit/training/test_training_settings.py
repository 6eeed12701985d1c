from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framegate.errors import UsageError
from framegate.training.settings import SETTINGS_FILE, Settings, keep

GOOD = Settings("pictures")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": 100}, "--size 100 is not 64, 128 or 256"),
        ({"filters": 0}, "--filters 0 is not from 1 to 256"),
        ({"batch": 0}, "--batch 0 and --steps 100 must be at least 1"),
        ({"steps": 0}, "--batch 4 and --steps 0 must be at least 1"),
        ({"learning_rate": 1.5}, "--learning-rate 1.5 is not between 0 and 1"),
        ({"seed": -1}, "--seed -1 is not from 0 to 2147483647"),
    ],
)
def test_settings_that_cannot_be_right_are_named(change: dict[str, Any], message: str) -> None:
    GOOD.check()
    with pytest.raises(UsageError, match=message):
        replace(GOOD, **change).check()


def test_a_run_is_resumed_as_what_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "run"
    keep(GOOD, folder)
    keep(GOOD, folder)
    before = (folder / SETTINGS_FILE).read_bytes()
    with pytest.raises(UsageError, match=r"run holds a run with filters 8, not 16; seed 0, not 1; resume it as it was"):
        keep(replace(GOOD, filters=16, seed=1), folder)
    assert (folder / SETTINGS_FILE).read_bytes() == before
    assert [path.name for path in folder.iterdir()] == [SETTINGS_FILE]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"file/run: the run.s folder cannot be written \(.*\); name another --out"):
        keep(GOOD, tmp_path / "file" / "run")
