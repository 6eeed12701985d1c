"""The models of the page."""

from __future__ import annotations

from pathlib import Path

import pytest

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
