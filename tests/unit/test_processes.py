"""A process that is being started when someone asks for the end is ended too."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from patience import PATIENCE_S, until

from framegate import processes
from framegate.processes import completed, running

WAIT = [sys.executable, "-c", "import sys; sys.stdin.read()"]


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(WAIT, stdin=subprocess.PIPE)


def end(process: subprocess.Popen[bytes]) -> None:
    process.communicate()


def test_a_process_has_ended_when_its_block_has() -> None:
    with running(start, end) as process:
        assert process.poll() is None
    assert process.returncode == 0


# In a process of its own: libraries of other tests may have something to say to a signal as well.
INTERRUPTED = """
import signal, subprocess, sys
from framegate.processes import running

number, started = signal.Signals[sys.argv[1]], []

def start():
    started.append(subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE))
    signal.raise_signal(number)
    return started[0]

def stop(*_):
    raise KeyboardInterrupt

signal.signal(number, stop)
try:
    with running(start, lambda process: process.communicate()):
        print("the block is reached")
except KeyboardInterrupt:
    print("interrupted,", started[0].returncode, signal.getsignal(number) is stop)
"""


FAILED = """
import signal, sys
from framegate.processes import running

def start():
    signal.raise_signal(signal.SIGINT)
    raise FileNotFoundError

try:
    with running(start, print):
        print("the block is reached")
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_signal_during_a_start_that_fails_is_not_lost() -> None:
    done = subprocess.run([sys.executable, "-c", FAILED], capture_output=True, text=True, check=False)
    assert done.stdout == "interrupted\n", done.stderr


@pytest.mark.parametrize("name", [signal.Signals(number).name for number in processes.SIGNALS])
def test_a_signal_between_the_start_and_the_block_waits_for_what_ends_the_process(name: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "interrupted, 0 True\n", done.stderr


def test_what_does_not_start_raises_what_the_system_says(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(FileNotFoundError), running(lambda: subprocess.Popen([tmp_path / "nothing"]), end):
        raise AssertionError("the block is not reached")
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_have_no_signals_to_wait_for() -> None:
    codes = []

    def work() -> None:
        with running(start, end) as process:
            pass
        codes.append(process.returncode)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert codes == [0]


def test_a_program_tells_what_it_said_and_how_it_ended(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getcwd(), sys.stdin.read()); sys.stderr.buffer.write(b'\\xff'); sys.exit(3)"
    done = completed([sys.executable, "-c", code], PATIENCE_S, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (3, f"{tmp_path} \n", "\ufffd")


def test_a_program_that_takes_too_long_is_killed() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        completed([sys.executable, "-c", "import threading; threading.Event().wait()"], 0.0)
    assert not processes._UNDER_WAY


# The program tells its number, and then waits for nothing that comes.
LEFT = """
import sys, threading
from pathlib import Path
from framegate.processes import completed

tells = "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); import threading; "
tells += "threading.Event().wait()"
command = [sys.executable, "-c", tells, sys.argv[1]]
threading.Thread(target=completed, args=(command, 600.0), daemon=True).start()
while not (Path(sys.argv[1]).exists() and Path(sys.argv[1]).read_text()):
    pass
"""


def test_a_program_that_a_thread_waits_for_ends_with_the_process(tmp_path: Path) -> None:
    told = tmp_path / "told"
    done = subprocess.run([sys.executable, "-c", LEFT, str(told)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    until(lambda: not psutil.pid_exists(int(told.read_text())))
