"""The pytest plugin: lists its parts, and nothing else."""

from __future__ import annotations

import pytest

from framegate import hookspecs

pytest_plugins = (
    "framegate.hooks.options",
    "framegate.hooks.registries",
    "framegate.hooks.outcome",
    "framegate.hooks.matrix",
    "framegate.hooks.describe",
    "framegate.hooks.catalogue",
    "framegate.hooks.models",
    "framegate.hooks.inference",
    "framegate.hooks.preprocess",
    "framegate.hooks.render",
    "framegate.hooks.frame",
    "framegate.hooks.report",
)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make the hooks that third parties implement known."""
    pluginmanager.add_hookspecs(hookspecs)
