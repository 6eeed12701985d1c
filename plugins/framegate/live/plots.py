"""What the page draws its graphs with: uPlot, from npm, pinned by its hash."""

from __future__ import annotations

from framegate.browser.npm_files import PackedFile, PinnedFiles, PinnedPackage

UPLOT = PinnedFiles(
    title="uPlot",
    folder="uplot",
    version="1.6.32",
    packages=(
        PinnedPackage(
            "uplot",
            "1.6.32",
            "KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==",
            {
                "uPlot.iife.min.js": PackedFile(
                    "dist/uPlot.iife.min.js", "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"
                ),
                "uPlot.min.css": PackedFile(
                    "dist/uPlot.min.css", "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04"
                ),
            },
        ),
    ),
)
