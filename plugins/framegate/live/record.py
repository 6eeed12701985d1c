"""Have pytest store what a page has measured, so that comparisons and the gate know it as any other benchmark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from framegate.errors import UsageError
from framegate.pipelines.recorded import Recording
from framegate.processes import completed, module_command

STORE_S = 600.0
_SAVED = re.compile(r"Saved benchmark data in: (.+)")
_LONGEST = 400
_REASONS = ("E  ", r"[A-Z]\w+: ", "ERROR", ".*[Ee]rror:", "SKIPPED", "FAILED")
"""How lines begin that say why there is no benchmark, the best first."""


def stored(recording: Recording, command: Sequence[str], folder: Path) -> dict[str, Any]:
    """Store a recording in pytest-benchmark's storage, under the folder in which the command was started.

    The suite itself does so: its name, its parameters, its checks of the picture and the agreement of the outputs.

    Args:
        recording: what was measured.
        command: the words of the command that measures the same, ``pytest`` first.
        folder: folder for the recording, until it is stored.

    Returns:
        ``path`` of the file, ``frames``, and ``median_s`` of a frame.

    Raises:
        UsageError: pytest does not store it; the reason is its own.
    """
    file = folder / "recording"
    recording.write(file)
    run = completed(module_command(*command, "--benchmark-autosave", f"--frame-recording={file}"), STORE_S)
    file.unlink()
    saved = _SAVED.search(run.stdout + run.stderr)
    if run.returncode or saved is None:
        if saved is not None:
            # What was wrong is no baseline.
            Path(saved[1].strip()).unlink(missing_ok=True)
        raise UsageError(f"it was measured, and not stored: {_reason(run.stdout + run.stderr)}")
    return {"path": saved[1].strip(), "frames": len(recording.frames_s), "median_s": median(recording.frames_s)}


def _reason(output: str) -> str:
    """What pytest says of a failure, and its name for the test only where it says no more."""
    for kind in _REASONS:
        reason = re.search(rf"^(?:{kind}).*", output, re.MULTILINE)
        if reason is not None:
            return " ".join(reason[0].removeprefix("E ").split())[:_LONGEST]
    return " ".join(output[-_LONGEST:].split())
