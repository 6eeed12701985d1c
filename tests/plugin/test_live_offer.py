"""``framegate live`` offers what the suite that measures the same would know."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

OFFERED = "from framegate.commands.live import _offer; print(_offer().names())"
OWN = """
from framegate.browser.runtimes import PageRuntime


def pytest_framegate_steps(config):
    return {"mirror": lambda image: image[:, ::-1].copy()}


def pytest_framegate_runtimes(config):
    return {"plain": PageRuntime("webgl", (("WEBGL_PACK", False),)), "python-only": lambda: None}
"""


def offered(folder: Path, options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTEST_ADDOPTS": options}
    command = [sys.executable, "-c", OFFERED]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_plugins_steps_and_page_runtimes_are_among_it(tmp_path: Path) -> None:
    (tmp_path / "own_plugin.py").write_text(OWN)
    run = offered(tmp_path, "-p own_plugin")
    assert run.returncode == 0, run.stderr
    names = ast.literal_eval(run.stdout)
    assert names["steps"][-1] == "mirror"
    assert "plain" in names["runtime"]
    assert not {"python-only", "tensorflow"} & set(names["runtime"])
    assert names["renderer"] == ["topixels", "texture", "draw", "same-context", "gpu-buffer"]


def test_a_plugin_that_is_not_there_is_said(tmp_path: Path) -> None:
    run = offered(tmp_path, "-p no_such_plugin")
    assert run.returncode
    assert "no_such_plugin" in run.stderr
