"""The models that a person can choose on the page, and what the page says of each before it runs."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from framegate.analysis.inspection import inspect_file
from framegate.errors import UnknownName
from framegate.interfaces import ModelSpec, ResolvedModel, Size, Step
from framegate.models.catalogue import Catalogue
from framegate.models.shards import weight_bytes
from framegate.models.sources import builtin
from framegate.models.specs import find_spec, named_specs, resolve
from framegate.models.topology import read_model_json
from framegate.preprocess import BUILTIN_STEPS
from framegate.preprocess.toggles import NONE, parse_toggles
from framegate.registry import Registry
from framegate.report.inspection import TABLE_COLUMNS, bars, facts, notes, table_rows

FIRST = "colour-128-f8"

MOST_LOADED = 6
"""Pairs of a model and a runtime that stay loaded, so that a switch back to one of them loads nothing."""
MOST_LOADED_BYTES = 2**30
"""Of all their weights together; the one that is shown stays loaded whatever its size."""


def names_like(name: str) -> Iterator[str]:
    """Names of which one is free: the name itself, then with ``-2``, ``-3`` and so on behind it."""
    yield name
    yield from map(f"{name}-{{}}".format, itertools.count(2))


class LiveModels:
    """Models by their names on the page: those of the command line first, then the specs that Framegate brings.

    Args:
        asked: models of the command line.
        cache: where the files of specs are kept.
        steps: every step by its name.

    Raises:
        UsageError, UnknownName: there is no such model, or two have one name.
    """

    def __init__(self, asked: Sequence[str], cache: Path, steps: Mapping[str, Step] = BUILTIN_STEPS) -> None:
        self._sources = Registry("model source", [builtin()])
        self._arguments = {find_spec(text, self._sources).name: text for text in asked}
        brought = [name for name in named_specs() if name not in self._arguments]
        self._catalogue = Catalogue([*asked, *brought], self._sources, lambda name: parse_toggles(name, steps))
        self._names = list(self._catalogue.names())
        self.first = self._names[0] if asked else FIRST
        """The one that is shown where the page names none."""
        self._cache = cache
        self._resolved: dict[str, ResolvedModel] = {}
        self._changed = threading.Lock()

    def add(self, folder: Path) -> str:
        """Offer a model that lies in a folder; returns its name."""
        spec = find_spec(str(folder), self._sources)
        with self._changed:
            name = next(name for name in names_like(spec.name) if name not in self._catalogue.specs)
            self._catalogue.specs[name] = replace(spec, name=name)
            self._arguments[name] = str(folder)
            self._names = [name, *self._names]
        return name

    def spec(self, name: str) -> ModelSpec:
        """A model's spec.

        Raises:
            UnknownName: there is no such model.
        """
        if name not in self._names:
            raise UnknownName("model", name, self._names)
        return self._catalogue.specs[name]

    def resolved(self, name: str) -> ResolvedModel:
        """The files of a model, brought when they are first needed; where that fails, the next time tries again.

        Raises:
            FramegateError: there is no such model, or it cannot be brought.
        """
        if name not in self._resolved:
            self._resolved[name] = resolve(self.spec(name), builtin(), self._cache)
        return self._resolved[name]

    def is_brought(self, name: str) -> bool:
        """Whether a model's files are known."""
        return name in self._resolved

    def weight_bytes(self, name: str) -> int:
        """Size of a model's weights, which are brought if they are not there.

        Raises:
            FramegateError: as `resolved`.
        """
        return weight_bytes(read_model_json(self.resolved(name).path))

    def sizes(self, name: str) -> Sequence[str]:
        """The sizes that a suite measures a model at."""
        return self._catalogue.own("size", name)

    def argument(self, name: str) -> str:
        """What a command line calls a model."""
        return self._arguments.get(name, name)

    def listed(self) -> list[dict[str, Any]]:
        """Each model with the sizes and the steps that a suite measures it with."""
        return [
            {
                "name": name,
                "sizes": list(self._catalogue.own("size", name)),
                "preprocess": next(iter(self._catalogue.own("preprocess", name)), NONE),
            }
            for name in self._names
        ]

    def explained(self, name: str, size: Size | None) -> dict[str, Any]:
        """What ``framegate inspect`` says of a model, as the page shows it.

        Raises:
            FramegateError: the model cannot be fetched or read, or cannot be explained.
        """
        inspection = inspect_file(self.spec(name), self.resolved(name).path, size)
        rows, left_out = table_rows(inspection)
        return {
            "name": name,
            "facts": facts(inspection),
            "columns": TABLE_COLUMNS,
            "rows": rows,
            "left_out": left_out,
            "weights": [(row, len(bar), fact) for row, bar, fact in bars(inspection, "#")],
            "notes": [
                *notes(inspection),
                *(f"TF.js refuses this: {refusal}" for refusal in inspection.refusals),
                *(f"TF.js computes otherwise: {difference}" for difference in inspection.differences),
            ],
        }
