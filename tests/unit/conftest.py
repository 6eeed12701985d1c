"""Real GL contexts for the tests that draw."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from framegate.contexts import builtin
from framegate.errors import BackendUnavailable
from framegate.interfaces import ANYWHERE, GLContext

OpenContext = Callable[[str], GLContext]

# An example that a busy machine takes long for is no failure.
settings.register_profile("framegate", settings(), deadline=None)
settings.load_profile("framegate")


@pytest.fixture(scope="session")
def new_context(need_display: Callable[[], None]) -> Iterator[OpenContext]:
    """Make a context that asks for OpenGL errors after every call; skip, with the reason, where it cannot be made.

    In CI the set-up must have brought it.
    """
    made: list[GLContext] = []

    def make(name: str) -> GLContext:
        if name == "glfw":
            need_display()
        try:
            context = builtin()[name](ANYWHERE)
        except BackendUnavailable as error:
            if os.environ.get("CI"):
                pytest.fail(str(error))
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
