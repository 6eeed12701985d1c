"""The backends and the models of a run: those of Framegate, of plugins and of conftests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from framegate import hookspecs
from framegate.errors import FramegateError, UnknownName, UsageError
from framegate.hooks.options import GL, TABLES, options_of
from framegate.hooks.settings import is_given, per_run
from framegate.option import once

if TYPE_CHECKING:
    from framegate.hooks.options import Options
    from framegate.interfaces import (
        FrameSourceFactory,
        GLContextFactory,
        LayerFactory,
        ModelSourceFactory,
        ModelSpec,
        RendererFactory,
        RuntimeFactory,
        Step,
    )
    from framegate.models.catalogue import Catalogue
    from framegate.postprocess.base import ViewFactory
    from framegate.registry import Registry

ALL = "all"


class Registries(NamedTuple):
    """Every backend there is, by kind."""

    sources: Registry[ModelSourceFactory]
    runtimes: Registry[RuntimeFactory]
    steps: Registry[Step]
    renderers: Mapping[str, Registry[RendererFactory]]
    """Those of each kind of pipelines, whose names may be the same."""
    contexts: Registry[GLContextFactory]
    frame_sources: Registry[FrameSourceFactory]
    layers: Registry[LayerFactory]
    views: Registry[ViewFactory]


@per_run
def registries_of(config: pytest.Config) -> Registries:
    """Every backend that this package, plugins and conftests provide.

    Raises:
        UsageError: two of them have one name, a hook returned none, or an option names one that nobody provides.
    """
    from framegate import contexts, frames, renderers, runtimes, views
    from framegate.analysis.own_layers import check_layers
    from framegate.browser.runtimes import builtin_renderers, builtin_runtimes
    from framegate.models import sources
    from framegate.preprocess import BUILTIN_STEPS
    from framegate.registry import Registry

    hook = config.hook
    try:
        registries = Registries(
            sources=Registry("model source", [sources.builtin(), *hook.pytest_framegate_model_sources(config=config)]),
            frame_sources=Registry(
                "frame source", [frames.builtin(), *hook.pytest_framegate_frame_sources(config=config)]
            ),
            runtimes=_with_variants(
                options_of(config),
                [runtimes.builtin(), builtin_runtimes(), *hook.pytest_framegate_runtimes(config=config)],
            ),
            steps=Registry("preprocessing step", [BUILTIN_STEPS, *hook.pytest_framegate_steps(config=config)]),
            renderers=_by_pipeline(
                "renderer",
                [renderers.builtin(), builtin_renderers(), *hook.pytest_framegate_renderers(config=config)],
            ),
            contexts=Registry("GL context", [contexts.builtin(), *hook.pytest_framegate_gl_contexts(config=config)]),
            layers=Registry("layer", hook.pytest_framegate_layers(config=config)),
            views=Registry("view", [views.builtin(), *hook.pytest_framegate_views(config=config)]),
        )
        check_layers(registries.layers)
        check_names(options_of(config), registries)
        check_windows(config, registries)
    except FramegateError as error:
        raise pytest.UsageError(str(error)) from None
    return registries


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Merge after every other plugin was configured, and refuse names that nobody provides."""
    if is_asked_for(config):
        registries_of(config)
        catalogue_of(config)


def is_asked_for(config: pytest.Config) -> bool:
    """Whether an option, an ini setting or a hook of somebody else's says anything of this plugin."""
    hooks = (getattr(config.hook, name) for name in vars(hookspecs) if name.startswith("pytest_framegate_"))
    plugins = (implementation.plugin for hook in hooks for implementation in hook.get_hookimpls())
    return is_given(config, *TABLES) or any(getattr(plugin, "__package__", None) != __package__ for plugin in plugins)


def _with_variants(options: Options, parts: Sequence[Mapping[str, Any]]) -> Registry[RuntimeFactory]:
    """The runtimes, and those variants of TF.js' that the options ask for."""
    from framegate.browser.variants import variants, varied
    from framegate.registry import Registry

    known: Registry[RuntimeFactory] = Registry("runtime", parts)
    names = [*options.runtime, *varied(known, known, options.tfjs_versions, options.tfjs_flags)]
    names += varied(names, known, options.tfjs_versions, options.tfjs_flags, options.browsers)
    return Registry("runtime", [known, variants(names, known)])


def _by_pipeline(kind: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, Registry[Any]]:
    """The factories of each kind of pipelines; what is no mapping is the registry's to refuse."""
    from framegate.pipelines.base import PAGE, PYTHON, pipeline_of
    from framegate.registry import Registry

    kinds = dict.fromkeys([PYTHON, PAGE])
    for part in parts:
        kinds |= dict.fromkeys(map(pipeline_of, part.values() if isinstance(part, Mapping) else ()))
    return {
        pipeline: Registry(kind, [_of(part, pipeline) if isinstance(part, Mapping) else part for part in parts])
        for pipeline in kinds
    }


def _of(part: Mapping[str, Any], pipeline: str) -> dict[str, Any]:
    from framegate.pipelines.base import pipeline_of

    return {name: factory for name, factory in part.items() if pipeline_of(factory) == pipeline}


def check_names(options: Options, registries: Registries) -> None:
    """Look every name of the options up, before anything is collected.

    Raises:
        UnknownName: a name that nobody provides.
        UsageError: a size, preprocessing name or device that cannot be read, or a browser that is not there.
    """
    from framegate.gl.selection import parse_choice
    from framegate.interfaces import Size
    from framegate.pipelines.order import ORDERS
    from framegate.preprocess.toggles import OWN, parse_toggles
    from framegate.realtime.run import SCENARIOS

    _check_browser(options)
    for axis, kind, known in (
        ("runtime", "runtime", set(registries.runtimes)),
        ("renderer", "renderer", set().union(*registries.renderers.values())),
        ("scenario", "scenario", set(SCENARIOS)),
        ("pipeline", "pipeline", set(ORDERS)),
    ):
        for name in options.axis(axis):
            if name != ALL and name not in known:
                raise UnknownName(kind, name, known)
    if options.view is not None and options.view not in registries.views:
        raise UnknownName("view", options.view, registries.views)
    for name in options.gl:
        if name != ALL:
            parse_choice(name, registries.contexts)
    _check_required(options, registries)
    for size in options.size:
        Size.parse(size)
    for toggles in options.preprocess:
        if toggles == OWN:
            continue
        parse_toggles(toggles, registries.steps)


def _check_browser(options: Options) -> None:
    from framegate.browser.programs import named_program
    from framegate.browser.variants import browsers_of

    if options.browser.path is None:
        return
    named_program(options.browser.path)
    browsers = browsers_of(options.runtime, options.browsers)
    if len(browsers) > 1:
        raise UsageError(
            f"--frame-browser-path is one program, and {len(browsers)} browsers are asked for ({', '.join(browsers)});"
            " name one of them"
        )


def check_windows(config: pytest.Config, registries: Registries) -> None:
    """Refuse a window on the command line that no context can show; an ini file asks for one where there can be one.

    Raises:
        UsageError: contexts are named, and none of them has a window.
    """
    from framegate.gl.selection import has_window, parse_choice

    asked, known = options_of(config).gl, registries.contexts
    if not asked or ALL in asked or any(has_window(known[parse_choice(name, known).kind]) for name in asked):
        return
    for option in GL.values():
        if config.getoption(option.key):
            raise UsageError(
                f"{option.flag} needs a context with a window, and got --frame-gl {','.join(asked)}; add glfw"
            )


def _check_required(options: Options, registries: Registries) -> None:
    from framegate.gl.selection import parse_choice

    known = {*registries.runtimes, *registries.contexts, *registries.sources}.union(*registries.renderers.values())
    for name in options.require:
        if name in known:
            continue
        if name.partition(":")[0] not in known:
            raise UnknownName("backend in --frame-require", name, known)
        parse_choice(name, registries.contexts)


def expand(names: Iterable[str], registry: Iterable[str]) -> tuple[str, ...]:
    """Replace ``all`` by every name but ``auto`` and ``null``, which are no backends of their own."""
    everything = [name for name in registry if name not in ("auto", "null")]
    return once(member for name in names for member in (everything if name == ALL else [name]))


@per_run
def catalogue_of(config: pytest.Config) -> Catalogue:
    """The models of the run.

    Raises:
        UsageError: a model that the user named is not there.
    """
    from framegate.models.catalogue import Catalogue
    from framegate.models.input_keys import with_inputs
    from framegate.models.specs import with_view
    from framegate.preprocess.toggles import parse_toggles

    options, registries = options_of(config), registries_of(config)
    models = options.model

    def shown_as_asked(spec: ModelSpec) -> ModelSpec:
        spec = with_inputs(with_view(spec, options.view, options.output), options.input, options.input_values)
        if spec.view is not None:
            registries.views[spec.view]
        return spec

    catalogue = Catalogue(
        models, registries.sources, lambda toggles: parse_toggles(toggles, registries.steps), shown_as_asked
    )
    if models:
        try:
            for name in catalogue.names():
                catalogue.own("size", name)
                catalogue.own("preprocess", name)
        except FramegateError as error:
            raise pytest.UsageError(str(error)) from None
    return catalogue
