"""`framegate.load_model`: a model from anywhere, loaded and ready to be fed arrays."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Self

import numpy as np

from framegate.analysis.own_layers import check_layers, with_layers
from framegate.errors import ModelError
from framegate.inference.abilities import open_runtime
from framegate.interfaces import Array, LayerFactory, LoadedModel, ModelSpec, Runtime, RuntimeFactory, TensorInfo
from framegate.loading import trial
from framegate.machine import usable_cores
from framegate.models import specs
from framegate.models.sources import builtin as builtin_sources
from framegate.registry import Registry
from framegate.runtimes import builtin as builtin_runtimes


class Model:
    """A loaded model; use it in a ``with`` block, or call `close` to free its memory."""

    def __init__(self, name: str, loaded: LoadedModel) -> None:
        self._name = name
        self._loaded: LoadedModel | None = loaded
        self._inputs = loaded.inputs
        self._outputs = loaded.outputs

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """Name, shape (None where dynamic) and dtype of every input."""
        return self._inputs

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """Name, shape (None where dynamic) and dtype of every output."""
        return self._outputs

    def run(self, feeds: Mapping[str, Array] | Array) -> dict[str, Array]:
        """Run the model once.

        Args:
            feeds: input name -> array, or for a model of one input the array itself, of the input's dtype and shape
                (batch dimension included); nothing is converted.

        Returns:
            Output name -> array. Arrays may be read-only views of the runtime's memory.

        Raises:
            ModelError: the feeds do not fit the inputs, or the model is closed.
        """
        if self._loaded is None:
            raise ModelError(f"model {self._name} is closed; load it again")
        if not isinstance(feeds, Mapping):
            feeds = {self._sole_input().name: np.asarray(feeds)}
        return self._loaded.run(feeds)

    def close(self) -> None:
        """Free the model's memory; `run` fails from here on."""
        if self._loaded is not None:
            self._loaded.close()
            self._loaded = None
            # A TensorFlow function is a cycle of objects; its weights would wait for the collector's next full pass.
            gc.collect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        ends = (", ".join(map(str, infos)) for infos in (self._inputs, self._outputs))
        return f"<Model {self._name}: {' -> '.join(ends)}>"

    def _sole_input(self) -> TensorInfo:
        if len(self._inputs) != 1:
            names = ", ".join(info.name for info in self._inputs)
            raise ModelError(f"model {self._name} takes {names}; feed a dict of these names")
        return self._inputs[0]


def load(
    model: str | os.PathLike[str] | ModelSpec,
    runtime: str | Runtime,
    threads: int | None = None,
    trial_s: float | None = trial.DEADLINE_S,
    layers: Mapping[str, LayerFactory] = MappingProxyType({}),
) -> Model:
    """See `framegate.load_model`."""
    sources = Registry("model source", [builtin_sources()])
    spec = model if isinstance(model, ModelSpec) else specs.find_spec(os.fspath(model), sources)
    check_layers(layers)
    if not isinstance(runtime, str):
        return Model(spec.name, runtime.load(with_layers(specs.resolve(spec, sources), layers)))
    runtimes: Registry[RuntimeFactory] = Registry("runtime", [builtin_runtimes()])
    factory = runtimes[runtime]
    resolved = with_layers(specs.resolve(spec, sources), layers)
    if not trial.is_trusted(spec):
        trial.vet(resolved, runtime, trial_s)
    return Model(spec.name, open_runtime(factory, usable_cores() if threads is None else threads).load(resolved))
