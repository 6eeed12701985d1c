"""Files that a person gives to the page of ``framegate live``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from live_pages import Person

from framegate.frames.files import write_png


def payload(path: Path, name: str | None = None) -> dict[str, Any]:
    return {"name": name or path.name, "mimeType": "application/octet-stream", "buffer": path.read_bytes()}


def test_a_model_is_shown_under_a_name_that_is_no_path(person: Person, write_model: Callable[..., Path]) -> None:
    folder = write_model("other", gain=0.5)
    name = "..%2f<b>/../../etc/x y.json"
    files = [payload(folder / "model.json", name), payload(folder / "group1-shard1of1.bin")]
    person.gives(*files)
    assert person.fault() == ""
    person.sees_frames(3)
    model = person.page.get_by_label("Model", exact=True).input_value()
    assert set(model) <= set("abcdefghijklmnopqrstuvwxyz-.0123456789") | set("xy")
    assert person.page.locator("#about-name").inner_text() == model
    person.gives(*files)
    assert person.page.get_by_label("Model", exact=True).input_value() == f"{model}-2"


def test_what_is_no_model_says_why_and_what_ran_goes_on(
    person: Person, write_model: Callable[..., Path], tmp_path: Path
) -> None:
    folder = write_model("other")
    model = payload(folder / "model.json")
    person.gives(model)
    assert person.fault() == (
        "model.json lists group1-shard1of1.bin, which was not among the files; drop all of them together"
    )
    (tmp_path / "note.json").write_text("{}")
    person.gives(payload(tmp_path / "note.json"))
    assert "model.json" in person.fault()
    assert str(tmp_path) not in person.fault()
    short = payload(folder / "group1-shard1of1.bin") | {"buffer": b"ab"}
    person.gives(model, short)
    assert "shard is truncated" in person.fault()
    document = json.loads((folder / "model.json").read_text())
    document["weightsManifest"][0]["paths"] = ["../../outside.bin"]
    person.gives(model | {"buffer": json.dumps(document).encode()}, payload(folder / "model.json", "outside.bin"))
    assert "outside.bin" in person.fault()
    person.page.evaluate("files.take([{ name: 'large.json', size: 2 * 2 ** 30 }])")
    assert person.fault() == ("large.json has 2,048 MiB, and a page may send 1,024; name the path: framegate live PATH")
    person.sees_frames(3)


def test_a_picture_is_what_the_model_is_fed(person: Person, tmp_path: Path) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (32, 48, 3), np.uint8)
    write_png(tmp_path / "own.png", picture)
    person.gives(payload(tmp_path / "own.png"))
    person.sees_frames(3)
    assert np.array_equal(person.input(), picture)
    (tmp_path / "no.png").write_bytes(b"no picture")
    person.gives(payload(tmp_path / "no.png"))
    assert "no.png" in person.fault()
    assert cv2.imread(str(tmp_path / "own.png")) is not None
    assert f"--frame-source={'/'}" in person.presses("Copy command")


def test_a_folder_that_is_dragged_is_a_model_and_a_picture_is_frames(
    person: Person, write_model: Callable[..., Path], tmp_path: Path
) -> None:
    person.drags(write_model("dragged", gain=0.5))
    assert person.fault() == ""
    person.sees_frames(3)
    assert person.page.get_by_label("Model", exact=True).input_value() == "dragged"
    person.page.get_by_label("Size").fill("48x32")
    person.page.get_by_label("Size").press("Enter")
    picture = np.random.default_rng(2).integers(0, 256, (32, 48, 3), np.uint8)
    write_png(tmp_path / "dragged.png", picture)
    person.drags(tmp_path / "dragged.png")
    assert person.fault() == ""
    person.sees_frames(3)
    assert np.array_equal(person.input(), picture)


def test_files_that_are_dragged_without_their_shards_are_refused(
    person: Person, write_model: Callable[..., Path]
) -> None:
    folder = write_model("dragged-alone")
    person.drags(folder / "model.json")
    assert person.fault().startswith("model.json lists group1-shard1of1.bin, which was not among the files")
    person.drags(folder / "model.json", folder / "group1-shard1of1.bin")
    assert person.fault() == ""
    person.sees_frames(3)
