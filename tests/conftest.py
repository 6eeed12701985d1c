"""What all tests share: a tiny model that no library is needed to write or to run, and a display."""

import ctypes
import functools
import gc
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from tiny_model import write_tiny

ROOT = Path(__file__).parents[1]

WriteModel = Callable[..., Path]

# Tests that a shell has started in the background ignore Ctrl-C, and so would all that they start and end by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module", autouse=True)
def _lasting_objects() -> None:
    """Keep what is there before a file's tests out of garbage collections: it is there until the end.

    TensorFlow's objects and the tests themselves take a full collection a third of a second, and whatever frees a
    model asks for one.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_worker() -> None:
    """Keep it from the runs inside of tests that this one is a worker's: pytest-benchmark would time nothing there."""
    for variable in [name for name in os.environ if name.startswith("PYTEST_XDIST_")]:
        del os.environ[variable]


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have what drives browsers, a program of Node.js that starts with each of them, keep what it has compiled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NODE_COMPILE_CACHE", str(tmp_path_factory.getbasetemp() / "node"))
        yield


@pytest.fixture
def write_model(tmp_path: Path) -> WriteModel:
    """Writes the tiny model into a folder of the given name and returns the folder."""

    def write(name: str = "tiny", size: int | None = None, channels: int = 3, gain: float = 1.0) -> Path:
        return write_tiny(tmp_path / "models" / name, size, channels, gain)

    return write


@pytest.fixture(scope="session")
def need_display() -> Iterator[Callable[[], None]]:
    """See to it that there is a display: the user's, else one Xvfb of our own, started when first needed.

    It outlives every GL context: Xlib ends the process of a client whose server goes away.
    """
    with ExitStack() as running:

        @functools.cache
        def ensure() -> None:
            if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
                _start_xvfb(running)
            elif os.environ.get("DISPLAY"):
                _be_a_client(running)

        yield ensure


def _be_a_client(running: ExitStack) -> None:
    """Stay connected: the display of ``xvfb-run`` begins anew when its last client goes, and refuses others then."""
    with suppress(OSError):
        xlib = ctypes.CDLL("libX11.so.6")
        xlib.XOpenDisplay.restype = ctypes.c_void_p
        connection = xlib.XOpenDisplay(None)
        if connection:
            running.callback(xlib.XCloseDisplay, ctypes.c_void_p(connection))


def _start_xvfb(running: ExitStack) -> None:
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("there is no display and no Xvfb to make one: sudo apt-get install -y xvfb")
    ours, theirs = os.pipe()
    command = [program, "-displayfd", str(theirs), "-screen", "0", "1280x1024x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[theirs], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    running.enter_context(server)
    running.callback(server.terminate)
    os.close(theirs)
    with os.fdopen(ours) as answer:
        number = answer.readline().strip()
    if not number:
        pytest.skip("Xvfb is installed but does not start")
    running.enter_context(pytest.MonkeyPatch.context()).setenv("DISPLAY", f":{number}")
