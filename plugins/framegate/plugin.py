"""The pytest plugin: lists its parts, and nothing else."""

from __future__ import annotations

import pytest

from framegate import hookspecs
from framegate.hooks import (
    agreement,
    arguments,
    browser,
    catalogue,
    costs,
    describe,
    frame,
    gate,
    load,
    matrix,
    memory,
    model_size,
    models,
    options,
    outcome,
    pictures,
    pipeline,
    preprocess,
    registries,
    render,
    report,
    runtimes,
    stages,
    stopped,
    trials,
)

# In this order their pytest_configure may build on each other: see the hookimpl of each.
PARTS = (
    arguments,
    options,
    registries,
    catalogue,
    matrix,
    outcome,
    describe,
    runtimes,
    trials,
    models,
    load,
    pictures,
    preprocess,
    render,
    frame,
    agreement,
    report,
    stages,
    costs,
    memory,
    model_size,
    browser,
    pipeline,
    gate,
    stopped,
)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make the hooks that third parties implement known, and register the parts.

    Naming the parts in ``pytest_plugins`` would have pytest warn that they import each other.
    """
    pluginmanager.add_hookspecs(hookspecs)
    for part in PARTS:
        pluginmanager.register(part)
