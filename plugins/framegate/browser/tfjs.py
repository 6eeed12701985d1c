"""The files of TF.js that the page loads: from npm, and each pinned by its hash.

They are in the package where whoever built it had put them there (``scripts/bundle-tfjs``), else in the user's cache.
Only the standard library is needed here, as that script runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from framegate.errors import BackendUnavailable, NotFetched
from framegate.models.cache import cache_errors, displace, partial_folder, say_damaged
from framegate.models.packages import Package, download

TFJS_VERSION = "4.22.0"
BUNDLE = Path(__file__).parents[1] / "data" / "tfjs"
"""Where the files are in a package that carries them."""

# Of each package dist.integrity as npm shows it; and of what is taken of it, 3 MB of 200, the SHA-256 of each file.
_PACKAGES = {
    "@tensorflow/tfjs": (
        "0TrIrXs6/b7FLhLVNmfh8Sah6JgjBPH4mZ8JGb7NU6WW+cx00qK5BcAZxw7NCzxj6N8MRAIfHq+oNbPUNG5VAg==",
        {"tf.min.js": "300dfae273d20b4046f46a06d735688f03675a807561e9bcb5f664eb2f3d2831"},
    ),
    "@tensorflow/tfjs-backend-wasm": (
        "/IYhReRIp4jg/wYW0OwbbJZG8ON87mbz0PgkiP3CdcACRSvUN0h8rvC0O3YcDtkTQtFWF/tcXq/KlVDyV49wmA==",
        {
            "tf-backend-wasm.min.js": "691bbec0ef8b5a7f17f212e9c5d85832030f90d030b46e99acb4dea1fb16f009",
            "tfjs-backend-wasm.wasm": "70a5d516060464e5269f01c74bac1772d6b8ab6cb612acf16b5cdaf61f78d892",
            "tfjs-backend-wasm-simd.wasm": "77ebb28a6d34f371dbbf2086b7f2de8994acd8ea5a3cf1fa24d2c26c840cac7b",
            "tfjs-backend-wasm-threaded-simd.wasm": "c052228d4bef185c27bbe59a9e029570c78bbb9f08b3cb46b597851650373de2",
        },
    ),
    "@tensorflow/tfjs-backend-webgpu": (
        "lvIc7Af4Tl2BCdYp43iQmSCRq3asaKT0q2xaErphXiUZ+jqeB0bQa0ZvQys1Xatvto0U4/c90DVsHPfvkn5ftg==",
        {"tf-backend-webgpu.min.js": "c02ae6ef5e7fff6dc9cec8b14b45e36e8894614f3ef006973e98f7568b590f3f"},
    ),
}


def tfjs_files(cache: Path) -> Mapping[str, Path]:
    """The six files by name; what the package does not carry is fetched into the cache at the first use.

    Raises:
        SourceError: they are not what they should be.
        BackendUnavailable: they are not there, and npm cannot bring them or is not installed.
    """
    folder = find_tfjs(cache)
    if folder is None:
        folder = cached(cache)
        try:
            fetch_tfjs(folder)
        except NotFetched as error:
            raise BackendUnavailable(f"TF.js is not here: {error}", "it is fetched once, and kept") from error
    return {name: folder / name for _, files in _PACKAGES.values() for name in files}


def find_tfjs(cache: Path) -> Path | None:
    """The folder that has all six, as they should be."""
    return next((folder for folder in (BUNDLE, cached(cache)) if not _wrong(folder)), None)


def cached(cache: Path) -> Path:
    """The folder for them in a cache."""
    return cache / "tfjs" / TFJS_VERSION


def fetch_tfjs(folder: Path) -> None:
    """Bring what is missing, short or altered in a folder.

    Each file takes its place in one step, so that a process which is killed leaves no half of it, and others may do
    the same at the same time.

    Raises:
        SourceError: they cannot be brought, or are not what they should be.
        BackendUnavailable: npm is not installed.
    """
    wrong = _wrong(folder)
    for file in sorted(wrong):
        if os.path.lexists(folder / file):
            say_damaged(folder / file, "it is not what its pin says")
    for name, (pin, files) in _PACKAGES.items():
        files_wrong = wrong & set(files)
        if files_wrong:
            with partial_folder(folder.parent) as partial, cache_errors(folder):
                if not folder.is_dir():
                    displace(folder, partial / "before")
                    folder.mkdir(exist_ok=True)
                download(Package(name, TFJS_VERSION, "."), pin, partial, [f"dist/{file}" for file in files_wrong])
                _move(partial / "package" / "dist", folder, files_wrong)


def _move(source: Path, folder: Path, names: Collection[str]) -> None:
    for name in names:
        if (folder / name).is_dir():
            displace(folder / name, source / f"{name}.before")
        (source / name).replace(folder / name)


def _wrong(folder: Path) -> set[str]:
    """The files that are not in a folder as they should be."""
    pins = {name: pin for _, files in _PACKAGES.values() for name, pin in files.items()}
    return {name for name, pin in pins.items() if _sha256(folder / name) != pin}


def _sha256(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
