"""Every backend of a run: Framegate's own and those that plugins bring, and what the options may name of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from framegate.errors import UnknownName, UsageError
from framegate.registry import Registry
from framegate.words import ALL

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
    from framegate.options import Options
    from framegate.postprocess.base import ViewFactory


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


def merge_backends(options: Options, brought: Callable[[str], Sequence[Mapping[str, Any]]]) -> Registries:
    """Merge Framegate's backends with those of plugins.

    Args:
        options: what the user asked for; variants of runtimes follow from it.
        brought: what plugins bring of a kind, by its name: ``model_sources``, ``frame_sources``, ``runtimes``,
            ``steps``, ``renderers``, ``gl_contexts``, ``layers``, ``views``.

    Raises:
        UsageError: two of them have one name, or a plugin brings none.
        UnknownName: an option names one that nobody provides.
    """
    from framegate import contexts, frames, renderers, runtimes, views
    from framegate.analysis.own_layers import check_layers
    from framegate.browser.runtimes import builtin_renderers, builtin_runtimes
    from framegate.models import sources
    from framegate.preprocess import BUILTIN_STEPS

    registries = Registries(
        sources=Registry("model source", [sources.builtin(), *brought("model_sources")]),
        frame_sources=Registry("frame source", [frames.builtin(), *brought("frame_sources")]),
        runtimes=_with_variants(options, [runtimes.builtin(), builtin_runtimes(), *brought("runtimes")]),
        steps=Registry("preprocessing step", [BUILTIN_STEPS, *brought("steps")]),
        renderers=_by_pipeline("renderer", [renderers.builtin(), builtin_renderers(), *brought("renderers")]),
        contexts=Registry("GL context", [contexts.builtin(), *brought("gl_contexts")]),
        layers=Registry("layer", brought("layers")),
        views=Registry("view", [views.builtin(), *brought("views")]),
    )
    check_layers(registries.layers)
    check_names(options, registries)
    return registries


def _with_variants(options: Options, parts: Sequence[Mapping[str, Any]]) -> Registry[RuntimeFactory]:
    """The runtimes, and those variants of TF.js' that the options ask for."""
    from framegate.browser.variants import variants, varied

    known: Registry[RuntimeFactory] = Registry("runtime", parts)
    names = [*options.runtime, *varied(known, known, options.tfjs_versions, options.tfjs_flags)]
    names += varied(names, known, options.tfjs_versions, options.tfjs_flags, options.browsers)
    return Registry("runtime", [known, variants(names, known)])


def _by_pipeline(kind: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, Registry[Any]]:
    """The factories of each kind of pipelines; what is no mapping is the registry's to refuse."""
    from framegate.pipelines.base import PAGE, PYTHON, pipeline_of

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
    from framegate.preprocess.toggles import ALL_STEPS, NONE, OWN, parse_toggles
    from framegate.realtime.run import SCENARIOS

    _check_browser(options)
    for axis, kind, known in (
        ("runtime", "runtime", set(registries.runtimes)),
        ("renderer", "renderer", set().union(*registries.renderers.values())),
        ("scenario", "scenario", set(SCENARIOS)),
        ("pipeline", "pipeline", set(ORDERS)),
    ):
        for name in options.axis(axis):
            if name not in {*known, ALL}:
                raise UnknownName(kind, name, {*known, ALL})
    if options.view is not None and options.view not in registries.views:
        raise UnknownName("view", options.view, registries.views)
    for name in options.gl:
        kind = name.partition(":")[0]
        if not {name, kind} & {*registries.contexts, ALL}:
            raise UnknownName(registries.contexts.kind, kind, {*registries.contexts, ALL})
        if name != ALL:
            parse_choice(name, registries.contexts)
    _check_required(options, registries)
    for size in options.size:
        Size.parse(size)
    for toggles in options.preprocess:
        parse_toggles(toggles, registries.steps, (NONE, ALL_STEPS, OWN))


def _check_browser(options: Options) -> None:
    from framegate.browser.needs import named_program
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


def check_windows(options: Options, registries: Registries, flags: Sequence[str]) -> None:
    """Refuse a window that no context can show.

    Args:
        options: what the user asked for.
        registries: every backend.
        flags: options on the command line that need a window; an ini file asks for one where there can be one.

    Raises:
        UsageError: contexts are named, and none of them has a window.
    """
    from framegate.gl.selection import has_window, parse_choice

    asked, known = options.gl, registries.contexts
    if not asked or ALL in asked or any(has_window(known[parse_choice(name, known).kind]) for name in asked):
        return
    for flag in flags:
        raise UsageError(f"{flag} needs a context with a window, and got --frame-gl {','.join(asked)}; add glfw")


def _check_required(options: Options, registries: Registries) -> None:
    from framegate.gl.selection import parse_choice

    known = {*registries.runtimes, *registries.contexts, *registries.sources}.union(*registries.renderers.values())
    for name in options.require:
        if name in known:
            continue
        if name.partition(":")[0] not in known:
            raise UnknownName("backend in --frame-require", name, known)
        parse_choice(name, registries.contexts)
