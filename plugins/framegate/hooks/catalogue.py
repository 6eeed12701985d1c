"""The models of this run, looked up before anything is collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from framegate.errors import FramegateError
from framegate.hooks.options import options_of
from framegate.hooks.registries import is_asked_for, registries_of
from framegate.hooks.settings import per_run

if TYPE_CHECKING:
    from framegate.models.catalogue import Catalogue


@per_run
def catalogue_of(config: pytest.Config) -> Catalogue:
    """The models of the run.

    Raises:
        UsageError: a model that the user named is not there.
    """
    from framegate.models.catalogue import Catalogue
    from framegate.preprocess.toggles import parse_toggles

    models, registries = options_of(config).model, registries_of(config)
    catalogue = Catalogue(models, registries.sources, lambda toggles: parse_toggles(toggles, registries.steps))
    if models:
        try:
            for name in catalogue.names():
                catalogue.own("size", name)
                catalogue.own("preprocess", name)
        except FramegateError as error:
            raise pytest.UsageError(str(error)) from None
    return catalogue


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Look up the models that the user named, so that a mistake ends the run before anything is collected."""
    if is_asked_for(config):
        catalogue_of(config)
