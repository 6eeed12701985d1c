"""The view that `framegate inspect` names: the spec's, else a guess."""

from dataclasses import replace
from pathlib import Path

import pytest
from analysis_files import SPEC, image, look, op

from framegate.analysis.inspection import inspect


@pytest.mark.parametrize(
    ("view", "outputs", "line"),
    [
        (None, (), "mask of output y (one channel that ends in a sigmoid)"),
        ("heatmap", (), "heatmap of output y (the spec says so)"),
        (None, ("y",), "mask of output y (one channel that ends in a sigmoid)"),
        ("points", ("y",), "points of output y (the spec says so)"),
    ],
)
def test_the_spec_comes_before_the_guess(tmp_path: Path, view: str | None, outputs: tuple[str, ...], line: str) -> None:
    model = look(tmp_path, [image(1, 8, 8, 1), op("Sigmoid", "image")]).model
    assert str(inspect(replace(SPEC, view=view, outputs=outputs), model).shown) == line
