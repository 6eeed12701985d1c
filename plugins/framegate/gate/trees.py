"""Revisions side by side: a work tree for each, with the candidate's benchmarks in both."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from framegate.errors import ComparisonError
from framegate.leftovers import temporary_folder

HOOKS_OWN = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"}
"""A hook's environment names the repository that it runs in, and the index that a work tree must not write to."""


@dataclass(frozen=True)
class Tree:
    """A revision's files.

    Attributes:
        root: the work tree.
        folder: the folder in it that corresponds to the one the command was given in.
        revision: the revision, as the user named it.
        commit: its hash.
    """

    root: Path
    folder: Path
    revision: str
    commit: str


@dataclass(frozen=True)
class Repository:
    """The repository that the command was given in.

    Attributes:
        root: its work tree.
        prefix: the folder of the command, from there.
    """

    root: Path
    prefix: str

    @classmethod
    def here(cls) -> Repository:
        """The repository around the current folder.

        Raises:
            ComparisonError: there is no such commit, or git is not installed.
        """
        root = git(Path.cwd(), "rev-parse", "--show-toplevel")
        return cls(Path(root), git(Path.cwd(), "rev-parse", "--show-prefix"))

    def commit(self, revision: str) -> str:
        """The hash of a revision.

        Raises:
            ComparisonError: there is no such revision.
        """
        try:
            return git(self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except ComparisonError:
            raise ComparisonError(
                f"no revision {revision!r} here; git log shows what there is, and a shallow clone may lack it"
                " (git fetch --unshallow)"
            ) from None

    def current(self) -> tuple[str, str]:
        """What is in the work tree now, uncommitted changes included: its hash, and what to call it.

        Raises:
            ComparisonError: git cannot make a revision of it.
        """
        try:
            changed = git(self.root, "stash", "create", "framegate ab")
        except ComparisonError as error:
            raise ComparisonError(self._why_not_saved() or str(error)) from None
        return (changed, "HEAD with uncommitted changes") if changed else (self.commit("HEAD"), "HEAD")

    def _why_not_saved(self) -> str:
        """The work tree's own state, which git reports in several ways or not at all."""
        named = "; or compare a revision with another: framegate ab BASE HEAD"
        lock = self.root / git(self.root, "rev-parse", "--git-path", "index.lock")
        if lock.exists():
            return f"another git process is at work here; wait for it to end, or delete {lock} if none is{named}"
        conflicts = git(self.root, "diff", "--name-only", "--diff-filter=U").splitlines()
        if conflicts:
            return f"conflicts are not resolved in {', '.join(conflicts[:5])}; resolve them{named}"
        announced = git(self.root, "diff", "--name-only", "--diff-filter=A").splitlines()
        if announced:
            return f"git knows of {', '.join(announced[:5])} (git add -N), and not what is in it; git add it{named}"
        return ""

    def untracked(self) -> tuple[str, ...]:
        """Files that no revision has."""
        return tuple(git(self.root, "ls-files", "--others", "--exclude-standard").splitlines())


@contextmanager
def work_trees(repository: Repository, revisions: Sequence[tuple[str, str]]) -> Iterator[list[Tree]]:
    """A work tree for each revision, (hash, name); they are removed when the block ends, however it ends.

    Raises:
        ComparisonError: git cannot make one.
    """
    trees = []
    try:
        with temporary_folder("ab") as home:
            for index, (commit, name) in enumerate(revisions):
                root = home / ("base", "candidate")[index]
                git(repository.root, "worktree", "add", "--detach", "--quiet", str(root), commit)
                trees.append(Tree(root, root / repository.prefix, name, commit))
            yield trees
    finally:
        git(repository.root, "worktree", "prune")


def make_same(source: Tree, target: Tree, paths: Iterable[Path]) -> None:
    """Copy files and folders, by their paths, from one tree over those of the other.

    Raises:
        ComparisonError: a path is not in the tree.
    """
    for path in paths:
        if not path.resolve().is_relative_to(source.root.resolve()) or path.resolve() == source.root.resolve():
            raise ComparisonError(f"gate_same: {path} is neither a file nor a folder of the repository")
        relative = path.resolve().relative_to(source.root.resolve())
        copy = target.root / relative
        if copy.is_dir():
            shutil.rmtree(copy)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, copy, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.exists():
            shutil.copy2(path, copy)


def benchmark_files(tree: Tree, collected: Iterable[str], ini: str) -> list[Path]:
    """Files that decide what is measured: the tests, each conftest.py above them, and pytest's settings."""
    root = tree.root.resolve()
    files: dict[Path, None] = {}
    for test in collected:
        path = Path(test).resolve()
        if not path.is_relative_to(root):
            continue
        files[path] = None
        for folder in path.parents:
            if (folder / "conftest.py").is_file():
                files[folder / "conftest.py"] = None
            if folder == root:
                break
    if ini and Path(ini).resolve().is_relative_to(root):
        files[Path(ini).resolve()] = None
    return list(files)


def import_paths(repository: Repository, path: Sequence[str], prefixes: Sequence[str], tree: Tree) -> tuple[str, ...]:
    """Folders of the repository on the module search path, as the same folders of a tree.

    An editable install, or a ``PYTHONPATH``, names the work tree of the command; its environment names none of them.
    """
    paths: dict[str, None] = {}
    for entry in path:
        folder = Path(entry).resolve()
        if entry and _is_own(repository.root, folder, prefixes):
            paths[str(tree.root / folder.relative_to(repository.root.resolve()))] = None
    return tuple(paths)


def strays(repository: Repository, files: Iterable[str], prefixes: Sequence[str]) -> tuple[str, ...]:
    """Modules of the repository that a worker imported from the command's work tree, and so the same on both sides."""
    return tuple(file for file in files if _is_own(repository.root, Path(file).resolve(), prefixes))


def _is_own(root: Path, path: Path, prefixes: Sequence[str]) -> bool:
    installed = any(path.is_relative_to(Path(prefix).resolve()) for prefix in prefixes)
    return path.is_relative_to(root.resolve()) and not installed


def git(folder: Path, *arguments: str) -> str:
    """The output of a git command.

    Raises:
        ComparisonError: it fails, or there is no git.
    """
    environment = {name: value for name, value in os.environ.items() if name not in HOOKS_OWN}
    try:
        run = subprocess.run(  # noqa: S603 # git, with arguments of this module's
            ["git", *arguments],  # noqa: S607 # whichever git the user has
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise ComparisonError(f"git cannot be run ({error}); revisions need it") from error
    if run.returncode:
        lines = run.stderr.strip().splitlines() or ["it gave no reason"]
        raise ComparisonError(f"git {arguments[0]} failed: {lines[-1]}")
    return run.stdout.strip()
