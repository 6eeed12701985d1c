"""Turn the options into the cells of each suite: one parametrised test a cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import pytest

from framegate.errors import FramegateError, UnknownName
from framegate.hooks.options import options_of
from framegate.hooks.own import NO_BENCHMARKS, fixture_is_ours, has_benchmarks
from framegate.hooks.registries import ALL, catalogue_of, expand, registries_of
from framegate.option import once, split

DEFAULTS = {
    "preprocess": ("none",),
    "runtime": ("tensorflow",),
    "renderer": ("topixels", "opencv", "gl-texture"),
    "gl": ("auto",),
    "size": ("256",),
    "scenario": ("camera",),
    "pipeline": ("serial",),
}
MARKER = "frame_defaults"
MAIN = "frame_main"
STUDY = "study"
NO_CELLS = "frame_no_cells"
BROWSER_MARKER = "browser"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker with which a suite says what it runs when the user says nothing."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}({', '.join(f'{axis}=...' for axis in DEFAULTS)}): comma-separated values of"
        " the axes that neither the command line nor the ini file names",
    )
    config.addinivalue_line(
        "markers", f"{MAIN}(...): in place of {MARKER}'s, axis by axis, where neither a file nor -k names the suite"
    )
    config.addinivalue_line("markers", f"{BROWSER_MARKER}: runs in a browser; runtimes and renderers are TF.js' own")
    config.addinivalue_line("markers", f"{NO_CELLS}: no runtime or renderer that was asked for is of the suite's kind")
    if not has_benchmarks(config):
        config.addinivalue_line("markers", "benchmark: pytest-benchmark's, which is switched off")
    config.addinivalue_line("markers", f"{STUDY}: takes long; runs when its file, -k or -m names it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrise every test that asks, through this plugin's fixtures, for an axis: ``frame_model`` and so on.

    All of them ask for ``frame_info``; a test without it is another project's, whose names are its own.
    """
    if not fixture_is_ours(metafunc.definition, "frame_info"):
        return
    from framegate.matrix import AXES, cell_id
    from framegate.pipelines.base import PAGE

    if not has_benchmarks(metafunc.config):
        raise pytest.Collector.CollectError(f"{NO_BENCHMARKS}; leave that out to measure anything")
    asked = [axis for axis in AXES if f"frame_{axis}" in metafunc.fixturenames]
    if not asked:
        return
    # A page draws to its canvas, and to no context of ours.
    axes = [axis for axis in asked if axis != "gl" or kind_of(metafunc.definition) != PAGE]
    try:
        rows = _rows(metafunc, axes)
    except FramegateError as error:
        raise pytest.Collector.CollectError(str(error)) from None
    names = [f"frame_{axis}" for axis in asked]
    if rows:
        full_rows = [[dict(zip(axes, row, strict=True)).get(axis) for axis in asked] for row in rows]
        metafunc.parametrize(names, full_rows, ids=map(cell_id, rows))
    else:
        metafunc.parametrize(names, [pytest.param(*asked, marks=getattr(pytest.mark, NO_CELLS))], ids=["none"])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave a study out unless it was asked for, so that all benchmarks together stay a matter of minutes.

    A suite whose runtimes or renderers are of another kind than all those that the user names is left out as well.
    """
    every_study = _names([config.option.markexpr], STUDY)

    def is_out(item: pytest.Item) -> bool:
        if not fixture_is_ours(item, "frame_info"):
            return False
        if item.get_closest_marker(NO_CELLS):
            return True
        return not every_study and bool(item.get_closest_marker(STUDY)) and not _is_named(config, item)

    out = {item for item in items if is_out(item)}
    if out:
        config.hook.pytest_deselected(items=list(out))
        items[:] = [item for item in items if item not in out]


def kind_of(item: pytest.Item) -> str:
    """The kind of pipelines that a test measures."""
    from framegate.pipelines.base import PAGE, PYTHON

    return PAGE if item.get_closest_marker(BROWSER_MARKER) else PYTHON


def _is_named(config: pytest.Config, item: pytest.Item) -> bool:
    return _names([*config.args, config.option.keyword], item.path.stem)


def _names(texts: Sequence[str], word: str) -> bool:
    return any(re.search(rf"\b{re.escape(word)}\b", text) for text in texts)


class _Asked:
    """What is asked for on each axis: by the user, else by the suite's marker, else as everywhere.

    Args:
        config: pytest's.
        suite: axis -> names, from the suite's marker.
    """

    def __init__(self, config: pytest.Config, suite: Mapping[str, str]) -> None:
        self._options, self._suite = options_of(config), suite
        self._steps, self._catalogue = registries_of(config).steps, catalogue_of(config)

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


def _rows(metafunc: pytest.Metafunc, axes: Sequence[str]) -> Sequence[tuple[str, ...]]:
    from framegate.browser.variants import varied
    from framegate.interfaces import Size
    from framegate.matrix import cells
    from framegate.pipelines.base import pipeline_of
    from framegate.pipelines.order import ORDERS
    from framegate.realtime.run import SCENARIOS, cell_names

    config = metafunc.config
    options, registries = options_of(config), registries_of(config)
    suite = _marked(metafunc.definition, MARKER)
    if not _is_named(config, metafunc.definition):
        suite |= _marked(metafunc.definition, MAIN)
    asked = _Asked(config, suite)

    # A suite leaves the runtimes and renderers of another kind of pipelines to other suites.
    kind = kind_of(metafunc.definition)
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


def _marked(item: pytest.Function, name: str) -> dict[str, str]:
    from framegate.matrix import AXES

    marker = item.get_closest_marker(name)
    for axis in () if marker is None else marker.kwargs:
        if axis not in AXES:
            raise UnknownName(f"axis in the {name} marker", axis, AXES)
    return {} if marker is None else dict(marker.kwargs)


def _of_one_kind(names: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name == ALL or name in known)
