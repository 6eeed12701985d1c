"""The ``framegate train`` command, on pictures small enough for a test."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

import framegate
from framegate.commands.cli import main
from framegate.frames.sources import open_frames
from framegate.interfaces import Array
from framegate.training.pictures import middle, to_tensors

Shell = Callable[..., subprocess.CompletedProcess[str]]
SETTINGS = ("--size", "64", "--filters", "4", "--batch", "2", "--steps", "4")
EPOCHS = 2


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    photo = open_frames("photo")[0]
    for index in range(3):
        part = photo[index * 100 : index * 100 + 160, index * 80 : index * 80 + 200]
        (folder / f"{index}.png").write_bytes(cv2.imencode(".png", cv2.cvtColor(part, cv2.COLOR_RGB2BGR))[1].tobytes())
    return folder


@pytest.fixture(scope="module")
def unbroken(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nobody broke off."""
    out = tmp_path_factory.mktemp("runs") / "unbroken"
    assert main(arguments(pictures, out, EPOCHS)) == 0
    return out


def arguments(pictures: Path, out: Path, epochs: int, *options: str) -> list[str]:
    return ["train", str(pictures), "--out", str(out), "--epochs", str(epochs), *SETTINGS, *options]


def command(pictures: Path, out: Path, epochs: int, *options: str) -> list[str]:
    return [sys.executable, "-m", "framegate", *arguments(pictures, out, epochs, *options)]


def answer(model: Path) -> Array:
    fed, _ = to_tensors([middle(open_frames("photo")[0], 64)])
    with framegate.load_model(model) as loaded:
        return next(iter(loaded.run(fed).values()))


def test_a_run_that_was_killed_goes_on_and_ends_where_an_unbroken_one_does(
    pictures: Path, unbroken: Path, tmp_path: Path, shell: Shell
) -> None:
    killed = subprocess.Popen(command(pictures, tmp_path / "killed", EPOCHS), stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    for line in killed.stdout:
        if line.startswith(f"epoch 1/{EPOCHS}"):
            os.kill(killed.pid, signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    killed.stdout.close()
    assert not (tmp_path / "killed" / "model").exists()
    resumed = shell(*command(pictures, tmp_path / "killed", EPOCHS))
    assert resumed.returncode == 0, resumed.stderr
    assert "going on after epoch" in resumed.stdout
    assert f"epoch 1/{EPOCHS}" not in resumed.stdout
    killed_answer, unbroken_answer = (answer(run / "model") for run in (tmp_path / "killed", unbroken))
    np.testing.assert_allclose(killed_answer, unbroken_answer, atol=1e-4)
    samples = sorted(path.name for path in (tmp_path / "killed" / "samples").iterdir())
    assert samples == [f"epoch-{epoch:04d}.png" for epoch in range(1, EPOCHS + 1)]
    sheet = cv2.imread(str(tmp_path / "killed" / "samples" / samples[0]))
    assert sheet is not None
    assert sheet.shape == (3 * 64, 3 * 64, 3)


def test_quantised_weights_are_small_and_a_finished_run_only_writes_the_model_again(
    pictures: Path, unbroken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shutil.copytree(unbroken, tmp_path / "run")
    model = out / "model"
    exact = answer(model)
    full = sum(path.stat().st_size for path in model.glob("*.bin"))
    capsys.readouterr()
    assert main(arguments(pictures, out, EPOCHS, "--quantize", "uint8")) == 0
    assert f"/{EPOCHS}" not in capsys.readouterr().out
    small = sum(path.stat().st_size for path in model.glob("*.bin"))
    assert small < 0.3 * full
    assert np.abs(answer(model) - exact).mean() < 0.05
    assert sorted(path.name for path in out.iterdir()) == ["checkpoints", "model", "samples", "training.json"]


def test_a_mistake_is_one_line(pictures: Path, tmp_path: Path, shell: Shell) -> None:
    done = shell(*command(pictures, tmp_path / "run", 1, "--size", "100"))
    assert (done.returncode, done.stderr) == (2, "framegate: --size 100 is not 64, 128 or 256\n")
    done = shell(*command(tmp_path / "nowhere", tmp_path / "run", 1))
    assert done.returncode == 2
    assert done.stderr.startswith("framegate: ")
    assert "nowhere is neither a folder nor a file" in done.stderr
    assert not (tmp_path / "run").exists()
