"""What a browser or its driver said, in one line."""

from __future__ import annotations

import re
from pathlib import Path

_CALL = re.compile(r"^[A-Z]\w+\.\w+: (?:Error: )?")
_SAID = re.compile(r"\[pid=\d+\]\[err\] (.+)")
_ENDED = re.compile(r"exitCode=(\w+), signal=(\w+)")


def first_line(text: str) -> str:
    """The first line of a message, to which playwright adds its log, without the names of playwright's own calls."""
    lines = text.strip().splitlines()
    return _CALL.sub("", lines[0]) if lines else "it does not say why"


def why_not_started(program: Path, text: str) -> str:
    """Why a program did not become a browser, from playwright's message and the log in it."""
    lines = [line for line in _SAID.findall(text) if "chrome_crashpad" not in line]
    errors = [line for line in lines if "FATAL" in line or "ERROR" in line]
    ended = _ENDED.search(text)
    how = first_line(text)
    if ended is not None:
        code, signal = ended.groups()
        how = f"it ended with exit code {code}" if signal == "null" else f"it was ended by {signal}"
    last = f" and said: {(errors or lines)[0 if errors else -1][:300]}" if lines else ""
    return f"{program} did not start as a browser: {how}{last}; name a Chrome or Chromium with --frame-browser-path"
