"""A folder for temporary files that is removed when the process which asked for it ends, however it ends.

Nothing runs in a process after SIGKILL, so another one, started from this same file, waits for its end: on the end of
its input it kills what still uses the folder and removes it. What uses it is known by the folder's name
in a command line or environment, which only Linux shows; elsewhere the folder goes, and a browser that outlives its
driver would stay. Where both are killed, the next run removes the folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

_END_S = 15.0
# Chromium opens a socket in a folder of its own below this one, and a socket's path has at most 107 bytes.
_LONGEST = 60
_NAME_BYTES = len("/framegate-browser-0123456789ab")


class WatchedFolder:
    """A temporary folder, and the process that removes it.

    Attributes:
        path: the folder.
    """

    def __init__(self) -> None:
        # The watcher runs this file without the package.
        from framegate.leftovers import temporary_folder

        with ExitStack() as opened:
            self.path = opened.enter_context(temporary_folder("browser", _place()))
            self._watcher = subprocess.Popen(  # noqa: S603 - this file, by this Python
                [sys.executable, "-I", "-S", __file__, str(self.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Ctrl-C in a terminal is for every process of the group.
                start_new_session=True,
            )
            if self._watcher.stdout is None:
                raise AssertionError("it was asked for")
            with self._watcher.stdout as ready:
                ready.read()
            self._folder = opened.pop_all()

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
        self._folder.close()


def _watch(folder: str) -> None:
    # Who ends all processes of a user or a service means this one too, and it ends by itself when the others have.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
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


def _place() -> Path:
    usual, short = Path(tempfile.gettempdir()), Path("/tmp")  # noqa: S108 - the folder below it is ours alone
    return short if len(os.fsencode(usual)) + _NAME_BYTES > _LONGEST and short.is_dir() else usual


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
    _watch(sys.argv[1])
