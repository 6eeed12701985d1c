"""A choice whose model is loaded while something else is shown."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from framegate.window.choice import WindowChoice


def announced(choice: WindowChoice) -> str:
    """What the window says while it is loaded."""
    return f"loading {choice.model} into {choice.runtime}..."


class Coming:
    """Loads in a thread of its own, which nothing waits for that ends.

    Args:
        choice: what is loaded.
        load: loads it.
    """

    def __init__(self, choice: WindowChoice, load: Callable[[WindowChoice], object]) -> None:
        self.choice = choice
        self._load = load
        self._loaded: Future[None] = Future()
        threading.Thread(target=self._run, name="framegate model", daemon=True).start()

    def __str__(self) -> str:
        return announced(self.choice)

    @property
    def is_there(self) -> bool:
        """Whether it is loaded, or has failed."""
        return self._loaded.done()

    def verify(self) -> None:
        """See that it did not fail.

        Raises:
            FramegateError: it cannot be shown.
        """
        self._loaded.result()

    def _run(self) -> None:
        try:
            self._load(self.choice)
        except BaseException as error:  # noqa: BLE001 # whatever it is, the one who waits for it has to know
            self._loaded.set_exception(error)
        else:
            self._loaded.set_result(None)
