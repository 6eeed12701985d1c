"""The ``framegate train`` command, on pictures small enough for a test."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

import framegate
from framegate.frames import open_frames
from framegate.interfaces import Array
from framegate.training.pictures import middle, to_tensors

Shell = Callable[..., subprocess.CompletedProcess[str]]
SETTINGS = ("--size", "64", "--filters", "4", "--batch", "2", "--steps", "4")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    photo = open_frames("photo")[0]
    for index in range(3):
        part = photo[index * 100 : index * 100 + 160, index * 80 : index * 80 + 200]
        (folder / f"{index}.png").write_bytes(cv2.imencode(".png", cv2.cvtColor(part, cv2.COLOR_RGB2BGR))[1].tobytes())
    return folder


def command(pictures: Path, out: Path, epochs: int, *options: str) -> list[str]:
    train = [sys.executable, "-m", "framegate", "train", str(pictures), "--out", str(out), "--epochs", str(epochs)]
    return [*train, *SETTINGS, *options]


def answer(model: Path) -> Array:
    fed, _ = to_tensors([middle(open_frames("photo")[0], 64)])
    with framegate.load_model(model) as loaded:
        return next(iter(loaded.run(fed).values()))


def test_a_run_that_was_killed_goes_on_and_ends_where_an_unbroken_one_does(
    pictures: Path, tmp_path: Path, shell: Shell
) -> None:
    unbroken = shell(*command(pictures, tmp_path / "unbroken", 3))
    assert unbroken.returncode == 0, unbroken.stderr
    killed = subprocess.Popen(command(pictures, tmp_path / "killed", 3), stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    for line in killed.stdout:
        if line.startswith("epoch 1/3"):
            os.kill(killed.pid, signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    killed.stdout.close()
    assert not (tmp_path / "killed" / "model").exists()
    resumed = shell(*command(pictures, tmp_path / "killed", 3))
    assert resumed.returncode == 0, resumed.stderr
    assert "going on after epoch" in resumed.stdout
    assert "epoch 1/3" not in resumed.stdout
    killed_answer, unbroken_answer = (answer(tmp_path / run / "model") for run in ("killed", "unbroken"))
    np.testing.assert_allclose(killed_answer, unbroken_answer, atol=1e-4)
    samples = sorted(path.name for path in (tmp_path / "killed" / "samples").iterdir())
    assert samples == [f"epoch-{epoch:04d}.png" for epoch in (1, 2, 3)]
    sheet = cv2.imread(str(tmp_path / "killed" / "samples" / samples[0]))
    assert sheet is not None
    assert sheet.shape == (3 * 64, 3 * 64, 3)


def test_quantised_weights_are_small_and_a_finished_run_only_writes_the_model_again(
    pictures: Path, tmp_path: Path, shell: Shell
) -> None:
    out = tmp_path / "run"
    assert shell(*command(pictures, out, 1)).returncode == 0
    exact = answer(out / "model")
    full = sum(path.stat().st_size for path in (out / "model").glob("*.bin"))
    again = shell(*command(pictures, out, 1, "--quantize", "uint8"))
    assert again.returncode == 0, again.stderr
    assert "epoch 1/1" not in again.stdout
    small = sum(path.stat().st_size for path in (out / "model").glob("*.bin"))
    assert small < 0.3 * full
    assert np.abs(answer(out / "model") - exact).mean() < 0.05
    assert sorted(path.name for path in out.iterdir()) == ["checkpoints", "model", "samples", "training.json"]


def test_a_mistake_is_one_line(pictures: Path, tmp_path: Path, shell: Shell) -> None:
    done = shell(*command(pictures, tmp_path / "run", 1, "--size", "100"))
    assert (done.returncode, done.stderr) == (2, "framegate: --size 100 is not 64, 128 or 256\n")
    done = shell(*command(tmp_path / "nowhere", tmp_path / "run", 1))
    assert done.returncode == 2
    assert done.stderr.startswith("framegate: ")
    assert "nowhere is neither a folder nor a file" in done.stderr
    assert not (tmp_path / "run").exists()
