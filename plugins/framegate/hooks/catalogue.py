"""The models of this run: the user's own, else the default matrix."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pytest

from framegate.errors import FramegateError, UsageError
from framegate.hooks.options import OPTIONS
from framegate.hooks.registries import REGISTRIES
from framegate.interfaces import ModelSpec, Size
from framegate.models.image_io import input_size
from framegate.models.sources.path import model_path
from framegate.models.specs import default_specs, find_spec

DEFAULT_SIZE = Size(256, 256)


class Catalogue:
    """Specs by name. Nothing is fetched or built to answer; the default specs are read only when they are needed."""

    def __init__(self, asked: Sequence[str], sources: Sequence[str]) -> None:
        self._asked = asked
        self._sources = sources

    @cached_property
    def specs(self) -> dict[str, ModelSpec]:
        """The specs of this run, in order.

        Raises:
            UsageError: two models that go by one name.
        """
        specs: dict[str, ModelSpec] = {}
        found = (
            [find_spec(text, self._sources) for text in self._asked]
            if self._asked
            else default_specs(sources=self._sources)
        )
        for spec in found:
            if spec.name in specs:
                raise UsageError(
                    f"two models are called {spec.name!r} ({specs[spec.name].locator} and {spec.locator});"
                    " rename a folder, or give one of them a spec.toml of another name"
                )
            specs[spec.name] = spec
        return specs

    def names(self) -> Sequence[str]:
        """The names of the models, in order."""
        return list(self.specs)

    def sizes(self, name: str) -> Sequence[Size]:
        """The input sizes that a model runs at when the user names none: its spec's, else its one size, else 256.

        Raises:
            ModelError: a local model whose model.json cannot be read or takes no image.
        """
        spec = self.specs[name]
        if spec.sizes:
            return spec.sizes
        own = input_size(model_path(spec.locator)) if spec.source == "path" else None
        return [own or DEFAULT_SIZE]


CATALOGUE = pytest.StashKey[Catalogue]()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Look up the models that the user named, so that a mistake ends the run before anything is collected."""
    asked = config.stash[OPTIONS].model
    catalogue = Catalogue(asked, list(config.stash[REGISTRIES].sources))
    if asked:
        try:
            for name in catalogue.names():
                catalogue.sizes(name)
        except FramegateError as error:
            raise pytest.UsageError(str(error)) from None
    config.stash[CATALOGUE] = catalogue
