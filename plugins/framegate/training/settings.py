"""The settings of a training run, kept beside its checkpoints, so that a run resumes with its own settings only."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from framegate.errors import UsageError
from framegate.files import write_whole

SETTINGS_FILE = "training.json"


@dataclass(frozen=True)
class Settings:
    """All settings that decide the weights, except for the number of epochs, which may grow.

    Attributes:
        source: folder of pictures, or video, as the user has named it.
        size: input and output side in pixels: 64, 128 or 256.
        filters: filters of the first block.
        batch: pictures in a step.
        steps: steps in an epoch.
        learning_rate: Adam's learning rate.
        seed: seed of the first weights, the batches and the dropout.
    """

    source: str
    size: int = 128
    filters: int = 8
    batch: int = 4
    steps: int = 100
    learning_rate: float = 1e-3
    seed: int = 0

    def check(self) -> None:
        """Refuse impossible settings.

        Raises:
            UsageError: one is impossible; the error names the option and what it takes.
        """
        if self.size not in (64, 128, 256):
            raise UsageError(f"--size {self.size} is not 64, 128 or 256")
        if not 1 <= self.filters <= 256:
            raise UsageError(f"--filters {self.filters} is not from 1 to 256")
        if self.batch < 1 or self.steps < 1:
            raise UsageError(f"--batch {self.batch} and --steps {self.steps} must be at least 1")
        if not 0 < self.learning_rate < 1:
            raise UsageError(f"--learning-rate {self.learning_rate} is not between 0 and 1")
        if not 0 <= self.seed < 2**31:
            raise UsageError(f"--seed {self.seed} is not from 0 to {2**31 - 1}")


def keep(settings: Settings, folder: Path) -> None:
    """Write the settings into the run's folder, or compare them with those that it was started with.

    Raises:
        UsageError: the folder holds a run with other settings, or cannot be written.
    """
    path = folder / SETTINGS_FILE
    mine = dataclasses.asdict(settings)
    if path.exists():
        theirs = json.loads(path.read_text(encoding="utf-8"))
        differing = [
            f"{key} {theirs.get(key)!r}, not {value!r}" for key, value in mine.items() if theirs.get(key) != value
        ]
        if differing:
            raise UsageError(
                f"{folder} holds a run with {'; '.join(differing)}; resume it as it was, or name another --out"
            )
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, (json.dumps(mine, indent=2) + "\n").encode())
    except OSError as error:
        raise UsageError(
            f"{folder}: the run's folder cannot be written ({error.strerror or error}); name another --out"
        ) from error
