"""Which file a path means: files that were uploaded by hand have names of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from framegate.errors import ModelFormatError
from framegate.models.sources.path import model_path

WriteModel = Callable[..., Path]


def test_a_folder_with_one_model_by_another_name_is_that_model(write_model: WriteModel) -> None:
    folder = write_model()
    uploaded = (folder / "model.json").rename(folder / "my net (2).json")
    assert model_path(folder) == model_path(uploaded) == uploaded


def test_other_json_files_beside_it_do_not_matter(write_model: WriteModel) -> None:
    folder = write_model()
    uploaded = (folder / "model.json").rename(folder / "net.json")
    (folder / "labels.json").write_text("[1]")
    (folder / "broken.json").write_text("{")
    (folder / "package.json").write_text('{"name": "net"}')
    assert model_path(folder) == uploaded


def test_model_json_goes_before_others(write_model: WriteModel) -> None:
    folder = write_model()
    (folder / "a.json").write_text((folder / "model.json").read_text())
    assert model_path(folder) == folder / "model.json"


def test_several_are_named(write_model: WriteModel) -> None:
    folder = write_model()
    (folder / "model.json").rename(folder / "a.json")
    (folder / "b.json").write_text((folder / "a.json").read_text())
    (folder / "c.json").write_text("[1]")
    with pytest.raises(
        ModelFormatError, match=r"no model\.json in this folder, found a\.json, b\.json; give the model's"
    ):
        model_path(folder)


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text("[1]")
    with pytest.raises(
        ModelFormatError, match=r"no model\.json in this folder, found c\.json; give the model's json file"
    ):
        model_path(tmp_path)
