"""Runtimes that read a file format of their own: converted once from the frozen TensorFlow function, and kept."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from framegate.errors import BackendUnavailable
from framegate.inference.base import BaseRuntime, Threaded
from framegate.inference.libraries import converter_message, silent
from framegate.interfaces import LoadedModel, ResolvedModel, Stage, Stages, TensorInfo
from framegate.machine import installed_version
from framegate.models import tf
from framegate.models.cache import filled, is_whole
from framegate.paths import PACKAGE, cache_dir
from framegate.tfgraph.freeze import freeze
from framegate.tfgraph.frozen_graph import Frozen
from framegate.tfgraph.own_layers import code_digest
from framegate.tfgraph.parts import Parsed, Parts, add_weights, parse
from framegate.work import long_work

INSTEAD = "use the tensorflow runtime"

# What converters raise at a model that they cannot take; each also has types of its own.
REFUSALS: tuple[type[Exception], ...] = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
)  # fmt: skip

_INFO = "model.json"
_ROOMS = ("analysis", "inference", "models", "runtimes", "tfgraph")
"""Folders whose code decides what a conversion holds."""


class Conversion(NamedTuple):
    """A model in the runtime's own format, in a folder of the cache."""

    name: str
    folder: Path
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


class _Source(NamedTuple):
    """A model whose model.json has been read, and its weights if they are needed."""

    parsed: Parsed
    folder: Path
    parts: Parts | None


class ConvertedRuntime(Threaded, BaseRuntime):
    """A runtime with a converter; a subclass names it, converts, and opens the result.

    The cached conversion is of the model's hash, the converter, TensorFlow and this code: another of any of these is
    converted anew. A refusal is kept too, so that a matrix of cells asks once. With the conversion at hand neither
    TensorFlow nor the weights are read.
    """

    folder: str
    """Name of the cache's folder for this format."""
    packages: Sequence[str]
    """Distributions whose versions decide what is written; the first is the converter's, for messages."""

    shapes: Mapping[str, tuple[int, ...]] = MappingProxyType({})
    """Whole shapes of inputs that the converted model is to have, by name."""

    @abstractmethod
    def convert(self, tensorflow: Any, frozen: Frozen, folder: Path) -> None:
        """Write the model into a folder.

        Raises:
            BackendUnavailable: the converter refuses the model.
            Exception: one of ``REFUSALS``, or an error of TensorFlow's ops, which mean the same.
        """

    @abstractmethod
    def open(self, conversion: Conversion) -> LoadedModel:
        """Load what ``convert`` wrote.

        Raises:
            BackendUnavailable: the runtime refuses the model.
        """

    def stages(self) -> Stages:
        """``load`` cut into its stages; ``weights`` and most of ``build`` fall away once the model is converted."""
        return (Stage("parse", self._parse), Stage("weights", _weights), Stage("build", self._open))

    def _parse(self, model: ResolvedModel) -> _Source:
        versions = {name: installed_version(name) or "(not installed)" for name in ("tensorflow", *self.packages)}
        facts = [model.sha256, code_digest(model.layers), versions, _code(), *([self.shapes] if self.shapes else [])]
        recipe = json.dumps(facts, sort_keys=True)
        folder = cache_dir() / "converted" / self.folder / hashlib.sha256(recipe.encode()).hexdigest()[:24]
        return _Source(parse(model), folder, None)

    def converted(self, model: ResolvedModel) -> Conversion:
        """The model in the runtime's own format, for whoever loads that; it is converted now if it never was.

        Raises:
            ModelError: the model cannot be read.
            BackendUnavailable: the converter refuses it.
        """
        return self._converted(_weights(self._parse(model)))

    def _open(self, source: _Source) -> LoadedModel:
        return self.open(self._converted(source))

    def _converted(self, source: _Source) -> Conversion:
        folder = filled(source.folder, lambda into: self._convert_into(source, into))
        info = json.loads((folder / _INFO).read_text("utf-8"))
        if "refused" in info:
            raise BackendUnavailable(info["refused"], INSTEAD)
        inputs, outputs = (tuple(_info(**entry) for entry in info[end]) for end in ("inputs", "outputs"))
        return Conversion(source.parsed.name, folder, inputs, outputs)

    def _convert_into(self, source: _Source, into: Path) -> None:
        with long_work(f"converting {source.parsed.name} for {self.folder}"):
            self._fill(source, into)

    def _fill(self, source: _Source, into: Path) -> None:
        tensorflow = tf.tensorflow()
        parts = source.parts or add_weights(source.parsed)
        frozen = freeze(tensorflow, parts, "apart")
        refusal = self._refusal(tensorflow, frozen, into)
        if refusal is not None and frozen.weights:
            # What a converter cannot do with a weight whose value it does not know it may do with a constant.
            _empty(into)
            refusal = self._refusal(tensorflow, freeze(tensorflow, parts), into)
        info: dict[str, Any] = {end: [asdict(one) for one in getattr(frozen, end)] for end in ("inputs", "outputs")}
        if refusal is not None:
            converter = f"{self.packages[0]} {installed_version(self.packages[0]) or '(not installed)'}"
            info = {"refused": f"{converter} cannot convert the model: {refusal}"}
        (into / _INFO).write_text(json.dumps(info), "utf-8")

    def _refusal(self, tensorflow: Any, frozen: Frozen, into: Path) -> str | None:
        """Convert; the converter's reason, if it refuses."""
        try:
            _refuse_strings(frozen)
            with silent():
                self.convert(tensorflow, frozen, into)
        except BackendUnavailable as error:
            return error.reason
        except (*REFUSALS, tensorflow.errors.OpError) as error:
            return converter_message(error)
        return None


def _weights(source: _Source) -> _Source:
    return source if is_whole(source.folder) else source._replace(parts=add_weights(source.parsed))


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _refuse_strings(frozen: Frozen) -> None:
    for info in (*frozen.inputs, *frozen.outputs):
        if info.dtype == "object":
            raise BackendUnavailable(f"{info.name!r} holds strings", INSTEAD)


def _info(name: str, shape: Sequence[int | None], dtype: str) -> TensorInfo:
    return TensorInfo(name, tuple(shape), dtype)


@cache
def _code() -> str:
    """A digest of the code that builds a model, so that a conversion made before a repair is not used after it."""
    digest = hashlib.sha256()
    for path in sorted(path for room in _ROOMS for path in (PACKAGE / room).glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
