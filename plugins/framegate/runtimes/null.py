"""The runtime that runs nothing: the template to copy for one of your own, and the double in tests.

To add a runtime: copy this file; keep the two classes and all their methods; import the library in the runtime's
``__init__`` and raise `BackendUnavailable` with the install command if it is missing; do the work of loading in
``_build`` and the work of a frame in ``_inference``. Then return ``{"name": YourRuntime}`` from the hook
``pytest_framegate_runtimes`` in a conftest.py, or add a line to ``runtimes/__init__.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from framegate.interfaces import Array, ResolvedModel, Stage, Stages, TensorInfo
from framegate.measure import stages
from framegate.models.image_io import image_input, model_inputs
from framegate.models.topology import ModelJson, read_model_json
from framegate.runtimes.feeds import ordered


class NullRuntime:
    """Makes any image model return its input; needs no library and reads no weights."""

    def describe(self) -> str:
        """Version and device in a few words."""
        return "returns its input"

    def load(self, model: ResolvedModel) -> NullModel:
        """Load a model: all of `stages`."""
        loaded: NullModel = stages.run(self.stages(), model)
        return loaded

    def stages(self) -> Stages:
        """``load`` cut into ``parse``, ``weights`` and ``build``."""
        return (
            Stage("parse", _parse),
            Stage("weights", _weights),
            Stage("build", _build),
        )


class NullModel:
    """Returns a copy of the image it is fed, by the name ``image``."""

    def __init__(self, name: str, inputs: tuple[TensorInfo, ...]) -> None:
        port = image_input(name, inputs)
        self._name = name
        self._inputs = inputs
        self._outputs = (TensorInfo("image", port.info.shape, port.info.dtype),)

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """What `run` takes."""
        return self._inputs

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """What `run` returns."""
        return self._outputs

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Run once: all of `stages`."""
        return _readback(self._inference(feeds))

    def stages(self) -> Stages:
        """``run`` cut into ``inference`` and ``readback``."""
        return (Stage("inference", self._inference), Stage("readback", _readback))

    def close(self) -> None:
        """Free what the model holds: here nothing."""

    def _inference(self, feeds: Mapping[str, Array]) -> Array:
        (image,) = ordered(self._name, self._inputs, feeds)
        return image


def _parse(model: ResolvedModel) -> tuple[str, ModelJson]:
    return model.name, read_model_json(model.path)


def _weights(parsed: tuple[str, ModelJson]) -> tuple[str, ModelJson]:
    return parsed  # a real runtime calls framegate.models.weights.read_weights


def _build(parsed: tuple[str, ModelJson]) -> NullModel:
    name, model = parsed
    return NullModel(name, model_inputs(model))


def _readback(image: Array) -> dict[str, Array]:
    return {"image": image.copy()}
