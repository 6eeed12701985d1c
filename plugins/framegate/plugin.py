"""The pytest plugin: lists its parts, and nothing else."""

from __future__ import annotations

import pytest

from framegate import hookspecs
from framegate.hooks import (
    agreement,
    answer,
    arguments,
    browser,
    describe,
    frame,
    gate,
    html_report,
    limit,
    matrix,
    models,
    outcome,
    pictures,
    pipeline,
    progress,
    realtime,
    registries,
    render,
    report,
    settings,
    stopped,
    stored,
    trace,
    trials,
)

# In this order their pytest_configure may build on each other: see the hookimpl of each.
PARTS = (
    arguments,
    settings,
    registries,
    matrix,
    outcome,
    describe,
    trials,
    models,
    pictures,
    render,
    frame,
    agreement,
    report,
    html_report,
    answer,
    limit,
    stored,
    browser,
    pipeline,
    progress,
    trace,
    realtime,
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
