"""The models of a run: the user's own, or else a suite's, or else the default matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from framegate.errors import UsageError
from framegate.interfaces import ModelSourceFactory, ModelSpec, Size
from framegate.models.specs import default_specs, find_spec
from framegate.once import Once
from framegate.registry import Registry

DEFAULT_SIZE = Size(256, 256)


class Catalogue:
    """Specs by name. Nothing is fetched or built to answer; the default specs are read only when they are needed.

    Attributes:
        specs: every spec that was asked for so far, by name.
        sizes: the input sizes that a model runs at when the user names none: its spec's, else its one size, else 256.

    Args:
        asked: the user's models.
        sources: the model sources.
        named: the canonical name of a preprocessing.
        changed: a spec as the user's options change it.
    """

    def __init__(
        self,
        asked: Sequence[str],
        sources: Registry[ModelSourceFactory],
        named: Callable[[str], str],
        changed: Callable[[ModelSpec], ModelSpec] = lambda spec: spec,
    ) -> None:
        self._asked = asked
        self._sources = sources
        self._named = named
        self._changed = changed
        self.specs: dict[str, ModelSpec] = {}
        self.sizes = Once(self._sizes)

    def names(self, suite: Sequence[str] = ()) -> Sequence[str]:
        """The names of the models, in order: the user's, else those that a suite names, else the default matrix.

        Raises:
            UsageError: two models that go by one name.
        """
        if self._asked or suite:
            specs = [find_spec(text, self._sources) for text in self._asked or suite]
        else:
            specs = default_specs(sources=self._sources)
        for spec in map(self._changed, specs):
            other = self.specs.setdefault(spec.name, spec)
            if other != spec:
                raise UsageError(
                    f"two models are called {spec.name!r} ({other.locator} and {spec.locator});"
                    " rename a folder, or give one of them a spec.toml of another name"
                )
        return [spec.name for spec in specs]

    def own(self, axis: str, name: str) -> Sequence[str]:
        """A model's own values on an axis; empty if it has none."""
        if axis == "size":
            return tuple(dict.fromkeys(map(str, self.sizes(name))))
        preprocess = self.specs[name].preprocess if axis == "preprocess" else None
        return (self._named(preprocess),) if preprocess else ()

    def _sizes(self, name: str) -> Sequence[Size]:
        spec = self.specs[name]
        return spec.sizes or [self._sources[spec.source]().input_size(spec) or DEFAULT_SIZE]
