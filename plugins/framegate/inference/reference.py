"""Outputs of a model that is loaded apart from the one that is measured."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from framegate.errors import BackendUnavailable, ModelError
from framegate.inference.agreement import Outputs, agrees
from framegate.interfaces import Array, ResolvedModel, Runtime, TensorInfo

REFERENCE = "tensorflow"
"""The runtime whose word counts, where it is installed and takes the model."""

KEPT_BYTES = 64 * 2**20

Feeds = Mapping[str, Array]


class Reference(NamedTuple):
    """The outputs of a runtime.

    Attributes:
        runtime: its name.
        outputs: outputs for each of the feeds.
        is_repeatable: whether it returned the same when it was fed the same again.
        tolerance: how far the outputs may be from what is right, as a share of the range of each.
    """

    runtime: str
    outputs: Sequence[Outputs]
    is_repeatable: bool
    tolerance: float = 0.0


class References:
    """Runs models apart from those that are measured; each is closed at once, and its outputs are kept.

    Args:
        open_runtime: function that makes a new runtime by its name.
        kept_bytes: bytes of outputs to keep; those of the latest call are kept in any case.
    """

    def __init__(self, open_runtime: Callable[[str], Runtime], kept_bytes: int = KEPT_BYTES) -> None:
        self._open = open_runtime
        self._kept_bytes = kept_bytes
        self._runtimes: dict[str, str] = {}
        self._repeatable: dict[tuple[str, str], bool] = {}
        self._outputs: dict[tuple[str, str, str], Outputs] = {}

    def __call__(self, model: ResolvedModel, runtime: str, feeds: Sequence[Feeds]) -> Reference:
        """The outputs of ``tensorflow`` for the feeds; without TensorFlow, those of the first runtime that asked.

        Args:
            model: the files.
            runtime: the runtime to compare with another one.
            feeds: input name -> array, for each run.

        Raises:
            ModelError: no runtime runs the model any more.
            BackendUnavailable: the same.
        """
        if model.sha256 not in self._runtimes:
            try:
                reference = self.apart(model, REFERENCE, feeds)
            except (BackendUnavailable, ModelError):
                self._runtimes[model.sha256] = runtime
            else:
                self._runtimes[model.sha256] = REFERENCE
                return reference
        return self.apart(model, self._runtimes[model.sha256], feeds)

    def apart(self, model: ResolvedModel, runtime: str, feeds: Sequence[Feeds]) -> Reference:
        """The outputs of a runtime of the caller's choice for the feeds."""
        keys = [(model.sha256, runtime, _digest(arrays)) for arrays in feeds]
        missing = {key: arrays for key, arrays in zip(keys, feeds, strict=True) if key not in self._outputs}
        if missing:
            self._run(model, runtime, missing)
        outputs = [self._outputs.pop(key) for key in dict.fromkeys(keys)]
        self._outputs |= dict(zip(dict.fromkeys(keys), outputs, strict=True))
        references = [self._outputs[key] for key in keys]
        self._forget(keep=set(keys))
        return Reference(runtime, references, self._repeatable[model.sha256, runtime])

    def _run(self, model: ResolvedModel, runtime: str, feeds: Mapping[tuple[str, str, str], Feeds]) -> None:
        loaded = self._open(runtime).load(model)
        try:
            first, again = (
                _copied(loaded.run(_by_inputs(next(iter(feeds.values())), loaded.inputs))) for _ in range(2)
            )
            self._repeatable[model.sha256, runtime] = agrees(again, first, runtime)
            for key, arrays in feeds.items():
                self._outputs[key] = (
                    first if key is next(iter(feeds)) else _copied(loaded.run(_by_inputs(arrays, loaded.inputs)))
                )
        finally:
            loaded.close()
            gc.collect()

    def _forget(self, keep: set[tuple[str, str, str]]) -> None:
        total_bytes = sum(map(_nbytes, self._outputs.values()))
        for key in [key for key in self._outputs if key not in keep]:
            if total_bytes <= self._kept_bytes:
                return
            total_bytes -= _nbytes(self._outputs.pop(key))


class FirstOutputs:
    """What runtimes made of feeds, for those that come after: the reference where the reference runtime is not there.

    Args:
        kept_bytes: bytes of outputs to keep; the oldest go first.
    """

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._references: dict[tuple[str, str], Reference] = {}

    def __call__(
        self, model: ResolvedModel, runtime: str, feeds: Feeds, outputs: Outputs, tolerance: float
    ) -> Reference | None:
        """What the first runtime made of these feeds; None where that is this one, whose outputs are then kept.

        Args:
            model: the files of the model.
            runtime: name of this runtime.
            feeds: what the model was fed.
            outputs: what this runtime made of them.
            tolerance: how far these may be from what is right, as a share of the range of each.
        """
        key = model.sha256, _digest(feeds)
        own = Reference(runtime, [_copied(outputs)], is_repeatable=True, tolerance=tolerance)
        first = self._references.setdefault(key, own)
        while (
            len(self._references) > 1
            and sum(_nbytes(kept.outputs[0]) for kept in self._references.values()) > self._kept_bytes
        ):
            del self._references[next(iter(self._references))]
        return None if first.runtime == runtime else first


def _by_inputs(feeds: Feeds, inputs: Sequence[TensorInfo]) -> Feeds:
    """The feeds by the names of the inputs: as they are, or in order where another runtime has other names."""
    if feeds.keys() == {info.name for info in inputs} or len(feeds) != len(inputs):
        return feeds
    return {info.name: values.astype(info.dtype) for info, values in zip(inputs, feeds.values(), strict=True)}


def _copied(outputs: Mapping[str, Array]) -> Outputs:
    return {name: values.copy() for name, values in outputs.items()}


def _nbytes(outputs: Outputs) -> int:
    return sum(values.nbytes for values in outputs.values())


def _digest(feeds: Feeds) -> str:
    digest = hashlib.sha256()
    for name, values in sorted(feeds.items(), key=_by_name):
        digest.update(f"{name} {values.dtype} {values.shape} ".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def _by_name(item: tuple[str, Array]) -> str:
    return item[0]
