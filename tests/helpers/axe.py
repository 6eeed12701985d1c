"""What is wrong with a page for those who do not see it well, or have no mouse: axe-core, pinned by its hash."""

from __future__ import annotations

from typing import Any

from framegate.browser.npm_files import PackedFile, PinnedFiles, PinnedPackage

AXE = PinnedFiles(
    title="axe-core",
    folder="axe-core",
    version="4.14.1",
    packages=(
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


def violations(page: Any, script: str) -> list[str]:
    """What axe complains of, a line each: how bad it is, the rule, and where.

    Args:
        page: playwright's.
        script: axe-core.
    """
    page.evaluate(f"() => {{ {script} }}")
    results = page.evaluate("async () => await axe.run(document)")
    assert len(results["passes"]) > 20, "axe has looked at next to nothing"
    return [
        f"{rule['impact']} {rule['id']}: {', '.join(' '.join(map(str, node['target'])) for node in rule['nodes'])}"
        for rule in results["violations"]
    ]
