"""Fresh environments: the dependencies of this one, without Framegate itself."""

import os
import subprocess
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

Shell = Callable[..., subprocess.CompletedProcess[str]]
FreshPython = Callable[..., Path]

# The tests of a journey see what its user would: neither this run's options nor its import path.
NOT_INHERITED = ("PYTEST_ADDOPTS", "PYTHONPATH", "PYTEST_CURRENT_TEST")


@pytest.fixture(scope="session")
def fresh_python(tmp_path_factory: pytest.TempPathFactory) -> FreshPython:
    """Makes virtual environments in which everything but Framegate is installed; returns their Python."""
    installed = Path(sysconfig.get_paths()["purelib"])
    dependencies = tmp_path_factory.mktemp("dependencies")
    for entry in installed.iterdir():
        if "framegate" not in entry.name:
            (dependencies / entry.name).symlink_to(entry)

    def make(*, with_pip: bool = False) -> Path:
        folder = tmp_path_factory.mktemp("venv")
        venv.create(folder, with_pip=with_pip, symlinks=os.name != "nt")
        python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        (site,) = folder.rglob("site-packages")
        (site / "dependencies.pth").write_text(str(dependencies))
        return python

    return make


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Runs a command in a fresh folder and returns it finished, whatever its exit code."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}

    def run(*command: str | Path, cwd: Path = tmp_path, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={**environment, **variables},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )

    return run
