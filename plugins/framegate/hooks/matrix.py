"""Parametrise each suite by the cells that the options ask for, and leave out what nobody asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from framegate.errors import FramegateError, UnknownName
from framegate.hooks.own import NO_BENCHMARKS, fixture_is_ours, has_benchmarks
from framegate.hooks.registries import catalogue_of, registries_of
from framegate.hooks.settings import options_of

MARKER = "frame_defaults"
MAIN = "frame_main"
STUDY = "study"
NO_CELLS = "frame_no_cells"
BROWSER_MARKER = "browser"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker with which a suite says what it runs when the user says nothing."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(renderer=..., runtime=..., ...): comma-separated values of the axes that neither the command line"
        " nor the ini file names",
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


def _rows(metafunc: pytest.Metafunc, axes: Sequence[str]) -> Sequence[tuple[str, ...]]:
    from framegate.matrix import asked_cells

    config = metafunc.config
    suite = _marked(metafunc.definition, MARKER)
    if not _is_named(config, metafunc.definition):
        suite |= _marked(metafunc.definition, MAIN)
    kind = kind_of(metafunc.definition)
    return asked_cells(axes, kind, options_of(config), suite, registries_of(config), catalogue_of(config))


def _marked(item: pytest.Function, name: str) -> dict[str, str]:
    from framegate.matrix import AXES

    marker = item.get_closest_marker(name)
    for axis in () if marker is None else marker.kwargs:
        if axis not in AXES:
            raise UnknownName(f"axis in the {name} marker", axis, AXES)
    return {} if marker is None else dict(marker.kwargs)
