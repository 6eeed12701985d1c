"""What a conftest or plugin can add: one hook for each kind of backend, and one for the end of a run.

The first ones return names and factories. A factory does no work and imports no backend library until it is called; it
raises ``framegate.errors.BackendUnavailable`` where its backend cannot run. Names must be new: a duplicate ends the
run with both owners named. These hooks are read once, when pytest is configured, so a conftest that implements one must
be an initial one (beside the tests named on the command line, or above them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from framegate.interfaces import (
        FrameSourceFactory,
        GLContextFactory,
        LayerFactory,
        ModelSourceFactory,
        RendererFactory,
        RuntimeFactory,
        Step,
    )
    from framegate.postprocess.base import ViewFactory
    from framegate.report.section import Section
    from framegate.results.cell import CellResult


@pytest.hookspec
def pytest_framegate_model_sources(config: pytest.Config) -> Mapping[str, ModelSourceFactory]:  # type: ignore[empty-body] # a spec has no body
    """Model sources by the scheme that calls them: ``{"zoo": ZooSource}`` serves ``--frame-model=zoo:NAME``."""


@pytest.hookspec
def pytest_framegate_frame_sources(config: pytest.Config) -> Mapping[str, FrameSourceFactory]:  # type: ignore[empty-body] # a spec has no body
    """Frame sources by the name that ``--frame-source`` takes; a generator function is one.

    ``{"bars": bars}``, with ``def bars(locator): while True: yield next_picture()``, serves ``--frame-source=bars``,
    and ``--frame-source=bars:wide`` with ``"wide"`` as the locator.
    """


@pytest.hookspec
def pytest_framegate_runtimes(config: pytest.Config) -> Mapping[str, RuntimeFactory]:  # type: ignore[empty-body] # a spec has no body
    """Runtimes by the name that ``--frame-runtime`` takes."""


@pytest.hookspec
def pytest_framegate_steps(config: pytest.Config) -> Mapping[str, Step]:  # type: ignore[empty-body] # a spec has no body
    """Preprocessing steps by the name that ``--frame-preprocess`` takes; they run after the built-in ones."""


@pytest.hookspec
def pytest_framegate_renderers(config: pytest.Config) -> Mapping[str, RendererFactory]:  # type: ignore[empty-body] # a spec has no body
    """Renderers by the name that ``--frame-renderer`` takes; each factory is given the GL context."""


@pytest.hookspec
def pytest_framegate_gl_contexts(config: pytest.Config) -> Mapping[str, GLContextFactory]:  # type: ignore[empty-body] # a spec has no body
    """GL contexts by the name that ``--frame-gl`` takes; each factory is given a ``GLRequest``."""


@pytest.hookspec
def pytest_framegate_layers(config: pytest.Config) -> Mapping[str, LayerFactory]:  # type: ignore[empty-body] # a spec has no body
    """Layers that models name, by their class name; each factory is given ``tf_keras`` and returns a class."""


@pytest.hookspec
def pytest_framegate_views(config: pytest.Config) -> Mapping[str, ViewFactory]:  # type: ignore[empty-body] # a spec has no body
    """Views by the name that ``--frame-view`` and a spec's ``view`` take; a subclass of ``View`` is a factory.

    ``from framegate.postprocess.base import View``, and::

        class Mirrored(View):
            def __call__(self, outputs, frame):
                return outputs[self.request.outputs[0]][0, :, ::-1]

        def pytest_framegate_views(config):
            return {"mirrored": Mirrored}
    """


@pytest.hookspec
def pytest_framegate_sections(config: pytest.Config, results: Sequence[CellResult]) -> Iterable[Section]:  # type: ignore[empty-body] # a spec has no body
    """Sections for the end of a run, of what it has measured; they follow Framegate's own.

    ``results`` are those of the benchmarks that use Framegate's fixtures, in the order in which they ran: none with
    timing off. What a section does not need of the two arguments can be left out::

        def pytest_framegate_sections(results):
            rows = [(result.cell, str(result.memory.steady_bytes)) for result in results if result.memory]
            return [Section("what is held after the rounds", ["", "bytes"], rows)] if rows else []
    """
