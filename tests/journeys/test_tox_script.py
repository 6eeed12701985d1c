"""Which Python ``scripts/tox`` takes, on machines that have others; tox itself is not installed here."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# As a Python: it fits or does not, makes environments, and installs tox into them.
PYTHON = """#!/bin/sh
case "$1" in
-c) exec "{python}" -c "import sys; sys.version_info = ({version}, 0, 'final', 0); $2" ;;
-V) echo "Python {name}" ;;
-m) mkdir -p "$3/bin"; printf '#!/bin/sh\\necho "tox by {name}: $*"\\n' >"$3/bin/tox"; chmod +x "$3/bin/tox"
    printf '#!/bin/sh\\n' >"$3/bin/python"; chmod +x "$3/bin/python" ;;
esac
"""
UV = """#!/bin/sh
case "$2" in
install) echo "uv installs $3" >&2; exit {status} ;;
find) echo "{found}" ;;
esac
"""
TOOLS = ("sh", "dirname", "rm", "mkdir", "ln", "uname", "chmod")

Shell = Callable[..., subprocess.CompletedProcess[str]]
Machine = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path, shell: Shell) -> Machine:
    """Runs scripts/tox of a clone where nothing is installed but Pythons of these versions."""
    programs, scripts = tmp_path / "bin", tmp_path / "clone" / "scripts"
    programs.mkdir()
    scripts.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "tox", scripts)
    write(scripts / "install-system-packages", "#!/bin/sh\n")
    for tool in TOOLS:
        (programs / tool).symlink_to(str(shutil.which(tool)))

    def run_tox(uv: int | None = None, **pythons: str) -> subprocess.CompletedProcess[str]:
        for name, version in pythons.items():
            fake_python(programs / name.replace("_", "."), version)
        if uv is not None:
            fetched = tmp_path / "fetched" / "python"
            fetched.parent.mkdir()
            fake_python(fetched, "3.13")
            write(programs / "uv", UV.format(status=uv, found=fetched))
        return shell(scripts / "tox", "-e", "bench", PATH=str(programs), DISPLAY=":9")

    return run_tox


def fake_python(path: Path, version: str) -> None:
    write(path, PYTHON.format(python=sys.executable, version=version.replace(".", ", "), name=version))


def write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_first_python_is_taken_if_it_fits(run: Machine, version: str) -> None:
    done = run(python3=version)
    assert (done.stdout, done.stderr) == (f"tox by {version}: run -e bench\n", "")


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.14", "3.15"])
def test_one_that_does_not_fit_is_passed_by(run: Machine, version: str) -> None:
    assert run(python3=version, python3_12="3.12").stdout == "tox by 3.12: run -e bench\n"


def test_where_none_fits_uv_fetches_one(run: Machine) -> None:
    done = run(python3="3.14", uv=0)
    assert done.stdout == "tox by 3.13: run -e bench\n"
    assert done.stderr == "framegate: no Python 3.11 to 3.13 here; uv fetches one\nuv installs 3.13\n"


@pytest.mark.parametrize("uv", [None, 1])
def test_where_uv_cannot_one_line_says_what_is_needed(run: Machine, uv: int | None) -> None:
    done = run(python3="3.14", uv=uv)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        "framegate: Python 3.11 to 3.13 is needed, and Python 3.14 is here; install one, or uv, which fetches one:"
        " https://docs.astral.sh/uv"
    )


def test_a_machine_without_python_says_so(run: Machine) -> None:
    assert "Python 3.11 to 3.13 is needed, and no Python is here" in run().stderr
