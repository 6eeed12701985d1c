"""The models of the page."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tiny_model import write_tiny

from framegate.errors import NotFetched
from framegate.interfaces import ResolvedModel
from framegate.live import models
from framegate.live.models import LiveModels


def test_a_model_that_could_not_be_brought_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought = ResolvedModel("tiny", tmp_path, "graph", "0" * 64)
    answers: list[NotFetched | ResolvedModel] = [NotFetched("there is no network"), brought]

    def resolve(*_: object) -> ResolvedModel:
        answer = answers.pop(0)
        if isinstance(answer, NotFetched):
            raise answer
        return answer

    monkeypatch.setattr(models, "resolve", resolve)
    known = LiveModels([], tmp_path)
    with pytest.raises(NotFetched):
        known.resolved(known.first)
    assert [known.resolved(known.first) for _ in range(2)] == [brought, brought]


def test_models_that_are_added_at_once_have_names_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replaced(*spec: Any, **changes: Any) -> Any:
        for _ in range(10):
            os.sched_yield()
        return replace(*spec, **changes)

    monkeypatch.setattr(models, "replace", replaced)
    known, folder = LiveModels([], tmp_path), write_tiny(tmp_path / "dropped")
    threads, together = 8, threading.Barrier(8)

    def add() -> list[str]:
        together.wait()
        return [known.add(folder) for _ in range(20)]

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(threads) as pool:
            added = [name for adding in [pool.submit(add) for _ in range(threads)] for name in adding.result()]
    finally:
        sys.setswitchinterval(before)
    assert len(set(added)) == len(added) == 160
    assert set(added) <= {entry["name"] for entry in known.listed()}
