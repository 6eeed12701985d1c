"""The fastest runtime for a model on this machine, by a short trial."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping

import numpy as np

from framegate.errors import BackendUnavailable, FramegateError, ModelError, WrongOutput
from framegate.extras import how_to_install
from framegate.inference.abilities import in_words, open_runtime
from framegate.inference.agreement import verify_agreement
from framegate.inference.base import BaseRuntime, Threaded
from framegate.interfaces import Array, LoadedModel, ResolvedModel, RuntimeFactory, Stage, Stages, TensorInfo
from framegate.models.image_io import image_input

CANDIDATES = ("tensorflow", "openvino", "onnxruntime", "litert", "tensorflow-xla")
"""In the order of the trial. The first is what the others must agree with; ``keras`` is never the fastest."""

RUNS = 7
"""Runs of each runtime, the fastest of which counts."""
TRIAL_S = 0.5
"""Seconds after which no other run begins: a slow model shows its differences in fewer."""
DYNAMIC_SIDE = 128
"""Side of the trial's picture where the model leaves it open."""


class AutoRuntime(Threaded, BaseRuntime):
    """Loads a model into every runtime there is, runs it a few times in each, and keeps the fastest.

    Args:
        candidates: runtime name -> factory, in the order of the trial; None means the built-in ones.
        clock: seconds since any fixed time.
    """

    def __init__(
        self,
        candidates: Mapping[str, RuntimeFactory] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__()
        self._candidates = _builtin() if candidates is None else candidates
        self._clock = clock

    def describe(self) -> str:
        """What it chooses from."""
        return f"the fastest of {', '.join(self._candidates)} for each model, by a trial, {in_words(self.threads)}"

    def stages(self) -> Stages:
        """``load`` cut into its stages; all of the trial is ``build``."""
        return (Stage("parse", _as_it_is), Stage("weights", _as_it_is), Stage("build", self._choose))

    def _choose(self, model: ResolvedModel) -> AutoModel:
        failed: dict[str, FramegateError] = {}
        times: dict[str, float] = {}
        reference: tuple[str, dict[str, Array]] | None = None
        best: LoadedModel | None = None
        for name, factory in self._candidates.items():
            loaded: LoadedModel | None = None
            try:
                loaded = open_runtime(factory, self.threads).load(model)
                feeds = trial_feeds(loaded.inputs)
                outputs = {output: array.copy() for output, array in loaded.run(feeds).items()}
                if reference is not None:
                    verify_agreement(outputs, reference[1], reference[0])
                fastest_s = self._fastest(loaded, feeds)
            except (BackendUnavailable, ModelError, WrongOutput) as error:
                failed[name] = error
            else:
                reference = reference or (name, outputs)
                if best is None or fastest_s < min(times.values()):
                    best, loaded = loaded, best
                times[name] = fastest_s
            if loaded is not None:
                loaded.close()
                gc.collect()
        if best is None:
            raise _none(failed)
        return AutoModel(best, dict(sorted(times.items(), key=lambda item: item[1])))

    def _fastest(self, loaded: LoadedModel, feeds: Mapping[str, Array]) -> float:
        """Seconds of the fastest of a few runs."""
        best = float("inf")
        first = started = self._clock()
        for _ in range(RUNS):
            loaded.run(feeds)
            ended = self._clock()
            best = min(best, ended - started)
            if ended - first > TRIAL_S:
                break
            started = ended
        return best


class AutoModel:
    """The model in the runtime that won.

    Args:
        loaded: the model.
        trial_s: seconds of each runtime's fastest run, fastest first.
    """

    def __init__(self, loaded: LoadedModel, trial_s: Mapping[str, float]) -> None:
        self._loaded = loaded
        self.trial_s = trial_s
        self.runtime = next(iter(trial_s))

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """What ``run`` takes."""
        return self._loaded.inputs

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """What ``run`` returns."""
        return self._loaded.outputs

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Run once, in the runtime that won."""
        return self._loaded.run(feeds)

    def stages(self) -> Stages:
        """Those of the runtime that won."""
        return self._loaded.stages()

    def close(self) -> None:
        """Free the model."""
        self._loaded.close()


def trial_feeds(inputs: tuple[TensorInfo, ...]) -> dict[str, Array]:
    """Noise in [0, 1) for floats and zeros for the rest, each in batches of 1.

    Sides that are open are 128 in the input that takes the frame, by a guess, and 1 in others.
    """
    random = np.random.default_rng(0)
    feeds = {}
    frame = _frame_input(inputs)
    for info in inputs:
        open_side = DYNAMIC_SIDE if info == frame else 1
        shape = [(1 if axis == 0 else open_side) if dim is None else dim for axis, dim in enumerate(info.shape)]
        floats = info.dtype.startswith("float")
        feeds[info.name] = (random.random(shape) if floats else np.zeros(shape)).astype(info.dtype)
    return feeds


def _frame_input(inputs: tuple[TensorInfo, ...]) -> TensorInfo | None:
    try:
        return image_input("", inputs).info
    except ModelError:
        return inputs[0] if len(inputs) == 1 else None


def _builtin() -> dict[str, RuntimeFactory]:
    from framegate.runtimes import builtin

    factories = builtin()
    return {name: factories[name] for name in CANDIDATES}


def _as_it_is(model: ResolvedModel) -> ResolvedModel:
    return model


def _none(failed: Mapping[str, FramegateError]) -> FramegateError:
    """A broken model is every runtime's error, and the first says it best."""
    for error in failed.values():
        if isinstance(error, ModelError):
            return error
    reasons = "; ".join(f"{name}: {error}" for name, error in failed.items())
    return BackendUnavailable(f"no runtime takes the model ({reasons})", how_to_install("all"))
