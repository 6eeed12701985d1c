"""npm packages in the cache, brought by the ``npm`` client and so with the user's own registry, proxy and login."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from framegate.errors import BackendUnavailable, NotFetched, SourceError
from framegate.models.cache import filled
from framegate.models.tarballs import unpack
from framegate.processes import completed
from framegate.work import long_work

_TIMEOUT_S = 600.0
_LONGEST = 300
INTEGRITY = "integrity.txt"
"""The file beside a package that has the base64 of its SHA-512."""


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
    """The folder of the cache with a package's files, which are fetched if they are missing.

    Args:
        package: name and version of the package.
        pin: base64 of the package's SHA-512, or None where nobody knows it.
        cache: folder in which packages are kept.

    Raises:
        SourceError: it cannot be brought (``NotFetched``), or is not what the pin says; nothing is cached.
        BackendUnavailable: it is not there and npm is not installed.
    """
    folder = filled(cache / package.id.replace("/", "+"), lambda into: download(package, pin, into))
    have = (folder / INTEGRITY).read_text(encoding="ascii").strip()
    if pin is not None and pin != have:
        raise SourceError(_wrong_hash(package, have, pin) + f"; correct the pin, or delete {folder} to fetch again")
    return folder / "package"


def download(package: Package, pin: str | None, into: Path, only: Collection[str] = ()) -> None:
    """Fetch a package's files into the subfolder ``package`` of a folder.

    Args:
        package: name and version of the package.
        pin: base64 of the package's SHA-512, or None where nobody knows it.
        into: an empty folder.
        only: files to keep, as paths in the package; empty is all of them.

    Raises:
        SourceError: it cannot be brought (``NotFetched``), or is not what the pin says.
        BackendUnavailable: npm is not installed.
    """
    with long_work(f"fetching {package.id} from npm"):
        archive = _pack(package, into)
    with archive.open("rb") as file:
        have = base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if pin is not None and pin != have:
        raise SourceError(_wrong_hash(package, have, pin) + "; nothing was cached, check the version and the pin")
    unpack(f"npm package {package.id}", archive, into / "package", only)
    archive.unlink()
    (into / INTEGRITY).write_text(have + "\n", encoding="ascii")


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
        done = completed(command, _TIMEOUT_S, cwd=into)
    except subprocess.TimeoutExpired:
        raise NotFetched(
            f"npm pack {package.id} did not end within {_TIMEOUT_S:.0f} s; check the network and try again"
        ) from None
    archives = list(into.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        reason = _npm_error(_text(done.stdout), _text(done.stderr))
        raise NotFetched(f"npm pack {package.id} failed: {reason}; check the name, version, network and disk space")
    return archives[0]


def _text(output: str) -> str:
    """A program's output, with a mark in place of what is no text."""
    return "".join(letter if letter.isprintable() or letter.isspace() else "\ufffd" for letter in output)


def _npm_error(stdout: str, stderr: str) -> str:
    """The client's summary of its own failure, else the last thing it said."""
    try:
        return str(json.loads(stdout)["error"]["summary"]).strip()[:_LONGEST]
    except (KeyError, TypeError, ValueError, RecursionError):
        lines = [line for line in stderr.splitlines() if line.strip() and "complete log of this run" not in line]
        return lines[-1].strip()[:_LONGEST] if lines else "it said nothing"
