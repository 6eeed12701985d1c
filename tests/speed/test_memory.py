"""A long run does not grow."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

WARM = 200
FRAMES = 2_000
ALLOWED_GROWTH = 0.02

SUITE = f"""
import json
import pathlib

import psutil


def resident():
    return psutil.Process().memory_info().rss


def test_frames(benchmark, frame_path, verify_pixels):
    for _ in range({WARM}):
        frame_path.loop()
    before = resident()
    for _ in range({FRAMES}):
        frame_path.loop()
    after = resident()
    verify_pixels(frame_path.renderer, frame_path.tensor)
    pathlib.Path("resident.json").write_text(json.dumps([before, after]))
"""


@pytest.mark.parametrize("renderer", ["topixels", "opencv", "gl-texture"])
def test_2000_frames_leave_no_growth(tmp_path: Path, renderer: str) -> None:
    (tmp_path / "test_frames.py").write_text(SUITE)
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "framegate.plugin",
                "-p",
                "no:cacheprovider",
                "--benchmark-disable",
            ),
            *("--frame-model=pix2pix-64-f4", f"--frame-renderer={renderer}", "--frame-require=egl", "--frame-gl=egl"),
            *("--frame-source=clip", "--frame-preprocess=all", "test_frames.py"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    before, after = json.loads((tmp_path / "resident.json").read_text())
    assert after <= (1 + ALLOWED_GROWTH) * before, f"{before} -> {after} bytes resident"
