"""A folder for temporary files that is removed when the process which asked for it ends, however it ends.

Nothing runs in a process after SIGKILL, so another one, started from this same file, waits for its end: it owns the
folder, and on the end of its input kills what still uses it and removes it. What uses it is known by the folder's name
in a command line or environment, which only Linux shows; elsewhere the folder goes, and a browser that outlives its
driver would stay.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_PREFIX = "framegate-"
_END_S = 15.0
# Chromium opens a socket in a folder of its own below this one, and a socket's path has at most 107 bytes.
_LONGEST = 60


class WatchedFolder:
    """A temporary folder, and the process that removes it.

    Attributes:
        path: the folder.
    """

    def __init__(self) -> None:
        self._watcher = subprocess.Popen(  # noqa: S603 - this file, by this Python
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C in a terminal is for every process of the group.
            start_new_session=True,
        )
        if self._watcher.stdout is None:
            raise AssertionError("it was asked for")
        with self._watcher.stdout as said:
            self.path = Path(os.fsdecode(said.read()))

    def close(self) -> None:
        """Kill what still uses the folder and remove it; a second call does nothing."""
        if self._watcher.stdin is None or self._watcher.stdin.closed:
            return
        self._watcher.stdin.close()
        try:
            self._watcher.wait(2 * _END_S)
        except subprocess.TimeoutExpired:
            self._watcher.kill()
            self._watcher.wait()


def _watch() -> None:
    # Who ends all processes of a user or a service means this one too, and it ends by itself when the others have.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    folder = tempfile.mkdtemp(prefix=_PREFIX, dir=_place())
    os.write(sys.stdout.fileno(), os.fsencode(folder))
    os.close(sys.stdout.fileno())
    while os.read(sys.stdin.fileno(), 1):
        pass
    deadline = time.monotonic() + _END_S
    while time.monotonic() < deadline:
        users = _users(os.fsencode(folder))
        for pid in users:
            _kill(pid)
        shutil.rmtree(folder, ignore_errors=True)
        # A process that was alive a moment ago may just have made a file.
        if not users and not Path(folder).exists():
            return
        time.sleep(0.02)


def _place() -> str:
    usual = tempfile.gettempdir()
    return "/tmp" if len(usual) + len(_PREFIX) + 9 > _LONGEST and Path("/tmp").is_dir() else usual  # noqa: S108 - mkdtemp's below it is ours alone


def _users(folder: bytes) -> list[int]:
    return [
        int(process.name)
        for process in Path("/proc").glob("[0-9]*")
        if int(process.name) != os.getpid() and any(folder in _read(process / part) for part in ("cmdline", "environ"))
    ]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        # It has ended, or is another user's.
        return b""


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        return


if __name__ == "__main__":
    _watch()
