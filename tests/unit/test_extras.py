"""The command that a user is given where the libraries of an extra are missing."""

import json
import shlex
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from framegate import extras
from framegate.extras import how_to_install

ROOT = Path(__file__).parents[2]
METADATA = """Metadata-Version: 2.4
Name: pytest-framegate
Version: 9
Requires-Dist: numpy>=1.26
Provides-Extra: fast
Requires-Dist: old-net==1.*; (python_version < '3.13') and extra == 'fast'
Requires-Dist: old-net>=2; (python_version == '3.13') and extra == 'fast'
Requires-Dist: gear>=3; extra == 'fast'
"""
Version = namedtuple("Version", "major minor")  # noqa: PYI024 # sys.version_info has no constructor

Install = Callable[[Any], None]
Python = Callable[[int], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Have this look like a copy that pip installed from there; None is an index."""

    def installed(source: Any) -> None:
        monkeypatch.setattr(extras, "clone_dir", lambda: None)
        folder = tmp_path / "site" / "pytest_framegate-9.dist-info"
        folder.mkdir(parents=True)
        folder.joinpath("METADATA").write_text(METADATA)
        if source is not None:
            folder.joinpath("direct_url.json").write_text(json.dumps(source))
        monkeypatch.syspath_prepend(folder.parent)

    return installed


@pytest.fixture
def python(monkeypatch: pytest.MonkeyPatch) -> Python:
    """Have this be Python 3.MINOR."""
    return lambda minor: monkeypatch.setattr(sys, "version_info", Version(3, minor))


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have this be a clone in a folder with a space in its name."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    folder.joinpath("pyproject.toml").write_text(
        "[project.optional-dependencies]\n"
        "net = [\"old-net==1.*; python_version < '3.13'\"]\n"
        'fast = ["gear>=3", "pytest-framegate[net]"]\n'
    )
    monkeypatch.setattr(extras, "clone_dir", lambda: folder)
    return folder


def test_this_clone_is_installed_from_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert how_to_install("openvino") == f"pip install -e {shlex.quote(f'{ROOT}[openvino]')}"
    monkeypatch.chdir(ROOT)
    assert how_to_install("all") == "pip install -e '.[all]'"


def test_a_path_is_one_word_for_a_shell(clone: Path, python: Python) -> None:
    python(12)
    assert shlex.split(how_to_install("fast")) == ["pip", "install", "-e", f"{clone}[fast]"]


def test_a_working_folder_that_is_gone(clone: Path, python: Python, monkeypatch: pytest.MonkeyPatch) -> None:
    python(12)
    monkeypatch.setattr(Path, "cwd", lambda: (_ for _ in ()).throw(FileNotFoundError()))
    assert shlex.split(how_to_install("fast"))[-1] == f"{clone}[fast]"


def test_a_clone_needs_what_its_extras_name(clone: Path, python: Python) -> None:
    assert clone.is_dir()
    python(13)
    assert how_to_install("fast") == "old-net cannot be had for Python 3.13; use Python 3.11 or 3.12"
    assert how_to_install("net") == "old-net cannot be had for Python 3.13; use Python 3.11 or 3.12"


@pytest.mark.parametrize("editable", [{}, {"editable": False}])
def test_a_copy_of_a_folder_is_installed_from_the_folder(
    install: Install, python: Python, tmp_path: Path, editable: dict[str, bool]
) -> None:
    folder = tmp_path / "främé gate"
    folder.mkdir()
    install({"url": folder.as_uri(), "dir_info": editable})
    python(13)
    assert shlex.split(how_to_install("fast")) == ["pip", "install", f"{folder}[fast]"]


def test_a_wheel_is_installed_from_its_file(install: Install, python: Python, tmp_path: Path) -> None:
    wheel = tmp_path / "pytest_framegate-9-py3-none-any.whl"
    wheel.touch()
    install({"url": wheel.as_uri(), "archive_info": {}})
    python(12)
    assert how_to_install("fast") == f"pip install '{wheel}[fast]'"


def test_where_the_file_is_gone_the_libraries_themselves_are_named(
    install: Install, python: Python, tmp_path: Path
) -> None:
    install({"url": (tmp_path / "gone.whl").as_uri(), "archive_info": {}})
    python(12)
    assert how_to_install("fast") == "pip install 'gear>=3' 'old-net==1.*'"
    python(13)
    assert how_to_install("fast") == "pip install 'gear>=3' 'old-net>=2'"


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ({"url": "https://example.org/x.whl", "archive_info": {}}, "https://example.org/x.whl"),
        ({"url": "https://example.org/a/b", "vcs_info": {"vcs": "git", "commit_id": "c0"}}, "git+https://example.org/a/b"),
        (
            {
                "url": "ssh://git@example.org/a/b",
                "vcs_info": {"vcs": "git", "commit_id": "c0", "requested_revision": "v9"},
                "subdirectory": "sub",
            },
            "git+ssh://git@example.org/a/b@v9#subdirectory=sub",
        ),
        ({"url": "file:///srv/a.git", "vcs_info": {"vcs": "git", "commit_id": "c0"}}, "git+file:///srv/a.git"),
    ],
)  # fmt: skip
def test_an_address_is_installed_from_the_address(
    install: Install, python: Python, source: dict[str, Any], address: str
) -> None:
    install(source)
    python(12)
    (*command, wanted) = shlex.split(how_to_install("fast"))
    assert command == ["pip", "install"]
    assert wanted == f"pytest-framegate[fast] @ {address}"
    assert Requirement(wanted).url == address


def test_what_came_from_an_index_is_installed_by_name(install: Install, python: Python) -> None:
    install(None)
    python(11)
    assert how_to_install("fast") == "pip install 'pytest-framegate[fast]'"


def test_a_python_without_the_libraries_is_told_which_have_them(install: Install, python: Python) -> None:
    install(None)
    python(14)
    assert how_to_install("fast") == "old-net cannot be had for Python 3.14; use Python 3.11, 3.12 or 3.13"


@pytest.mark.parametrize("extra", ["tensorflow", "openvino", "onnxruntime", "litert", "all"])
def test_what_needs_tensorflow_is_for_the_pythons_that_it_is_tried_on(extra: str, python: Python) -> None:
    for minor in (11, 12, 13):
        python(minor)
        assert how_to_install(extra).startswith("pip install ")
    python(14)
    assert (
        how_to_install(extra) == "tensorflow and tf_keras cannot be had for Python 3.14; use Python 3.11, 3.12 or 3.13"
    )


@pytest.mark.parametrize("extra", ["browser", "numba"])
def test_other_extras_are_for_any_python(extra: str, python: Python) -> None:
    python(14)
    assert how_to_install(extra).startswith("pip install ")
