"""The way from model.json to a first result, as one measured call."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence

from framegate.interfaces import Array, LoadedModel, ResolvedModel, Runtime, Stage
from framegate.measure.stages import Clock, StageTimer

FirstResult = tuple[LoadedModel, Mapping[str, Array]]


class LoadPath:
    """Each call loads the model anew and runs it once; the seconds of each stage are kept in ``timer``.

    Args:
        model: the files.
        runtime: what loads them.
        feeds: what the model is fed in its first run, in turn, from the loaded model; asked once, before anything is
            timed. The first one is fed then, and never again.
        clock: function that returns seconds as a float.
    """

    def __init__(
        self,
        model: ResolvedModel,
        runtime: Runtime,
        feeds: Callable[[LoadedModel], Sequence[Mapping[str, Array]]],
        clock: Clock = time.perf_counter,
    ) -> None:
        self._model = model
        self._result: FirstResult | None = None
        loaded = runtime.load(model)
        try:
            self._feeds = list(feeds(loaded))
            # Some runtimes compile a model, or refuse it, only when they see a shape.
            loaded.run(self._feeds.pop(0))
        finally:
            loaded.close()

        def first_run(loaded: LoadedModel) -> FirstResult:
            return loaded, loaded.run(self._feeds[0])

        self.timer = StageTimer([*runtime.stages(), Stage("first-run", first_run)], clock)

    def __call__(self) -> Mapping[str, Array]:
        """Load the model, run it once and return its outputs; call ``close`` before the next time."""
        self._result = self.timer(self._model)
        return self._result[1]

    def latest(self) -> list[Mapping[str, Array]]:
        """What the model is fed: by the last call, by the one before it, and so on."""
        return [self._feeds[-late] for late in range(len(self._feeds))]

    def close(self) -> None:
        """Close the model of the last call and free its memory, so that the next call does not pay for it.

        The next call feeds what is next in turn.
        """
        self._feeds.append(self._feeds.pop(0))
        if self._result is not None:
            self._result[0].close()
            self._result = None
            gc.collect()


def load_s(runtime: Runtime, model: ResolvedModel) -> float:
    """Seconds from model.json to ready, once."""
    started_s = time.perf_counter()
    loaded = runtime.load(model)
    seconds = time.perf_counter() - started_s
    loaded.close()
    return seconds
