"""What runtimes share: one whole call, which is its stages in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from framegate.errors import ModelError
from framegate.inference.feeds import ordered
from framegate.interfaces import Array, LoadedModel, ResolvedModel, Stage, Stages, TensorInfo
from framegate.machine import usable_cores
from framegate.measure import stages
from framegate.models import tf
from framegate.tfgraph.parts import Parts, add_weights, parse


class BaseRuntime(ABC):
    """A runtime whose ``load`` is its stages in order."""

    @abstractmethod
    def describe(self) -> str:
        """Version and device in a few words."""

    @abstractmethod
    def stages(self) -> Stages:
        """``load`` cut into ``parse``, ``weights`` and ``build``."""

    def load(self, model: ResolvedModel) -> LoadedModel:
        """Load a model: all of `stages`.

        Raises:
            ModelError: the model cannot be read or built.
            BackendUnavailable: the runtime does not take this kind of model.
        """
        loaded: LoadedModel = stages.run(self.stages(), model)
        return loaded


class StagedRuntime(BaseRuntime):
    """A runtime that reads model.json and the weights as most do; a subclass builds the model from them."""

    @abstractmethod
    def build(self, parts: Parts) -> LoadedModel:
        """Build a model that has been read, ready to run.

        Raises:
            ModelError: it holds something that the runtime does not know.
            BackendUnavailable: the runtime does not take this kind of model.
        """

    def stages(self) -> Stages:
        """``load`` cut into ``parse``, ``weights`` and ``build``."""
        return (Stage("parse", parse), Stage("weights", add_weights), Stage("build", self.build))


class Threaded:
    """A runtime whose threads can be chosen; by default, one for each core that this process may use."""

    def __init__(self) -> None:
        self.threads = usable_cores()

    def use_threads(self, count: int) -> None:
        """Load models that run on ``count`` threads from now on."""
        self.threads = count


class TensorFlowThreads(Threaded):
    """A runtime whose threads are those of all of TensorFlow in this process."""

    def use_threads(self, count: int) -> None:
        """Set the threads of all of TensorFlow in this process.

        Raises:
            BackendUnavailable: it has computed on another number.
        """
        tf.use_threads(count)
        super().use_threads(count)


class StagedModel(ABC):
    """A loaded model; a subclass turns arrays in the order of the inputs into results, and results into arrays.

    Args:
        name: the model's name, for errors.
        inputs: inputs of ``run``.
        outputs: results of ``run``.
    """

    def __init__(self, name: str, inputs: tuple[TensorInfo, ...], outputs: tuple[TensorInfo, ...]) -> None:
        self._name = name
        self._inputs = inputs
        self._outputs = outputs
        self._closed = False

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """What ``run`` takes."""
        return self._inputs

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """What ``run`` returns."""
        return self._outputs

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Run once: all of ``stages``. The arrays may be read-only views of the runtime's own memory.

        Raises:
            ModelError: the feeds do not fit the inputs, the runtime cannot run them, or the model is closed.
        """
        return self._readback(self._inference(feeds))

    def stages(self) -> Stages:
        """``run`` cut into ``inference``, which ends when the results exist, and ``readback``."""
        return (Stage("inference", self._inference), Stage("readback", self._readback))

    def close(self) -> None:
        """Free the model and its weights; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self.free()

    @abstractmethod
    def infer(self, arrays: list[Array]) -> Any:
        """Results of the arrays, which are checked and in the order of the inputs; returns when they exist."""

    @abstractmethod
    def read(self, results: Any) -> list[Array]:
        """The results as arrays in host memory, in the order of the outputs."""

    @abstractmethod
    def free(self) -> None:
        """Give back what the model holds."""

    def _inference(self, feeds: Mapping[str, Array]) -> Any:
        if self._closed:
            raise ModelError(f"model {self._name} is closed; load it again")
        return self.infer(ordered(self._name, self._inputs, feeds))

    def _readback(self, results: Any) -> dict[str, Array]:
        return {info.name: array for info, array in zip(self._outputs, self.read(results), strict=True)}


Made = TypeVar("Made")
Shapes = tuple[tuple[int, ...], ...]

KEPT_SHAPES = 3
"""Shapes that a model is ready for at once: each holds memory of its own."""


class PerShape(Generic[Made]):
    """Makes a value for the shapes of the inputs at their first use, and drops the one that was unused for longest.

    Runtimes that know all shapes run up to several times faster than with dynamic ones, and a camera's frames have one
    shape for a long time.

    Args:
        make: function that makes the value; its errors are passed on.
    """

    def __init__(self, make: Callable[[Shapes], Made]) -> None:
        self._make = make
        self._made: dict[Shapes, Made] = {}

    def __call__(self, arrays: Sequence[Array]) -> Made:
        """The value for arrays of these shapes."""
        shapes = tuple(array.shape for array in arrays)
        value = self._made.pop(shapes, None)
        if value is None:
            while len(self._made) >= KEPT_SHAPES:
                del self._made[next(iter(self._made))]
            value = self._make(shapes)
        self._made[shapes] = value
        return value

    def clear(self) -> None:
        """Forget all of them."""
        self._made.clear()
