"""Real GL contexts for the tests that draw, and a display for the one that needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from framegate.errors import BackendUnavailable
from framegate.gl import builtin
from framegate.interfaces import ANYWHERE, GLContext

OpenContext = Callable[[str], GLContext]


@pytest.fixture(scope="session")
def need_display() -> Iterator[Callable[[], None]]:
    """See to it that there is a display: the user's, else one Xvfb of our own, started when first needed.

    It outlives every context: Xlib ends the process of a client whose server goes away.
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


@pytest.fixture(scope="session")
def new_context(need_display: Callable[[], None]) -> Iterator[OpenContext]:
    """Make a context that asks for OpenGL errors after every call; skip, with the reason, where it cannot be made."""
    made: list[GLContext] = []

    def make(name: str) -> GLContext:
        if name == "glfw":
            need_display()
        try:
            context = builtin()[name](ANYWHERE)
        except BackendUnavailable as error:
            pytest.skip(str(error))
        made.append(context)
        if context.name != "null":
            context.functions.checked = True
        return context

    yield make
    for context in reversed(made):
        context.release()


@pytest.fixture(scope="session")
def shared_context(new_context: OpenContext) -> OpenContext:
    """The session's one context of each kind; all of them stay alive side by side."""
    made: dict[str, GLContext] = {}

    def get(name: str) -> GLContext:
        if name not in made:
            made[name] = new_context(name)
        return made[name]

    return get
