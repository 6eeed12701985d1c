"""Names say what they hold: participles that any value could be called are not among them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "plugins" / "framegate"
VAGUE = {"each", "found", "given", "held", "made", "said", "taken", "there", "told", "wanted"}


def bound(tree: ast.AST) -> Iterator[str]:
    """Names of variables, arguments and loop variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def test_names_say_what_they_hold() -> None:
    vague = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in VAGUE.intersection(bound(ast.parse(path.read_text("utf-8"))))
    }
    assert vague == set()
