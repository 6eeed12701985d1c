"""Whatever a model says, `framegate inspect` explains it, or says in one line what is wrong.

A few hundred mutants in every run; more by ``FRAMEGATE_MUTANTS=10000 pytest tests/unit/test_mutants.py``.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutants import graph_model, layers_model, mutant, shard_bytes, write

import framegate
from framegate import inspect_command
from framegate.errors import FramegateError
from framegate.runtimes.auto import trial_feeds

ASKED = os.environ.get("FRAMEGATE_MUTANTS")
SEEDS = st.integers(0, 2**32 - 1)
HARMLESS = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


def many(default: int) -> settings:
    """So many examples, other ones in each run that asks for a number, and the same ones in each that does not."""
    count = int(ASKED or default)
    return settings(
        max_examples=count, deadline=None, database=None, derandomize=ASKED is None, suppress_health_check=HARMLESS
    )


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("make", [graph_model, layers_model])
def test_the_models_run_as_they_are(tmp_path: Path, make: Callable[[], dict[str, Any]]) -> None:
    document = make()
    path = write(tmp_path, document, bytes(shard_bytes(document)))
    with framegate.load_model(path, trial_s=None) as model:
        assert model.run(trial_feeds(model.inputs))


@many(400)
@given(SEEDS)
def test_inspect_explains_or_says_what_is_wrong(tmp_path: Path, seed: int) -> None:
    path = write(tmp_path, *mutant(seed))
    with contextlib.suppress(FramegateError):
        inspect_command.run(str(path), None, as_json=seed % 2 == 0, read_constants=True)
