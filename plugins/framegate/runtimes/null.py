"""The runtime that runs nothing: the template to copy for one of your own, and the double in tests.

To add a runtime: copy this file; import the library in the runtime's ``__init__`` and raise `BackendUnavailable` with
the install command if it is missing; do the work of loading in ``build`` and the work of a frame in ``infer``. Then
return ``{"name": YourRuntime}`` from the hook ``pytest_framegate_runtimes`` in a conftest.py, or add a line to
``runtimes/__init__.py``.
"""

from __future__ import annotations

from framegate.inference.base import StagedModel, StagedRuntime
from framegate.interfaces import Array, Stage, Stages, TensorInfo
from framegate.models.image_io import image_input, model_inputs
from framegate.tfgraph.parts import Parsed, Parts, parse


class NullRuntime(StagedRuntime):
    """Makes any image model return its input; needs no library."""

    def describe(self) -> str:
        """Version and device in a few words."""
        return "returns its input"

    def stages(self) -> Stages:
        """``load`` cut into its stages; this runtime leaves the weights unread, which one of your own would not."""
        return (Stage("parse", parse), Stage("weights", _no_weights), Stage("build", self.build))

    def build(self, parts: Parts) -> NullModel:
        """Take the model's inputs from its model.json."""
        return NullModel(parts.name, model_inputs(parts.json))


class NullModel(StagedModel):
    """Returns a copy of the image it is fed, by the name ``image``."""

    def __init__(self, name: str, inputs: tuple[TensorInfo, ...]) -> None:
        image = image_input(name, inputs).info
        self._at = inputs.index(image)
        super().__init__(name, inputs, (TensorInfo("image", image.shape, image.dtype),))

    def infer(self, arrays: list[Array]) -> Array:
        """The image itself."""
        return arrays[self._at]

    def read(self, results: Array) -> list[Array]:
        """A copy of the image."""
        return [results.copy()]

    def free(self) -> None:
        """Nothing is held."""


def _no_weights(parsed: Parsed) -> Parts:
    return Parts(parsed.name, parsed.json, {})
