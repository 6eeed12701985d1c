"""The benchmark matrix: which cells the options ask for, and what they are called."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from framegate.errors import UsageError
from framegate.option import once, split
from framegate.options import REALTIME
from framegate.words import ALL

if TYPE_CHECKING:
    from framegate.backends import Registries
    from framegate.interfaces import Step
    from framegate.models.catalogue import Catalogue
    from framegate.options import Options

AXES = ("model", "size", "preprocess", "runtime", "renderer", "gl", "scenario", "pipeline")
"""The axes in the order in which they stand in a test id; the last one varies fastest."""

DEFAULTS = {
    "preprocess": ("none",),
    "runtime": ("tensorflow",),
    "renderer": ("topixels", "opencv", "gl-texture"),
    "gl": ("auto",),
    "size": ("256",),
    "scenario": ("camera",),
    "pipeline": ("serial",),
}

Row = tuple[str, ...]


def cells(
    axes: Sequence[str], values: Mapping[str, Sequence[str]], own: Callable[[str, str | None], Sequence[str]]
) -> Iterator[Row]:
    """All cells over the given axes, one string per axis.

    Args:
        axes: a subset of ``AXES``, in that order.
        values: what to run on each axis.
        own: what a model (or none) has of its own on an axis, in place of ``values``; empty where it has nothing.
    """
    for model in values["model"] if "model" in axes else [None]:
        choices = [_choices(axis, model, values, own) for axis in axes]
        rows = itertools.product(*choices)
        # All cells of a model in one runtime stand together, so that it is loaded once.
        yield from sorted(rows, key=_place(axes.index("runtime"), choices)) if "runtime" in axes else rows


def _choices(
    axis: str,
    model: str | None,
    values: Mapping[str, Sequence[str]],
    own: Callable[[str, str | None], Sequence[str]],
) -> Sequence[str]:
    if axis == "model" and model is not None:
        return [model]
    return own(axis, model) or values[axis]


def _place(index: int, choices: Sequence[Sequence[str]]) -> Callable[[Row], int]:
    return lambda row: choices[index].index(row[index])


def cell_id(row: Row) -> str:
    """``esrgan-slim-x2-128-greyscale+invert-tensorflow-gl-texture-egl``."""
    return "-".join(row)


def asked_cells(
    axes: Sequence[str],
    kind: str,
    options: Options,
    suite: Mapping[str, str],
    registries: Registries,
    catalogue: Catalogue,
) -> list[Row]:
    """The cells of a suite.

    Args:
        axes: a subset of ``AXES``, in that order.
        kind: kind of the suite's pipelines; runtimes and renderers of others are left to other suites.
        options: what the user asked for.
        suite: axis -> comma-separated names that the suite runs where the user names none.
        registries: every backend that there is.
        catalogue: the models of the run.

    Raises:
        FramegateError: a name is unknown, or a value cannot be right.
    """
    from framegate.browser.variants import varied
    from framegate.interfaces import Size
    from framegate.pipelines.base import pipeline_of
    from framegate.pipelines.order import ORDERS
    from framegate.realtime.run import SCENARIOS, cell_names

    asked = _Asked(options, suite, registries.steps, catalogue)
    runtimes = [name for name, factory in registries.runtimes.items() if pipeline_of(factory) == kind]
    renderers = registries.renderers[kind]
    values = {
        "model": asked.models() if "model" in axes else (),
        "size": once(str(Size.parse(text)) for text in asked.names("size")),
        "preprocess": asked.steps(),
        "runtime": varied(
            expand(_of_one_kind(asked.names("runtime"), runtimes), runtimes),
            registries.runtimes,
            options.tfjs_versions,
            options.tfjs_flags,
            options.browsers,
        ),
        "renderer": expand(_of_one_kind(asked.names("renderer"), renderers), renderers),
        "gl": expand(asked.names("gl"), registries.contexts),
        "scenario": cell_names(expand(asked.names("scenario"), SCENARIOS), options.rate),
        "pipeline": expand(asked.names("pipeline"), ORDERS),
    }
    return list(cells(axes, values, asked.own))


class _Asked:
    """What is asked for on each axis: by the user, else by the suite's marker, else as everywhere.

    Args:
        options: what the user asked for.
        suite: axis -> names, from the suite's marker.
        steps: the preprocessing steps that there are.
        catalogue: the models of the run.
    """

    def __init__(
        self, options: Options, suite: Mapping[str, str], steps: Mapping[str, Step], catalogue: Catalogue
    ) -> None:
        self._options, self._suite = options, suite
        self._steps, self._catalogue = steps, catalogue

    def names(self, axis: str) -> tuple[str, ...]:
        """Names on an axis."""
        return self._options.axis(axis) or split([self._suite.get(axis, "")]) or DEFAULTS[axis]

    def models(self) -> Sequence[str]:
        """Names of models."""
        return self._catalogue.names(split([self._suite.get("model", "")]))

    def steps(self) -> tuple[str, ...]:
        """Names of preprocessing for models that have none of their own."""
        return once(steps for text in self.names("preprocess") for steps in self._steps_of(text))

    def own(self, axis: str, model: str | None) -> Sequence[str]:
        """What a model has of its own on an axis; none where the user says otherwise."""
        from framegate.preprocess.toggles import OWN

        named = self._options.axis(axis)
        if model is None or (named and OWN not in named):
            return ()
        return once(steps for text in named for steps in self._steps_of(text, model)) or self._catalogue.own(
            axis, model
        )

    def _steps_of(self, text: str, model: str | None = None) -> Sequence[str]:
        from framegate.preprocess.toggles import NONE, OWN, parse_toggles

        if text != OWN:
            return (parse_toggles(text, self._steps),)
        return (model and self._catalogue.own("preprocess", model)) or (NONE,)


def expand(names: Iterable[str], registry: Iterable[str]) -> tuple[str, ...]:
    """Replace ``all`` by every name but ``auto`` and ``null``, which are no backends of their own."""
    everything = [name for name in registry if name not in ("auto", "null")]
    return once(member for name in names for member in (everything if name == ALL else [name]))


def _of_one_kind(names: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name == ALL or name in known)


def check_scenarios(options: Options, named: Collection[str], *, is_gated: bool) -> None:
    """Refuse options of runs against a clock that would say nothing in a run that has some.

    Args:
        options: what the user asked for.
        named: the fields of `REALTIME` that the command line names.
        is_gated: whether the gate compares the runs.

    Raises:
        UsageError: the command line names one of them.
    """
    cameras = not options.scenario or {"camera", ALL} & {*options.scenario}
    overlapped = {"overlapped", ALL} & {*options.pipeline}
    idle = [name for name in ("rate", "queue", "patience_ms", "intervals") if name in named and not cameras]
    if idle:
        raise UsageError(
            f"{REALTIME[idle[0]].flag} is for a camera, and --frame-scenario={','.join(options.scenario)} has none;"
            " leave one of them out, or add camera"
        )
    if "max" in options.rate and is_gated:
        raise UsageError(
            "--gate compares runs at one rate, and --frame-rate=max searches another each time; name one, such as 30"
        )
    if "in_flight" in named and not overlapped:
        raise UsageError(
            "--frame-in-flight is for stages that overlap; add --frame-pipeline=overlapped, or leave it out"
        )
