"""The files of TF.js that the page loads: from npm, and each pinned by its hash.

They are in the package where whoever built it had put them there (``scripts/bundle-tfjs``), else in the user's cache.
Only the standard library is needed here, as that script runs before anything is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from framegate.browser.npm_files import PackedFile, PinnedFiles, PinnedPackage, pinned_at_first

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

TFJS = PinnedFiles(
    title="TF.js",
    folder="tfjs",
    version=TFJS_VERSION,
    packages=tuple(
        PinnedPackage(
            name, TFJS_VERSION, sha512, {file: PackedFile(f"dist/{file}", pin) for file, pin in files.items()}
        )
        for name, (sha512, files) in _PACKAGES.items()
    ),
    bundle=BUNDLE,
)


def tfjs_files(cache: Path, version: str | None = None) -> Mapping[str, Path]:
    """The six files by name; what the package does not carry is fetched into the cache at the first use.

    Args:
        cache: the folder of the cache.
        version: version of TF.js; None is the one whose hashes stand here. Another one's are noted in the cache when
            it is fetched first, and hold from then on.

    Raises:
        SourceError: they are not what they should be.
        BackendUnavailable: they are not there, and npm cannot bring them or is not installed.
    """
    if version in {None, TFJS_VERSION}:
        return TFJS.files(cache)
    return pinned_at_first(TFJS, str(version), cache).files(cache)
