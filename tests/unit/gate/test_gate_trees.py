"""Work trees of a real, small repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from framegate.errors import ComparisonError
from framegate.gate.trees import (
    Repository,
    Tree,
    benchmark_files,
    git,
    import_paths,
    make_same,
    strays,
    work_trees,
)


def commit(root: Path, **files: str) -> str:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(root, "add", "-A")
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    git(root, *who, "commit", "-q", "-m", "a commit")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    root = tmp_path / "a project"
    (root / "sub").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    commit(root, sub__code_py="1", sub__test_it_py="old")
    commit(root, sub__code_py="2", sub__test_it_py="new", conftest_py="new")
    monkeypatch.chdir(root / "sub")
    # As on a machine of a CI system, where nobody has told git who they are.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "no file"))
    return Repository.here()


def test_the_repository_around_the_folder_of_the_command(repository: Repository, tmp_path: Path) -> None:
    assert repository.root.samefile(tmp_path / "a project")
    assert repository.prefix == "sub/"


def test_trees_of_two_revisions_are_made_and_gone(repository: Repository) -> None:
    revisions = [(repository.commit("HEAD~1"), "HEAD~1"), (repository.commit("HEAD"), "HEAD")]
    with work_trees(repository, revisions) as (base, candidate):
        assert (base.folder / "code.py").read_text() == "1"
        assert (candidate.folder / "code.py").read_text() == "2"
        assert base.folder == base.root / "sub"
        assert git(repository.root, "worktree", "list").count("\n") == 2
    assert not base.root.parent.exists()
    assert git(repository.root, "worktree", "list").count("\n") == 0


def test_they_are_gone_too_where_the_block_fails(repository: Repository) -> None:
    candidate = (repository.commit("HEAD"), "HEAD")
    roots: list[Path] = []

    def interrupted() -> None:
        with work_trees(repository, [candidate, candidate]) as trees:
            roots.extend(tree.root for tree in trees)
            (trees[0].root / "sub" / "code.py").write_text("changed by a benchmark")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(roots) == 2
    assert not any(root.parent.exists() for root in roots)
    assert git(repository.root, "worktree", "list").count("\n") == 0


def test_a_second_tree_that_cannot_be_made_takes_the_first_with_it(repository: Repository) -> None:
    revisions = [(repository.commit("HEAD"), "HEAD"), ("0" * 40, "none")]
    with pytest.raises(ComparisonError, match="git worktree failed"), work_trees(repository, revisions):
        pass
    assert git(repository.root, "worktree", "list").count("\n") == 0


@pytest.mark.parametrize("revision", ["nope", "HEAD~9", "", "--all", "HEAD:sub/code.py", "-n1"])
def test_no_such_revision_is_one_line(repository: Repository, revision: str) -> None:
    with pytest.raises(ComparisonError, match="no revision") as caught:
        repository.commit(revision)
    assert repr(revision) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_work_tree_as_it_is(repository: Repository) -> None:
    assert repository.current() == (repository.commit("HEAD"), "HEAD")
    (repository.root / "sub" / "code.py").write_text("3")
    (repository.root / "sub" / "unknown.py").write_text("")
    changed, name = repository.current()
    assert name == "HEAD with uncommitted changes"
    with work_trees(repository, [(repository.commit("HEAD"), "HEAD"), (changed, name)]) as (_, candidate):
        assert (candidate.folder / "code.py").read_text() == "3"
        assert not (candidate.folder / "unknown.py").exists()
    assert repository.untracked() == ("sub/unknown.py",)
    assert git(repository.root, "stash", "list") == ""
    assert (repository.root / "sub" / "code.py").read_text() == "3"


def test_benchmarks_of_the_head_lie_over_the_base(repository: Repository) -> None:
    revisions = [(repository.commit("HEAD~1"), "HEAD~1"), (repository.commit("HEAD"), "HEAD")]
    with work_trees(repository, revisions) as (base, candidate):
        (candidate.root / "pytest.ini").write_text("[pytest]\n")
        collected = [str(candidate.folder / "test_it.py"), "/elsewhere/test_other.py"]
        files = benchmark_files(candidate, collected, str(candidate.root / "pytest.ini"))
        assert files == [candidate.folder / "test_it.py", candidate.root / "conftest.py", candidate.root / "pytest.ini"]
        make_same(candidate, base, files)
        assert (base.folder / "test_it.py").read_text() == "new"
        assert (base.root / "conftest.py").read_text() == "new"
        assert (base.root / "pytest.ini").exists()
        assert (base.folder / "code.py").read_text() == "1"


def test_settings_of_another_place_are_no_file_of_the_tree(repository: Repository, tmp_path: Path) -> None:
    tree = Tree(repository.root, repository.root / "sub", "HEAD", "")
    assert benchmark_files(tree, [], str(tmp_path / "pytest.ini")) == []
    assert benchmark_files(tree, [], "") == []


def test_folders_replace_folders(tmp_path: Path) -> None:
    trees = [Tree(tmp_path / name, tmp_path / name, name, "") for name in ("base", "candidate")]
    for tree in trees:
        (tree.root / "data" / "__pycache__").mkdir(parents=True)
        (tree.root / "data" / f"{tree.revision}.txt").write_text("")
    make_same(trees[1], trees[0], [trees[1].root / "data", trees[1].root / "gone.txt"])
    assert [path.name for path in (trees[0].root / "data").iterdir()] == ["candidate.txt"]


@pytest.mark.parametrize("path", ["../outside", "/etc", ".", "a/../.."])
def test_what_is_not_inside_of_the_tree_is_refused(tmp_path: Path, path: str) -> None:
    trees = [Tree(tmp_path / name, tmp_path / name, name, "") for name in ("base", "candidate")]
    with pytest.raises(ComparisonError, match=r"gate_same: .* is neither a file nor a folder of the repository"):
        make_same(trees[1], trees[0], [trees[1].root / path])


def test_modules_are_looked_for_in_the_tree_and_not_in_the_work_tree(repository: Repository, tmp_path: Path) -> None:
    tree = Tree(tmp_path / "tree", tmp_path / "tree" / "sub", "HEAD", "")
    environment = str(repository.root / ".venv")
    path = ["", str(repository.root / "sub"), f"{environment}/lib/site-packages", "/usr/lib", str(repository.root)]
    assert import_paths(repository, path, [environment], tree) == (str(tree.root / "sub"), str(tree.root))


def test_a_module_of_the_work_tree_is_astray(repository: Repository) -> None:
    environment = str(repository.root / ".venv")
    own = str(repository.root / "sub" / "code.py")
    assert strays(repository, ["/usr/lib/json.py", f"{environment}/x.py", own], [environment]) == (own,)


def test_a_folder_without_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain").mkdir()
    monkeypatch.chdir(tmp_path / "plain")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(ComparisonError, match=r"git rev-parse failed: .*not a git repository"):
        Repository.here()


def test_a_machine_without_git_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ComparisonError, match=r"git cannot be run .*revisions need it"):
        git(tmp_path, "status")


def test_a_hook_of_another_repository_is_not_asked(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    subprocess.run(["git", "init", "-q", str(other)], check=True)  # noqa: S607 # whichever git there is
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert Repository.here().root.samefile(repository.root)
    assert repository.commit("HEAD~1")


def test_what_keeps_git_from_making_a_revision_is_said(repository: Repository) -> None:
    file = repository.root / "sub" / "code.py"
    (repository.root / "new.py").write_text("1")
    git(repository.root, "add", "-N", "new.py")
    with pytest.raises(
        ComparisonError, match=r"^git knows of new\.py \(git add -N\), and not what is in it; git add it"
    ):
        repository.current()
    (repository.root / "new.py").unlink()
    git(repository.root, "reset", "-q", "--hard")
    lock = repository.root / ".git" / "index.lock"
    lock.touch()
    file.write_text("3")
    with pytest.raises(ComparisonError, match=r"^another git process is at work here; .*index\.lock"):
        repository.current()
    lock.unlink()
    assert repository.current()[1] == "HEAD with uncommitted changes"


def test_conflicts_are_named(repository: Repository) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    git(repository.root, "checkout", "-q", "-b", "other")
    commit(repository.root, sub__code_py="other")
    git(repository.root, "checkout", "-q", "main")
    commit(repository.root, sub__code_py="main")
    with pytest.raises(ComparisonError):
        git(repository.root, *who, "merge", "-q", "other")
    with pytest.raises(ComparisonError, match=r"^conflicts are not resolved in sub/code\.py; resolve them; or compare"):
        repository.current()
