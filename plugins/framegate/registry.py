"""Named factories, merged from all plugins; one wording for duplicate and unknown names."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from framegate.errors import DuplicateName, UnknownName, UsageError

Factory = TypeVar("Factory", bound=Callable[..., Any])


class Registry(Mapping[str, Factory], Generic[Factory]):
    """A read-only mapping of names to factories that knows what its names are names of.

    Args:
        kind: what is registered, as users say it (``"renderer"``).
        parts: mappings to merge, in order.

    Raises:
        DuplicateName: if two parts hold the same name.
        UsageError: a part is no mapping.
    """

    def __init__(self, kind: str, parts: Iterable[Mapping[str, Factory]]) -> None:
        self.kind = kind
        self._factories: dict[str, Factory] = {}
        for part in parts:
            if not isinstance(part, Mapping):
                raise UsageError(
                    f"a plugin offers {kind}s as {type(part).__name__} ({part!r:.60}); its hook has to return a dict of"
                    " names and factories"
                )
            for name, factory in part.items():
                if name in self._factories:
                    raise DuplicateName(
                        f"{kind} {name!r} is provided twice (by {_origin(self._factories[name])} and by"
                        f" {_origin(factory)}); rename one of them"
                    )
                self._factories[name] = factory

    def __getitem__(self, name: str) -> Factory:
        try:
            return self._factories[name]
        except KeyError:
            raise UnknownName(self.kind, name, self._factories) from None

    def __contains__(self, name: object) -> bool:
        return name in self._factories

    def __iter__(self) -> Iterator[str]:
        return iter(self._factories)

    def __len__(self) -> int:
        return len(self._factories)


class Lazy:
    """A factory named by its module and attribute, imported when it is first called.

    Collecting a matrix touches every factory and must import none of their libraries.
    """

    def __init__(self, module: str, attribute: str) -> None:
        self.module = module
        self.attribute = attribute

    def __call__(self, *args: Any) -> Any:
        """Import the module and call the attribute."""
        return getattr(importlib.import_module(self.module), self.attribute)(*args)

    def __repr__(self) -> str:
        return f"{self.module}.{self.attribute}"


def _origin(factory: Callable[..., Any]) -> str:
    if isinstance(factory, Lazy):
        return repr(factory)
    return f"{getattr(factory, '__module__', '?')}.{getattr(factory, '__qualname__', repr(factory))}"
