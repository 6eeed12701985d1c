"""The files of TF.js that the page loads, from npm and pinned by hash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from framegate.errors import BackendUnavailable, NotFetched
from framegate.models.sources.npm import Package, fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "4.22.0"

# dist.integrity as npm shows it, and what is taken of each package: 3 MB of 200.
_PACKAGES = {
    "@tensorflow/tfjs": (
        "0TrIrXs6/b7FLhLVNmfh8Sah6JgjBPH4mZ8JGb7NU6WW+cx00qK5BcAZxw7NCzxj6N8MRAIfHq+oNbPUNG5VAg==",
        ("dist/tf.min.js",),
    ),
    "@tensorflow/tfjs-backend-wasm": (
        "/IYhReRIp4jg/wYW0OwbbJZG8ON87mbz0PgkiP3CdcACRSvUN0h8rvC0O3YcDtkTQtFWF/tcXq/KlVDyV49wmA==",
        (
            "dist/tf-backend-wasm.min.js",
            "dist/tfjs-backend-wasm.wasm",
            "dist/tfjs-backend-wasm-simd.wasm",
            "dist/tfjs-backend-wasm-threaded-simd.wasm",
        ),
    ),
    "@tensorflow/tfjs-backend-webgpu": (
        "lvIc7Af4Tl2BCdYp43iQmSCRq3asaKT0q2xaErphXiUZ+jqeB0bQa0ZvQys1Xatvto0U4/c90DVsHPfvkn5ftg==",
        ("dist/tf-backend-webgpu.min.js",),
    ),
}


def tfjs_files(cache: Path) -> Mapping[str, Path]:
    """The six files by name, fetched at the first use.

    Raises:
        SourceError: they are not what they should be.
        BackendUnavailable: they are not in the cache, and npm cannot bring them or is not installed.
    """
    files: dict[str, Path] = {}
    for name, (pin, paths) in _PACKAGES.items():
        try:
            folder = fetch(Package(name, VERSION, "."), pin, cache / "tfjs", paths)
        except NotFetched as error:
            raise BackendUnavailable(f"TF.js is not in the cache: {error}", "it is fetched once, and kept") from error
        files |= {Path(path).name: folder / path for path in paths}
    return files
