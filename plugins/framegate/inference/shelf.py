"""Keep the models in use loaded."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable

from framegate.interfaces import LoadedModel, ResolvedModel, Runtime
from framegate.kept import KeptOpen
from framegate.models.shards import weight_bytes
from framegate.models.topology import read_model_json
from framegate.work import long_work


class ModelShelf:
    """Holds loaded models; those that were asked for longest ago are closed before another one is loaded.

    Cells are ordered by model and runtime, so each pair is loaded once per suite, and two large models never share the
    memory.

    Args:
        runtimes: function that gives a runtime by its name.
        most: number of models at most.
        most_bytes: size of their weights together at most, where there is room for two.
    """

    def __init__(self, runtimes: Callable[[str], Runtime], most: int = 1, most_bytes: float = math.inf) -> None:
        self._runtimes = runtimes
        self._kept: KeptOpen[tuple[str, str], LoadedModel] = KeptOpen(_close, most, most_bytes)

    def has(self, model: ResolvedModel, runtime: str) -> bool:
        """Whether the model is loaded in that runtime."""
        return (model.sha256, runtime) in self._kept

    def get(self, model: ResolvedModel, runtime: str) -> LoadedModel:
        """The model in that runtime, loaded now if it is not on the shelf."""
        key = (model.sha256, runtime)
        loaded = self._kept.get(key)
        if loaded is None:
            size = weight_bytes(read_model_json(model.path))
            self._kept.make_room(size)
            with long_work(f"loading {model.name} into {runtime}"):
                loaded = self._runtimes(runtime).load(model)
            self._kept.add(key, loaded, size)
        return loaded

    def close(self) -> None:
        """Close the models on the shelf."""
        self._kept.close()


def _close(loaded: LoadedModel) -> None:
    loaded.close()
    del loaded
    # A TensorFlow function is a cycle of objects; its weights would wait for the collector's next full pass.
    gc.collect()
