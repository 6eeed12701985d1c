"""What all tests share: a tiny model that no library is needed to write or to run, and a display."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]

WriteModel = Callable[..., Path]


@pytest.fixture(scope="session", autouse=True)
def _no_worker() -> None:
    """Keep it from the runs inside of tests that this one is a worker's: pytest-benchmark would time nothing there."""
    for variable in [name for name in os.environ if name.startswith("PYTEST_XDIST_")]:
        del os.environ[variable]


def tiny_topology(size: int | None, channels: int) -> dict[str, object]:
    """A graph model that multiplies an image by one number."""
    dims = [{"size": str(size)} for size in (-1, size or -1, size or -1, channels)]
    placeholder = {
        "name": "image",
        "op": "Placeholder",
        "attr": {"shape": {"shape": {"dim": dims}}, "dtype": {"type": "DT_FLOAT"}},
    }
    gain = {
        "name": "gain",
        "op": "Const",
        "attr": {
            "dtype": {"type": "DT_FLOAT"},
            "value": {"tensor": {"dtype": "DT_FLOAT", "tensorShape": {"dim": [{"size": "1"}]}}},
        },
    }
    times = {"name": "picture", "op": "Mul", "input": ["image", "gain"], "attr": {"T": {"type": "DT_FLOAT"}}}
    return {"node": [placeholder, gain, times], "library": {}, "versions": {}}


@pytest.fixture
def write_model(tmp_path: Path) -> WriteModel:
    """Writes the tiny model into a folder of the given name and returns the folder."""

    def write(name: str = "tiny", size: int | None = None, channels: int = 3, gain: float = 1.0) -> Path:
        folder = tmp_path / "models" / name
        folder.mkdir(parents=True, exist_ok=True)
        weights = [{"name": "gain", "shape": [1], "dtype": "float32"}]
        model = {
            "format": "graph-model",
            "modelTopology": tiny_topology(size, channels),
            "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": weights}],
        }
        (folder / "model.json").write_text(json.dumps(model))
        (folder / "group1-shard1of1.bin").write_bytes(np.float32(gain).tobytes())
        return folder

    return write


@pytest.fixture(scope="session")
def need_display() -> Iterator[Callable[[], None]]:
    """See to it that there is a display: the user's, else one Xvfb of our own, started when first needed.

    It outlives every GL context: Xlib ends the process of a client whose server goes away.
    """
    with ExitStack() as running:

        def ensure() -> None:
            if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
                _start_xvfb(running)

        yield ensure


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
