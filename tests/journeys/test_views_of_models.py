"""Runs of real models show what the docs show: masks, classes, heat, boxes, points and labels.

By default those that are small; all of them with FRAMEGATE_ALL_MODELS=1.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from framegate.errors import BackendUnavailable
from framegate.models.sources import npm
from framegate.models.specs import find_spec
from framegate.paths import cache_dir

ROOT = Path(__file__).parents[2]
SHOWN = ROOT / "docs" / "images" / "views"
EVERYTHING = os.environ.get("FRAMEGATE_ALL_MODELS") == "1"
QUICK = ("selfie-256", "centernet", "centernet-classes", "centernet-person", "liveness", "movenet-lightning")
REST = (
    *("meet-256x144", "meet-classes", "posenet-nose", "handtrack", "face-boxes", "posenet", "efficientpose", "rvm"),
    *("cartoon-shinkai", "cartoon-whitebox", "nanodet"),
)
OF_FACES = ("facemesh", "emotion", "age-range", "face-parts")
MODELS = (*QUICK, *REST, *OF_FACES) if EVERYTHING else QUICK
PHOTO = ROOT / "fixtures" / "astronaut.png"
FACE = slice(15, 215), slice(125, 325)
"""Of the photo."""
DRAWN = 48
"""Difference from the plain picture that JPEG does not make."""
SAME_PLACE = 0.8
"""Share of the places where something is drawn, in either picture, in which it is drawn in both."""
SAME_COLOUR = 5
"""Mean difference that JPEG and other processors make at most."""


def run(models: tuple[str, ...], source: str, folder: Path) -> None:
    """A pass of the frame suite with timing off, which keeps its pictures."""
    command = [sys.executable, "-m", "pytest", "suites/test_frame.py", "-p", "no:cacheprovider", "--benchmark-disable"]
    options = {
        "model": ",".join(models),
        "source": source,
        "fit": "resize",
        "runtime": "tensorflow",
        "renderer": "opencv",
        "preprocess": "none",
        "pictures": str(folder),
    }
    command += [f"--frame-{option}={value}" for option, value in options.items()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(models)} passed" in done.stdout


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pictures of runs of all models."""
    try:
        for model in MODELS:
            spec = find_spec(model)
            if spec.source == "npm":
                npm.NpmSource().resolve(spec, cache_dir())
    except BackendUnavailable as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("pictures")
    run((*QUICK, *REST) if EVERYTHING else QUICK, "photo", folder)
    if EVERYTHING:
        photo = cv2.imread(str(PHOTO))
        assert photo is not None
        face = folder / "face.png"
        cv2.imwrite(str(face), cv2.resize(photo[FACE], (400, 400), interpolation=cv2.INTER_CUBIC))
        run(OF_FACES, str(face), folder)
    return folder


def picture(path: Path) -> NDArray[np.int_]:
    pixels = cv2.imread(str(path))
    assert pixels is not None, path
    return cv2.resize(pixels, (256, 256), interpolation=cv2.INTER_AREA).astype(int)


@pytest.mark.parametrize("model", MODELS)
def test_a_run_shows_what_the_docs_show(pictures: Path, model: str) -> None:
    (screen,) = pictures.glob(f"test_frame-{model}-[0-9]*-screen.png")
    plain = pictures / "face.png" if model in OF_FACES else PHOTO
    on_screen, in_docs, without = map(picture, (screen, SHOWN / f"{model}.jpg", plain))
    drawn, in_docs_drawn = (np.abs(pixels - without).max(axis=2) > DRAWN for pixels in (on_screen, in_docs))
    assert (drawn & in_docs_drawn).sum() > SAME_PLACE * (drawn | in_docs_drawn).sum() > 0
    assert np.abs(on_screen - in_docs).mean() < SAME_COLOUR


def test_every_picture_in_the_docs_is_of_a_run() -> None:
    assert {path.stem for path in SHOWN.glob("*.jpg")} == {*QUICK, *REST, *OF_FACES}
