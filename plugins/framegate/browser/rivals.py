"""The files of other web runtimes than TF.js: from npm, and each pinned by its hash.

They are fetched when a cell first asks for such a runtime, and kept in the user's cache. Of each package ``sha512`` is
its dist.integrity as npm shows it; what is taken of it is the SHA-256 of the file in that tarball.
"""

from __future__ import annotations

from framegate.browser.npm_files import PackedFile, PinnedFiles, PinnedPackage

_ORT_FILES = {
    "ort.wasm.min.mjs": "219e6a1fc8a9938268d18efca3c91d310bd2f4a59bbd13744df5b2b7fc6cee3b",
    "ort-wasm-simd-threaded.mjs": "e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b",
    "ort-wasm-simd-threaded.wasm": "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
    "ort.jspi.min.mjs": "bc57179d923fda2d88d4a395359c8df44399dde087bf9ff44fc0e40ab398e4d9",
    "ort-wasm-simd-threaded.jspi.mjs": "270e2c6da9f297239d301d329782b6446641cb1e16a77967690adcfca35f3268",
    "ort-wasm-simd-threaded.jspi.wasm": "a54c76f86b0f0d9572380cf1c6292a7b3903716ffcbcd6b0e5c7050bf430eb93",
}

ORT = PinnedFiles(
    title="ONNX Runtime Web",
    folder="onnxruntime-web",
    version="1.30.0",
    packages=(
        PinnedPackage(
            "onnxruntime-web",
            "1.30.0",
            "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ==",
            {name: PackedFile(f"dist/{name}", pin) for name, pin in _ORT_FILES.items()},
        ),
    ),
)
"""Its module for WebAssembly, and the one for WebGPU, which waits by JSPI."""

_LITERT_FILES = {
    "litert_wasm_internal.js": "68efb69f770e3f76aff36a377de629ca496c131b86ac0f0f4b592a1543a898eb",
    "litert_wasm_internal.wasm": "7280cf4471774867e385e6c3cd53e2b45e2975b80fea338fff4ef359b0865614",
    "litert_wasm_threaded_internal.js": "92fe7a720c6deedaa1194c011c79a005ea4f6fc98f533b661cf7900760ab4849",
    "litert_wasm_threaded_internal.wasm": "b5e54eca10f043497edf9a02186332707cae260c550d7ea22b2cae55669596cf",
    "litert_wasm_jspi_internal.js": "e685a3ed86f447c1feb8f5414319539c5e94d1cfc0eb49c3c5e6a788a6f5541b",
    "litert_wasm_jspi_internal.wasm": "a103e14db26cdbda9ba1a93633e59f3bf604d082fa7ab0c30ca730838e3faa69",
}

LITERT = PinnedFiles(
    title="LiteRT.js",
    folder="litertjs",
    version="2.5.3",
    packages=(
        PinnedPackage(
            "@litertjs/core",
            "2.5.3",
            "PlGmbMOq9WitX7FO0jhbdJw9GthatsyuCQXjTt/wJZo0FLaw48q4tz8IwqgqCIkviYGr9OFDL1kCnN4nzWoyJQ==",
            {
                "litert-core.js": PackedFile(
                    "dist/index.js", "e7daccc3a31eef890848a737ccb863ded5f046a6b40c3fdc0556495adeb5d9b3"
                ),
                **{name: PackedFile(f"wasm/{name}", pin) for name, pin in _LITERT_FILES.items()},
            },
        ),
        PinnedPackage(
            "@litertjs/wasm-utils",
            "2.5.3",
            "4fJiw6tBQnIs+0jH/OQ16nYOiSl8/+zZnn5h2ul8aTKHi05sVqZW580Tmk78pC2kT39A9OYBVdFawteZ/sI1kQ==",
            {
                "litert-wasm-utils.js": PackedFile(
                    "dist/index.js", "e0e20bc28ab001ac732cf40d15b6eebd24fb0deaeb95eeba5100f51eebf015f2"
                )
            },
        ),
    ),
)
"""For WebAssembly on one thread and on several, and for WebGPU with JSPI."""
