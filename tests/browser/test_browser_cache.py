"""Pinned files of npm in the cache and in the package: fetched once, whole, and again when they were altered."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from harms import HARMS, Harm, flip
from patience import PATIENCE_S

from framegate.browser.npm_files import PackedFile, PinnedFiles, PinnedPackage
from framegate.errors import SourceError

ROOT = Path(__file__).parents[2]

ONE, TWO = b"one" * 1000, b"two" * 1000

# Another process, for which they are what the test's npm packs.
FETCH = """
from pathlib import *
from framegate.browser.npm_files import PinnedFiles, PinnedPackage, PackedFile

print(sorted({pinned!r}.files(Path({cache!r}))))
"""


class Npm:
    """An ``npm`` on the PATH whose one package has all files; it does something first, and its calls are counted."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.calls = folder / "calls"
        self._archive = folder / "archive"
        with tarfile.open(self._archive, "w:gz") as tar:
            for name, data in (("one.js", ONE), ("second.js", TWO), ("other.js", b"")):
                info = tarfile.TarInfo(f"package/dist/{name}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        pin = base64.b64encode(hashlib.sha512(self._archive.read_bytes()).digest()).decode()
        taken = {
            "one.js": PackedFile("dist/one.js", hashlib.sha256(ONE).hexdigest()),
            # A name in a package need not be the name by which it is kept.
            "two.js": PackedFile("dist/second.js", hashlib.sha256(TWO).hexdigest()),
        }
        package = PinnedPackage("@some/package", "1.2.3", pin, taken)
        self.pinned = PinnedFiles("Some files", "some", "1.2.3", (package,), bundle=folder.parent / "bundle")
        self.does("")

    def does(self, first: str) -> None:
        script = self.folder / "npm"
        script.write_text(
            f"#!{sys.executable}\nimport pathlib, shutil, sys, time\n"
            f"with open({str(self.calls)!r}, 'a') as calls:\n    calls.write('x')\n"
            f"calls = pathlib.Path({str(self.calls)!r})\n{first}\n"
            f"into = sys.argv[sys.argv.index('--pack-destination') + 1]\n"
            f"shutil.copy({str(self._archive)!r}, into + '/x.tgz')"
        )
        script.chmod(0o755)

    @property
    def called(self) -> int:
        return len(self.calls.read_text()) if self.calls.exists() else 0


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Npm:
    found = Npm(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(found.folder))
    return found


def start_fetching(npm: Npm, cache: Path) -> subprocess.Popen[str]:
    code = FETCH.format(pinned=npm.pinned, cache=str(cache))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def held(npm: Npm, cache: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in npm.pinned.cached(cache).iterdir() if path.is_file()}


def test_they_are_fetched_once(npm: Npm, tmp_path: Path) -> None:
    for _ in range(2):
        assert npm.pinned.files(tmp_path) == {name: npm.pinned.cached(tmp_path) / name for name in ("one.js", "two.js")}
        assert held(npm, tmp_path) == {"one.js": ONE, "two.js": TWO}
    assert npm.called == 1
    assert [path.name for path in npm.pinned.cached(tmp_path).iterdir() if path.name not in {"one.js", "two.js"}] == []


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_not_what_it_was_is_fetched_again(npm: Npm, tmp_path: Path, harm: Harm) -> None:
    npm.pinned.files(tmp_path)
    harm(npm.pinned.cached(tmp_path) / "two.js")
    assert npm.pinned.find(tmp_path) is None
    npm.pinned.files(tmp_path)
    assert held(npm, tmp_path) == {"one.js": ONE, "two.js": TWO}
    assert npm.called == 2


def test_a_file_where_their_folder_belongs_makes_room(npm: Npm, tmp_path: Path) -> None:
    npm.pinned.cached(tmp_path).parent.mkdir(parents=True)
    npm.pinned.cached(tmp_path).write_text("", encoding="utf-8")
    npm.pinned.files(tmp_path)
    assert held(npm, tmp_path) == {"one.js": ONE, "two.js": TWO}
    assert npm.called == 1


def test_a_cache_that_cannot_be_made_is_named(npm: Npm, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match=r"cannot write to the cache \(.*\); set FRAMEGATE_CACHE to"):
        npm.pinned.files(tmp_path / "file")
    assert npm.called == 0


def test_what_the_package_carries_is_taken_unless_it_was_altered(npm: Npm, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    npm.pinned.fetch(bundle)
    assert npm.pinned.files(tmp_path) == {name: bundle / name for name in ("one.js", "two.js")}
    assert npm.called == 1
    flip(bundle / "one.js")
    assert npm.pinned.files(tmp_path) == {name: npm.pinned.cached(tmp_path) / name for name in ("one.js", "two.js")}


def test_two_processes_at_once_do_not_collide(npm: Npm, tmp_path: Path) -> None:
    # Each npm waits for the other's call.
    npm.does("while len(calls.read_text()) < 2:\n    time.sleep(0.01)")
    fetching = [start_fetching(npm, tmp_path) for _ in range(2)]
    for process in fetching:
        assert process.communicate(timeout=PATIENCE_S) == ("['one.js', 'two.js']\n", "")
    assert held(npm, tmp_path) == {"one.js": ONE, "two.js": TWO}


def test_nothing_is_half_written_when_it_is_killed(npm: Npm, tmp_path: Path) -> None:
    # npm has packed half of the archive, and waits for ever.
    npm.does(
        "into = sys.argv[sys.argv.index('--pack-destination') + 1]\n"
        "pathlib.Path(into, 'x.tgz').write_bytes(b'half')\n"
        f"pathlib.Path({str(tmp_path / 'packed')!r}).touch()\n"
        f"while not pathlib.Path({str(tmp_path / 'over')!r}).exists():\n    time.sleep(0.01)\n"
        "sys.exit(1)"
    )
    process = start_fetching(npm, tmp_path)
    try:
        while not (tmp_path / "packed").exists():
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()
        # npm itself was not killed.
        (tmp_path / "over").touch()
        process.communicate()
    assert held(npm, tmp_path) == {}
    npm.does("")
    npm.pinned.files(tmp_path)
    assert held(npm, tmp_path) == {"one.js": ONE, "two.js": TWO}
