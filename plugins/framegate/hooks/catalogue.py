"""The models of this run: the user's own, else the default matrix."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from framegate.errors import FramegateError, UsageError
from framegate.hooks.options import OPTIONS, once
from framegate.hooks.registries import REGISTRIES
from framegate.interfaces import ModelSourceFactory, ModelSpec, Size, Step
from framegate.models.specs import default_specs, find_spec
from framegate.once import Once
from framegate.preprocess.toggles import parse_toggles
from framegate.registry import Registry

DEFAULT_SIZE = Size(256, 256)


class Catalogue:
    """Specs by name. Nothing is fetched or built to answer; the default specs are read only when they are needed."""

    def __init__(self, asked: Sequence[str], sources: Registry[ModelSourceFactory], steps: Registry[Step]) -> None:
        self._asked = asked
        self._sources = sources
        self._steps = steps
        self.specs: dict[str, ModelSpec] = {}
        """Every spec that was asked for so far, by name."""
        self.sizes = Once(self._sizes)
        """The input sizes that a model runs at when the user names none: its spec's, else its one size, else 256."""

    def names(self, suite: Sequence[str] = ()) -> Sequence[str]:
        """The names of the models, in order: the user's, else those that a suite names, else the default matrix.

        Raises:
            UsageError: two models that go by one name.
        """
        if self._asked or suite:
            found = [find_spec(text, self._sources) for text in self._asked or suite]
        else:
            found = default_specs(sources=self._sources)
        for spec in found:
            other = self.specs.setdefault(spec.name, spec)
            if other != spec:
                raise UsageError(
                    f"two models are called {spec.name!r} ({other.locator} and {spec.locator});"
                    " rename a folder, or give one of them a spec.toml of another name"
                )
        return [spec.name for spec in found]

    def own(self, axis: str, name: str) -> Sequence[str]:
        """What a model has of its own on an axis; empty where it has nothing."""
        if axis == "size":
            return once(map(str, self.sizes(name)))
        preprocess = self.specs[name].preprocess if axis == "preprocess" else None
        return (parse_toggles(preprocess, self._steps),) if preprocess else ()

    def _sizes(self, name: str) -> Sequence[Size]:
        spec = self.specs[name]
        return spec.sizes or [self._sources[spec.source]().input_size(spec) or DEFAULT_SIZE]


CATALOGUE = pytest.StashKey[Catalogue]()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Look up the models that the user named, so that a mistake ends the run before anything is collected."""
    asked = config.stash[OPTIONS].model
    catalogue = Catalogue(asked, config.stash[REGISTRIES].sources, config.stash[REGISTRIES].steps)
    if asked:
        try:
            for name in catalogue.names():
                catalogue.own("size", name)
                catalogue.own("preprocess", name)
        except FramegateError as error:
            raise pytest.UsageError(str(error)) from None
    config.stash[CATALOGUE] = catalogue
