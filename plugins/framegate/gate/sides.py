"""The two sides of a comparison: what differs between them, and which benchmark of one is which of the other."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from framegate.errors import ComparisonError, UsageError
from framegate.gate.trees import Repository, Tree, benchmark_files, import_paths, make_same, strays, work_trees
from framegate.gate.worker.messages import Benchmark, Collect, Collection, Finished
from framegate.gate.workers import Side, workers

AXES = ("model", "renderer", "runtime")
COLLECTED = (0, 5)
"""Exit codes of a pytest that has collected, and run nothing."""
FOLLOWS_MODEL = ("frame_size", "frame_preprocess")
"""Parameters that a suite takes from the model where the user names none."""


@dataclass(frozen=True)
class Request:
    """What a user compares.

    Attributes:
        base: a revision, or None.
        head: a revision; None is the work tree as it is.
        pythons: interpreter of base and of head; None is this one.
        axes: axis -> (value on the base's side, on the head's).
        arguments: pytest's.
    """

    base: str | None = None
    head: str | None = None
    pythons: tuple[str | None, str | None] = (None, None)
    axes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.base is None and not any(self.pythons) and not self.axes:
            raise UsageError(
                "nothing to compare: name a revision (framegate ab HEAD~1), or two of a kind (--base-model A"
                " --head-model B)"
            )


@dataclass(frozen=True)
class Sides:
    """Both sides, ready to be launched.

    Attributes:
        base: what its workers run.
        head: the same for the candidate.
        keys: pairs of names: a benchmark's on the base's side, and on the head's.
        only_base: benchmarks that the head has not.
        only_head: benchmarks that the base has not.
        settings: what the ini file says for the gate.
        notes: what the user should know.
        repository: where both revisions are from, if they are revisions.
        prefixes: where the interpreters have what is installed.
        instruments: what watches the processes of the base and of the head, such as coverage.
    """

    base: Side
    head: Side
    keys: tuple[tuple[str, str], ...]
    only_base: tuple[str, ...]
    only_head: tuple[str, ...]
    settings: Mapping[str, Sequence[str]]
    notes: tuple[str, ...] = ()
    repository: Repository | None = None
    prefixes: tuple[str, ...] = ()
    instruments: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


@contextmanager
def open_sides(request: Request) -> Iterator[Sides]:
    """Make the work trees, collect on both sides, and see that they can be compared.

    Raises:
        ComparisonError: they cannot.
    """
    base = _side("base", request, 0)
    head = _side("head", request, 1)
    if request.base is None:
        yield _matched(request, base, head, ())
        return
    repository = Repository.here()
    notes = []
    then = (repository.commit(request.base), request.base)
    now = (repository.commit(request.head), request.head) if request.head else repository.current()
    if request.head is None and repository.untracked():
        names = ", ".join(repository.untracked()[:5])
        notes.append(f"Files that git does not know are on neither side: {names}. git add them to have them compared.")
    with work_trees(repository, [then, now]) as (base_tree, head_tree):
        head = replace(_in_tree(head, head_tree), paths=_own_paths(repository, head_tree))
        told = collect(head)
        head = replace(head, paths=import_paths(repository, told.path, told.prefixes, head_tree))
        same = benchmark_files(head_tree, [each.path for each in told.benchmarks], told.ini)
        same += [Path(told.root) / path for path in told.settings["gate_same"]]
        base = replace(_in_tree(base, base_tree), paths=import_paths(repository, told.path, told.prefixes, base_tree))
        before = _before(_without_new_files(base, base_tree, head_tree), notes)
        make_same(head_tree, base_tree, same)
        yield _matched(request, base, head, tuple(notes), repository, before)


def _without_new_files(base: Side, base_tree: Tree, head_tree: Tree) -> Side:
    """The base's side, asked only for files that it has: what is new in the head cannot have been deleted."""

    def is_new(argument: str) -> bool:
        path = argument.partition("::")[0]
        return (
            not argument.startswith("-")
            and (head_tree.folder / path).exists()
            and not (base_tree.folder / path).exists()
        )

    return replace(base, arguments=tuple(argument for argument in base.arguments if not is_new(argument)))


def _before(base: Side, notes: list[str]) -> Sequence[Benchmark]:
    """The base's benchmarks while it still has its own tests: what the head has deleted of them is missing."""
    try:
        collected: Sequence[Benchmark] = collect(base).benchmarks
    except ComparisonError as error:
        notes.append(f"What the head has deleted is not missed, as the base's own tests cannot be collected: {error}")
        return ()
    return collected


def collect(side: Side, repository: Repository | None = None) -> Collection:
    """What a side's benchmarks are, and where it finds its modules.

    Raises:
        ComparisonError: it cannot be collected, or it imports the command's own work tree in place of its own.
    """
    with workers([side]) as (worker,):
        worker.send(Collect())
        collection = worker.receive(Collection)
        finished = worker.receive(Finished)
        if finished.exit_code not in COLLECTED:
            worker.wait()
            raise ComparisonError(f"{side.label} cannot be collected; pytest said last: {worker.said()}")
    check_own(side, repository, finished.files, collection.prefixes)
    return collection


def check_own(side: Side, repository: Repository | None, files: Sequence[str], prefixes: Sequence[str]) -> None:
    """See that a side's modules are its own.

    Raises:
        ComparisonError: one is the command's work tree's.
    """
    astray = () if repository is None else strays(repository, files, prefixes)
    if astray:
        raise ComparisonError(
            f"{side.label} would run {astray[0]}, which is in the work tree and the same on both sides; install the"
            " project so that it is imported from its folder (pip install -e, or pythonpath in the ini file)"
        )


def _side(label: str, request: Request, index: int) -> Side:
    axes = [f"--frame-{axis}={values[index]}" for axis, values in request.axes.items()]
    python = request.pythons[index] or sys.executable
    own = [*(values[index] for values in request.axes.values()), *([python] if any(request.pythons) else [])]
    return Side(f"{label} ({', '.join(own)})" if own else label, python, Path.cwd(), (*request.arguments, *axes))


def _in_tree(side: Side, tree: Tree) -> Side:
    if not tree.folder.is_dir():
        raise ComparisonError(
            f"{tree.revision} has no folder {tree.folder.relative_to(tree.root)}; run it from another"
        )
    return replace(side, label=f"{side.label} ({tree.revision})", folder=tree.folder)


def _own_paths(repository: Repository, tree: Tree) -> tuple[str, ...]:
    return import_paths(repository, sys.path, [sys.prefix, sys.base_prefix], tree)


def _matched(
    request: Request,
    base: Side,
    head: Side,
    notes: tuple[str, ...],
    repository: Repository | None = None,
    before: Sequence[Benchmark] = (),
) -> Sides:
    told = [collect(side, repository) for side in (base, head)]
    varied = {f"frame_{axis}" for axis in request.axes}
    if "model" in request.axes and not any(argument.startswith("--frame-size") for argument in request.arguments):
        varied |= {*FOLLOWS_MODEL}
    names = [_by_identity(each.benchmarks, varied, side.label) for each, side in zip(told, (base, head), strict=True)]
    if not any(names):
        raise ComparisonError("there are no benchmarks on either side; say which tests to run after --")
    common = [identity for identity in names[0] if identity in names[1]]
    left = {*names[0].values(), *names[1].values()}
    return Sides(
        base,
        head,
        tuple((names[0][identity], names[1][identity]) for identity in common),
        (
            *(name for identity, name in names[0].items() if identity not in names[1]),
            *dict.fromkeys(each.key for each in before if each.key not in left),
        ),
        tuple(name for identity, name in names[1].items() if identity not in names[0]),
        told[1].settings,
        notes,
        repository,
        tuple(prefix for each in told for prefix in each.prefixes),
        (tuple(told[0].instruments), tuple(told[1].instruments)),
    )


def _by_identity(collected: Sequence[Benchmark], varied: set[str], label: str) -> dict[tuple[str, ...], str]:
    """Benchmarks by what they are on both sides: their function, and the parameters that do not vary."""
    found: dict[tuple[str, ...], str] = {}
    keys = Counter(each.key for each in collected)
    twice = next((key for key, count in keys.items() if count > 1), None)
    if twice is not None:
        raise ComparisonError(f"{label} has two benchmarks called {twice}; give them names of their own")
    for each in collected:
        fixed = sorted(f"{name}={value}" for name, value in each.params.items() if name not in varied)
        # What is left of a benchmark without parameters of this plugin's is its own name.
        known = any(name.startswith("frame_") for name in each.params)
        identity = (each.function, *fixed) if known or not each.params else (each.key,)
        if identity in found:
            raise ComparisonError(
                f"{label} runs {found[identity]} and {each.key}, which differ in nothing but"
                f" {', '.join(sorted(varied))}; name one value for each of --frame-size and --frame-preprocess"
            )
        found[identity] = each.key
    return found
