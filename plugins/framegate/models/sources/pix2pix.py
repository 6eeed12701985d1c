"""Untrained pix2pix generators of any size and width, built on this machine, and the same on every one."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framegate.errors import BackendUnavailable, SourceError, UsageError
from framegate.extras import how_to_install
from framegate.interfaces import ModelSpec, ResolvedModel, Size
from framegate.machine import has_library
from framegate.models.cache import filled
from framegate.models.sources.path import resolved
from framegate.models.sources.pix2pix_build import EXIT_UNAVAILABLE
from framegate.processes import child_environment, completed, module_command
from framegate.work import long_work

# Part of the cached name: raise it when the network that a spec stands for changes.
_REVISION = 2
_CHOICES: dict[str, tuple[object, ...]] = {
    "size": (256, 128, 64),
    "filters": (64, 32, 16, 8, 4),
    "channels": (1, 3, 4),
    "format": ("graph", "layers"),
    "quantize": (None, "float16", "uint8", "uint16"),
}
_LOCATOR = re.compile(r"(\d+)-f(\d+)(-layers)?(?:-(float16|uint8|uint16))?")
_TIMEOUT_S = 900.0


@dataclass(frozen=True)
class Pix2Pix:
    """The network to build.

    Attributes:
        size: input and output side in pixels.
        filters: filters of the first block; 64 is the tutorial's.
        channels: input channels; the output has 3.
        seed: the number that all weights follow from.
        format: format of the written model, ``"graph"`` or ``"layers"``.
        quantize: dtype the weights are stored as, None for float32.
    """

    size: int = 256
    filters: int = 64
    channels: int = 1
    seed: int = 0
    format: str = "graph"
    quantize: str | None = None

    @property
    def folder(self) -> str:
        """Name in the cache: readable, and ending in a hash of everything that decides the files."""
        recipe = json.dumps([_REVISION, dataclasses.asdict(self)], sort_keys=True)
        return f"{self.size}-f{self.filters}-{self.format}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"


class Pix2PixSource:
    """``pix2pix`` with its options in a spec file, or ``pix2pix:SIZE-fFILTERS[-layers][-QUANTIZE]`` anywhere."""

    def resolve(self, spec: ModelSpec, cache: Path) -> ResolvedModel:
        """Build the model into the cache unless it is there."""
        recipe = recipe_of(spec)
        folder = filled(cache / "pix2pix" / recipe.folder, lambda into: _build(spec.name, recipe, into))
        return resolved(spec.name, folder)

    def input_size(self, spec: ModelSpec) -> Size:
        """The size of the recipe."""
        side = recipe_of(spec).size
        return Size(side, side)


def _build(name: str, recipe: Pix2Pix, into: Path) -> None:
    with long_work(f"building {name}"):
        build_apart(recipe, into)


def recipe_of(spec: ModelSpec) -> Pix2Pix:
    """The recipe of a spec, checked.

    Raises:
        UsageError: an option or the locator cannot be right.
    """
    options: dict[str, Any] = {**_from_locator(spec.locator), **spec.options}
    for key, choices in _CHOICES.items():
        if key in options and (options[key] not in choices or type(options[key]) is bool):
            allowed = ", ".join(str(choice) for choice in choices if choice is not None)
            raise UsageError(f"model {spec.name}: {key} {options[key]!r} is not one of {allowed}")
    seed = options.get("seed", 0)
    if type(seed) is not int or not 0 <= seed < 2**31:
        raise UsageError(f"model {spec.name}: seed {seed!r} is not a whole number from 0 to {2**31 - 1}")
    return Pix2Pix(**options)


def _from_locator(locator: str) -> dict[str, object]:
    if not locator:
        return {}
    match = _LOCATOR.fullmatch(locator)
    if match is None:
        raise UsageError(
            f"pix2pix:{locator} is not pix2pix:SIZE-fFILTERS[-layers][-QUANTIZE], such as pix2pix:128-f16-layers-uint8"
        )
    size, filters, layers, quantize = match.groups()
    options: dict[str, object] = {"size": int(size), "filters": int(filters)}
    return options | ({"format": "layers"} if layers else {}) | ({"quantize": quantize} if quantize else {})


def build_apart(recipe: Pix2Pix, into: Path) -> None:
    """Build in a process of its own.

    Neither TensorFlow's memory nor its imports belong to a benchmark.
    """
    missing = [name for name in ("tensorflow", "tf_keras") if not has_library(name)]
    if missing:
        raise BackendUnavailable(
            f"building a pix2pix model needs {' and '.join(missing)}", how_to_install("tensorflow")
        )
    recipe_text = json.dumps(dataclasses.asdict(recipe))
    command = module_command("framegate.models.sources.pix2pix_build", recipe_text, str(into))
    try:
        done = completed(command, _TIMEOUT_S, env=child_environment())
    except subprocess.TimeoutExpired:
        raise SourceError(
            f"building {recipe.folder} did not end within {_TIMEOUT_S:.0f} s; try a smaller one"
        ) from None
    lines = done.stderr.strip().splitlines()
    reason = lines[-1] if lines else f"exit status {done.returncode}"
    if done.returncode == EXIT_UNAVAILABLE:
        raise BackendUnavailable(f"building a pix2pix model: {reason}", how_to_install("tensorflow"))
    if done.returncode != 0:
        raise SourceError(
            f"building {recipe.folder} failed: {reason}; check the disk space and the installation:"
            f" {how_to_install('tensorflow')}"
        )
