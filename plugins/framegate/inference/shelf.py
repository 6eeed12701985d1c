"""Keep the model in use loaded."""

from __future__ import annotations

import gc
from collections.abc import Callable

from framegate.interfaces import LoadedModel, ResolvedModel, Runtime
from framegate.work import long_work


class ModelShelf:
    """Holds one loaded model; asking for another one closes it first, so two large models never share the memory.

    Cells are ordered by model and runtime, so each pair is loaded once per suite.

    Args:
        runtimes: function that gives a runtime by its name.
    """

    def __init__(self, runtimes: Callable[[str], Runtime]) -> None:
        self._runtimes = runtimes
        self._key: tuple[str, str] | None = None
        self._loaded: LoadedModel | None = None

    def get(self, model: ResolvedModel, runtime: str) -> LoadedModel:
        """The model in that runtime, loaded now if it is not the one on the shelf."""
        key = (model.sha256, runtime)
        if self._loaded is None or self._key != key:
            self.close()
            with long_work(f"loading {model.name} into {runtime}"):
                self._loaded, self._key = self._runtimes(runtime).load(model), key
        return self._loaded

    def close(self) -> None:
        """Close the model on the shelf, if there is one."""
        if self._loaded is not None:
            self._loaded.close()
            self._loaded = self._key = None
            # A TensorFlow function is a cycle of objects; its weights would wait for the collector's next full pass.
            gc.collect()
