"""The two sides of a comparison: what differs between them, and which benchmark of one is which of the other."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

from framegate.errors import ComparisonError, UsageError
from framegate.gate.trees import Repository, Tree, benchmark_files, import_paths, make_same, strays, work_trees
from framegate.gate.worker.messages import Benchmark, Collect, Collection, Finished
from framegate.gate.workers import Side, workers
from framegate.words import BrowserName

_AXES = ("browser", "model", "renderer", "runtime", "tfjs")
_OPTIONS = {"tfjs": "tfjs-version"}
"""The end of an axis' option, where that is not its name."""
_IN_RUNTIMES = {"browser": re.compile(rf"^({'|'.join(get_args(BrowserName))}):"), "tfjs": re.compile("@[^:]*")}
"""What an axis puts into the names of runtimes."""
COLLECTED = (0, 5)
"""Exit codes of a pytest that has collected, and run nothing."""
FOLLOWS_MODEL = ("frame_size", "frame_preprocess")
"""Parameters that a suite takes from the model where the user names none."""


@dataclass(frozen=True)
class Request:
    """What a user compares.

    Attributes:
        base: a revision; None compares something else than revisions.
        candidate: a revision; None is the work tree as it is.
        pythons: interpreters of base and candidate; None is this one.
        axes: axis -> (value of the base, value of the candidate).
        arguments: pytest's arguments.
    """

    base: str | None = None
    candidate: str | None = None
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
        base: interpreter, folder and arguments of the base's workers.
        candidate: interpreter, folder and arguments of the candidate's workers.
        keys: each benchmark's names, that of the base and that of the candidate.
        only_base: benchmarks that exist in the base only.
        only_candidate: benchmarks that exist in the candidate only.
        settings: the gate's settings in the ini file.
        notes: sentences for the user.
        repository: the repository of both revisions, if they are revisions.
        prefixes: folders in which the interpreters have their packages.
        instruments: tools that watch the processes of base and candidate, such as coverage.
    """

    base: Side
    candidate: Side
    keys: tuple[tuple[str, str], ...]
    only_base: tuple[str, ...]
    only_candidate: tuple[str, ...]
    settings: Mapping[str, Sequence[str]]
    notes: tuple[str, ...] = ()
    repository: Repository | None = None
    prefixes: tuple[str, ...] = ()
    instruments: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


@contextmanager
def open_sides(request: Request) -> Iterator[Sides]:
    """Make the work trees, collect on both sides, and check that they can be compared.

    Raises:
        ComparisonError: they cannot.
    """
    base = _side("base", request, 0)
    candidate = _side("candidate", request, 1)
    if request.base is None:
        yield _matched(request, base, candidate, ())
        return
    repository = Repository.here()
    notes = []
    revisions = [(repository.commit(request.base), request.base)]
    if request.candidate is not None:
        revisions.append((repository.commit(request.candidate), request.candidate))
    else:
        revisions.append(repository.current())
    if request.candidate is None and (untracked := repository.untracked()):
        names = ", ".join(untracked[:5])
        notes.append(f"Files that git does not know are on neither side: {names}. git add them to have them compared.")
    with work_trees(repository, revisions) as (base_tree, candidate_tree):
        candidate = replace(_in_tree(candidate, candidate_tree), paths=_own_paths(repository, candidate_tree))
        collection = collect(candidate)
        paths = [
            import_paths(repository, collection.path, collection.prefixes, tree) for tree in (base_tree, candidate_tree)
        ]
        candidate = replace(candidate, paths=paths[1])
        same = benchmark_files(candidate_tree, [benchmark.path for benchmark in collection.benchmarks], collection.ini)
        same += [Path(collection.root) / path for path in collection.settings["gate_same"]]
        base = replace(_in_tree(base, base_tree), paths=paths[0])
        own = _own_benchmarks(_without_new_files(base, base_tree, candidate_tree), notes)
        make_same(candidate_tree, base_tree, same)
        yield _matched(request, base, candidate, tuple(notes), repository, own)


def _without_new_files(base: Side, base_tree: Tree, candidate_tree: Tree) -> Side:
    """The base, asked only for files that it has: what is new in the candidate cannot have been deleted."""

    def is_new(argument: str) -> bool:
        path = argument.partition("::")[0]
        return (
            not argument.startswith("-")
            and (candidate_tree.folder / path).exists()
            and not (base_tree.folder / path).exists()
        )

    return replace(base, arguments=tuple(argument for argument in base.arguments if not is_new(argument)))


def _own_benchmarks(base: Side, notes: list[str]) -> Sequence[Benchmark]:
    """The base's benchmarks while it still has its own tests: what the candidate has deleted of them is missing."""
    try:
        return collect(base).benchmarks
    except ComparisonError as error:
        notes.append(
            f"What the candidate has deleted is not missed, as the base's own tests cannot be collected: {error}"
        )
        return ()


def collect(side: Side, repository: Repository | None = None) -> Collection:
    """A side's benchmarks, and the places of its modules.

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
    """Check that a side's modules are its own.

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
    axes = [f"--frame-{_OPTIONS.get(axis, axis)}={values[index]}" for axis, values in request.axes.items()]
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
    candidate: Side,
    notes: tuple[str, ...],
    repository: Repository | None = None,
    own: Sequence[Benchmark] = (),
) -> Sides:
    """Both sides, with each benchmark's names; ``own`` are the base's from before it got the candidate's tests."""
    collections = [collect(side, repository) for side in (base, candidate)]
    varied = {f"frame_{axis}" for axis in request.axes}
    if "model" in request.axes and not any(argument.startswith("--frame-size") for argument in request.arguments):
        varied |= {*FOLLOWS_MODEL}
    of_base, of_candidate = (
        _by_identity(_of_any_variant(collection.benchmarks, request), varied, side.label)
        for collection, side in zip(collections, (base, candidate), strict=True)
    )
    if not of_base and not of_candidate:
        raise ComparisonError("there are no benchmarks on either side; say which tests to run after --")
    known = {*of_base.values(), *of_candidate.values()}
    deleted = dict.fromkeys(benchmark.key for benchmark in own if benchmark.key not in known)
    return Sides(
        base,
        candidate,
        keys=tuple((key, of_candidate[identity]) for identity, key in of_base.items() if identity in of_candidate),
        only_base=(*(key for identity, key in of_base.items() if identity not in of_candidate), *deleted),
        only_candidate=tuple(key for identity, key in of_candidate.items() if identity not in of_base),
        settings=collections[1].settings,
        notes=notes,
        repository=repository,
        prefixes=tuple(prefix for collection in collections for prefix in collection.prefixes),
        instruments=(tuple(collections[0].instruments), tuple(collections[1].instruments)),
    )


def _of_any_variant(benchmarks: Sequence[Benchmark], request: Request) -> Sequence[Benchmark]:
    """The benchmarks, without what differs in the names of runtimes: the version of TF.js, the browser."""
    name = "frame_runtime"
    for axis in _IN_RUNTIMES.keys() & request.axes:
        benchmarks = [
            replace(
                benchmark,
                params={**benchmark.params, name: _IN_RUNTIMES[axis].sub("", benchmark.params.get(name, ""))},
            )
            for benchmark in benchmarks
        ]
    return benchmarks


def _by_identity(benchmarks: Sequence[Benchmark], varied: set[str], label: str) -> dict[tuple[str, ...], str]:
    """Names of benchmarks by what is the same on both sides: the function, and the parameters that do not vary."""
    keys = Counter(benchmark.key for benchmark in benchmarks)
    twice = next((key for key, count in keys.items() if count > 1), None)
    if twice is not None:
        raise ComparisonError(f"{label} has two benchmarks called {twice}; give them names of their own")
    names: dict[tuple[str, ...], str] = {}
    for benchmark in benchmarks:
        fixed = sorted(f"{name}={value}" for name, value in benchmark.params.items() if name not in varied)
        # A benchmark with parameters of another project alone is known by its name.
        is_cell = any(name.startswith("frame_") for name in benchmark.params)
        identity = (benchmark.function, *fixed) if is_cell or not benchmark.params else (benchmark.key,)
        if identity in names:
            raise ComparisonError(
                f"{label} runs {names[identity]} and {benchmark.key}, which differ in nothing but"
                f" {', '.join(sorted(varied))}; name one value for each of --frame-size and --frame-preprocess"
            )
        names[identity] = benchmark.key
    return names
