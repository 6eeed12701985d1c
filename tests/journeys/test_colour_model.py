"""The model that ships: small, and its answer looks like the photo."""

from pathlib import Path

import numpy as np

import framegate
from framegate.frames.sources import open_frames
from framegate.interfaces import Pixels
from framegate.models.specs import default_specs
from framegate.paths import data_dir
from framegate.training.pictures import blurred_grey, middle, to_tensors


def psnr(found: Pixels, wanted: Pixels) -> float:
    return float(10 * np.log10(255**2 / np.mean((found.astype(np.float64) - wanted) ** 2)))


def test_it_is_in_the_default_matrix_and_fed_what_it_was_made_for() -> None:
    (spec,) = [spec for spec in default_specs() if spec.name == "colour-128-f8"]
    assert spec.preprocess == "greyscale+down-upscale"
    assert Path(spec.locator).is_relative_to(data_dir("models"))


def test_it_weighs_less_than_3_mb() -> None:
    files = list((data_dir("models") / "colour-128-f8").iterdir())
    assert sum(file.stat().st_size for file in files) < 3_000_000


def test_its_answer_is_closer_to_the_photo_than_its_grey_input() -> None:
    photo = middle(open_frames("photo")[0], 128)
    fed, _ = to_tensors([photo])
    with framegate.load_model("colour-128-f8") as model:
        (answer,) = model.run(fed).values()
    coloured = np.clip(answer[0] * 127.5 + 127.5, 0, 255).round().astype(np.uint8)
    grey = np.repeat(blurred_grey(photo)[..., np.newaxis], 3, axis=2)
    assert psnr(coloured, photo) > psnr(grey, photo) + 1
