"""``framegate inspect``: find the model, explain it, print it."""

from __future__ import annotations

import sys
from contextlib import suppress

from framegate.analysis.inspection import Inspection, inspect
from framegate.interfaces import ModelSpec, Size
from framegate.models.sources import builtin
from framegate.models.sources.path import model_path
from framegate.models.specs import find_spec, resolve
from framegate.models.topology import ModelJson, read_model_json


def run(argument: str, size: str | None, *, as_json: bool, read_constants: bool) -> None:
    """Print what is to be said of a model to stdout.

    Args:
        argument: text as `framegate.models.specs.find_spec` takes it.
        size: the input size to compute for, as text; None for the model's own.
        as_json: one JSON object instead of text.
        read_constants: see `framegate.analysis.inspection.inspect`.

    Raises:
        FramegateError: the model or the size cannot be right; the same errors as loading it gives.
    """
    input_size = Size.parse(size) if size is not None else None
    spec = find_spec(argument)
    inspection = inspect(spec, _model(spec), input_size, read_constants=read_constants)
    with suppress(BrokenPipeError):  # the reader has seen enough (| head)
        _print(inspection, as_json=as_json)


def _print(inspection: Inspection, *, as_json: bool) -> None:
    if as_json:
        from framegate.report.inspection_json import to_json

        print(to_json(inspection))  # noqa: T201 # a command speaks on its streams
    elif sys.stdout.isatty():
        from rich.console import Console

        from framegate.report.inspection import show

        show(inspection, Console(markup=False, highlight=False))
    else:
        from framegate.report.inspection import plain

        print(plain(inspection))  # noqa: T201 # a command speaks on its streams


def _model(spec: ModelSpec) -> ModelJson:
    """A model on this disk needs no more than its model.json; others are brought by their source."""
    if spec.source == "path":
        return read_model_json(model_path(spec.locator))
    return read_model_json(resolve(spec, builtin()).path)
