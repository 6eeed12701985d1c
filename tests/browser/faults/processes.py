"""The processes of browsers, as the operating system sees them."""

from __future__ import annotations

from contextlib import suppress

import psutil


def browsers(of: psutil.Process | None = None) -> list[psutil.Process]:
    """The processes of browsers below a process, by default this one, that have not ended."""
    return [process for process in (of or psutil.Process()).children(recursive=True) if _is_browser(process)]


def users(folder: str) -> list[psutil.Process]:
    """All processes on this machine with a folder in their command line: its browsers, whoever their parent is."""
    return [process for process in psutil.process_iter() if any(folder in part for part in _command(process))]


def kill(kind: str, of: psutil.Process | None = None) -> None:
    """Kill the processes of a browser that are of a kind, such as ``gpu-process``."""
    found = [process for process in browsers(of) if f"--type={kind}" in _command(process)]
    assert found
    for process in found:
        # One may end with another's end, before its own turn.
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _is_browser(process: psutil.Process) -> bool:
    try:
        return "chrom" in process.name() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _command(process: psutil.Process) -> list[str]:
    try:
        # Chromium writes the command lines of its children anew, as one text.
        return " ".join(process.cmdline()).split(" ")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []
