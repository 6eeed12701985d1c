"""The Firefox Profiler's importer, by the command line that its makers have put on npm."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from viewers.contents import Contents

COMMAND = ("npx", "--yes", "@firefox-devtools/profiler-cli@0.10.0")
TRIES = 60
SESSION = "trace"
MOST = 1_000_000


def opened_in_firefox(path: Path) -> Contents:
    """What the Firefox Profiler makes of a trace; counters and arrows are nothing that it takes from one.

    Raises:
        RuntimeError: it does not open it.
    """
    with tempfile.TemporaryDirectory(prefix="pq") as folder:  # a socket's path has to be short
        environment = {**os.environ, "PROFILER_CLI_SESSION_DIR": folder}

        def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = [*COMMAND, *arguments]
            return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

        loaded = ask("load", str(path.absolute()), "--session", SESSION)
        try:
            # What loads it may be slower than its own command waits for.
            answers = (ask("profile", "markers", "--json", "--limit", str(MOST)) for _ in range(TRIES))
            answer = next((answer for answer in answers if answer.returncode == 0), None)
        finally:
            ask("stop", SESSION)
    if answer is None:
        raise RuntimeError(f"{path}: the Firefox Profiler did not open it: {loaded.stderr.strip()}")
    markers: list[dict[str, Any]] = json.loads(answer.stdout)["markers"]
    slices = (marker for marker in markers if "duration" in marker)
    return Contents.of((marker["threadName"], marker["name"], 1000 * marker["duration"]) for marker in slices)
