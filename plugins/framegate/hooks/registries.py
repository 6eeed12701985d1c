"""The backends and the models of a run: those of Framegate, of plugins and of conftests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from framegate import hookspecs
from framegate.errors import UsageError
from framegate.hooks.settings import is_given, options_of, per_run, usage_errors
from framegate.options import GL, TABLES

if TYPE_CHECKING:
    from framegate.backends import Registries
    from framegate.interfaces import ModelSpec
    from framegate.models.catalogue import Catalogue


@per_run
def registries_of(config: pytest.Config) -> Registries:
    """Every backend that this package, plugins and conftests provide.

    Raises:
        UsageError: two of them have one name, a hook returned none, or an option names one that nobody provides.
    """
    from framegate.backends import check_windows, merge_backends

    def brought(kind: str) -> Sequence[Mapping[str, Any]]:
        parts: Sequence[Mapping[str, Any]] = getattr(config.hook, f"pytest_framegate_{kind}")(config=config)
        return parts

    options = options_of(config)
    with usage_errors():
        registries = merge_backends(options, brought)
        check_windows(options, registries, [option.flag for option in GL.values() if config.getoption(option.key)])
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
        with usage_errors():
            for name in catalogue.names():
                catalogue.own("size", name)
                catalogue.own("preprocess", name)
    return catalogue


class _Asking:
    """Ends a run when its plugins and its initial conftests are there, and keeps what they bring."""

    def __init__(self) -> None:
        self.registries: Registries | None = None
        self.refusal: str | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> pytest.ExitCode:
        try:
            self.registries = registries_of(config)
        except pytest.UsageError as error:
            self.refusal = str(error)
        return pytest.ExitCode.OK


def registries_of_a_run(words: Sequence[str]) -> Registries:
    """What a run of pytest with these words would know; nothing is collected.

    Raises:
        UsageError: there could be no such run; what pytest itself says of that is on its streams.
    """
    asking = _Asking()
    code = pytest.main([*words], plugins=[asking])
    if asking.registries is None:
        raise UsageError(asking.refusal or f"pytest does not start here (exit code {code:d}); mend what it says above")
    return asking.registries
