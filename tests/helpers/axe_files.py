"""axe-core, which looks for what people who use a page in other ways than most would stumble over."""

from __future__ import annotations

from framegate.browser.npm_files import PackedFile, PinnedFiles, PinnedPackage

AXE = PinnedFiles(
    "axe-core",
    "axe",
    "4.14.1",
    (
        PinnedPackage(
            "axe-core",
            "4.14.1",
            "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
            {
                "axe.min.js": PackedFile(
                    "axe.min.js", "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
                )
            },
        ),
    ),
)
