"""Names say what they hold, and a public name means one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "plugins" / "framegate"
VAGUE = {"each", "found", "given", "held", "made", "said", "taken", "there", "told", "wanted"}


ONE_CONTRACT = {
    "Clock": "a function that returns seconds",
    "Feeds": "arrays by the names of inputs",
    "Key": "a type variable",
    "Row": "a row of its own module's table",
    "Value": "a type variable",
    "builtin": "the entries of a registry that Framegate brings",
    "inputs": "what a model of either format takes",
    "inspect": "a subcommand has the name of what it runs",
    "macs": "multiply-accumulates of a step of either format",
    "main": "what a program starts with",
    "restricted": "the same model with what TF.js takes and nothing else, of either format",
    "run": "what a subcommand does",
    "train": "a subcommand has the name of what it runs",
}
"""Public names that several modules define, and what all of them mean by it."""


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


def defined(tree: ast.Module) -> Iterator[str]:
    """Names of a module's own public functions, classes, types and constants; fixtures are named as what they call."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            is_fixture = any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
            names = [] if is_fixture else [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        else:
            names = [node.target.id] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []
        yield from (name for name in names if not name.startswith(("_", "pytest_")))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def test_a_public_name_means_one_thing() -> None:
    """A constant counts if another module imports it by its name."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}
    shared = {name for tree in trees.values() for name in imported(tree)}
    modules: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        for name in defined(tree):
            if name in shared or not name.isupper():
                modules[name].add(str(path.relative_to(PACKAGE)))
    twice = {name: places for name, places in modules.items() if len(places) > 1}
    assert {name: twice[name] for name in twice.keys() - ONE_CONTRACT.keys()} == {}
