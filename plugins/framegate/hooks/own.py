"""Which tests are this plugin's: in someone else's project all others are none of its business."""

from __future__ import annotations

from typing import Any

import pytest

NO_BENCHMARKS = "pytest-benchmark is switched off (-p no:benchmark)"


def has_benchmarks(config: pytest.Config) -> bool:
    """Whether pytest-benchmark is there, by whatever name it was loaded."""
    return hasattr(config.hook, "pytest_benchmark_generate_machine_info")


def fixture_is_ours(item: pytest.Item, name: str) -> bool:
    """Whether the fixture that a test knows by a name is defined in this package."""
    return any(_is_ours(definition) for definition in _definitions(item).get(name, ())[-1:])


def is_ours(item: pytest.Item) -> bool:
    """Whether a test uses a fixture of this package; what it does and how it ends is then this plugin's concern."""
    return any(_is_ours(definition) for known in _definitions(item).values() for definition in known)


def _definitions(item: pytest.Item) -> dict[str, Any]:
    # pytest has no public way to ask for the definition behind a fixture's name.
    info = getattr(item, "_fixtureinfo", None)
    definitions: dict[str, Any] = getattr(info, "name2fixturedefs", {})
    return definitions


def _is_ours(definition: Any) -> bool:
    module = getattr(getattr(definition, "func", None), "__module__", None) or ""
    return module.partition(".")[0] == "framegate"
