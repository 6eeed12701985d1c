"""A small project of its own, with two plain benchmarks that are as slow as a file says, under the gate."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from in_process import as_its_own, framegate
from virtual_time import in_virtual_time

SUITE = """
import time
from pathlib import Path

HERE = Path(__file__).parent


def work(name):
    file = HERE / f"{name}.txt"
    until = time.perf_counter() + (float(file.read_text()) if file.exists() else 0.0003)
    while time.perf_counter() < until:
        pass


def test_work(benchmark):
    benchmark(work, "work")


def test_other(benchmark):
    benchmark(work, "other")
"""
# A busy machine has an excuse, even in virtual time: only what is much slower is meant to be found here.
SETTINGS = """
[pytest]
gate_floor =
    all = 300%
    p95 = 9900%
"""
QUICK = ("--benchmark-max-time=0.05", "--benchmark-min-rounds=3", "-p", "no:hypothesispytest", "-p", "no:cacheprovider")
NOT_INHERITED = ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "GITHUB_STEP_SUMMARY", "PYTEST_XDIST_WORKER")


@dataclass(frozen=True)
class GateRun:
    """What a run of the gate left behind."""

    code: int
    output: str
    json: dict[str, Any] | None
    junit: ET.Element | None
    summary: str

    @property
    def verdicts(self) -> dict[str, str]:
        """Benchmark -> verdict."""
        assert self.json is not None, self.output
        return {finding["benchmark"]: finding["verdict"] for finding in self.json["findings"]}

    @property
    def reasons(self) -> dict[str, str]:
        """Benchmark -> why."""
        assert self.json is not None, self.output
        return {finding["benchmark"]: finding["reason"] for finding in self.json["findings"]}

    def junit_count(self, name: str) -> int:
        """``tests``, ``failures``, ``skipped`` or ``errors``."""
        assert self.junit is not None, self.output
        return int(self.junit[0].attrib[name])

    def says_no(self, code: int, benchmark: str, verdict: str) -> None:
        """It fails with its own code, everywhere, and without a traceback."""
        assert self.code == code, self.output
        assert self.verdicts[benchmark] == verdict, self.output
        assert self.json is not None
        assert (self.json["exit_code"], self.json["verdict"]) == (code, verdict)
        assert self.junit_count("failures") >= 1
        assert self.junit_count("errors") == 0
        assert f"| <code>{benchmark}</code> | {verdict} |" in self.summary
        self.has_no_traceback()

    def has_no_traceback(self) -> None:
        """The user sees what is wrong, and none of our code."""
        for sign in ("Traceback", "INTERNALERROR", "framegate/gate", "framegate/hooks"):
            assert sign not in self.output


@dataclass(frozen=True)
class Project:
    """A folder with benchmarks and a storage.

    Attributes:
        folder: where it is.
        pytester: runs the gate in this process, where everything is imported; None starts a process for it.
    """

    folder: Path
    pytester: pytest.Pytester | None = None

    def write(self, suite: str = SUITE, settings: str = SETTINGS) -> None:
        """The two files of the project."""
        (self.folder / "test_bench.py").write_text(suite)
        (self.folder / "pytest.ini").write_text(settings)

    def copy(self, folder: Path, pytester: pytest.Pytester) -> Project:
        """The same with its history in another folder, which must not exist."""
        shutil.copytree(self.folder, folder)
        return Project(folder, pytester)

    def apart(self) -> Project:
        """The same whose gate runs in a process of its own: for a conftest that changes the whole process."""
        return Project(self.folder)

    def slow(self, name: str, times: float) -> None:
        """Have a benchmark do that many times the work."""
        (self.folder / f"{name}.txt").write_text(str(0.0003 * times))

    def command(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run something in the folder and in virtual time, with ``python -m`` in front."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env=self._environment(variables),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        return {**in_virtual_time(kept), **variables}

    def pytest(self, *options: str, **variables: str) -> GateRun:
        """Run pytest with everything that the gate can write to; the last option may be ``--gate``."""
        files = [self.folder / name for name in ("gate.json", "junit.xml", "summary.md")]
        for file in files:
            file.unlink(missing_ok=True)
        outputs = [f"--junitxml={files[1]}"]
        if any(option == "--gate" or option.startswith("--gate=") for option in options):
            outputs.insert(0, f"--gate-json={files[0]}")
        variables = {"GITHUB_STEP_SUMMARY": str(files[2])} | variables
        # Under the gate other processes measure.
        is_gated = any(option.startswith("--gate") for option in options)
        run = self._inside if is_gated and self.pytester is not None else self.command
        done = run("pytest", "-p", "framegate.plugin", *QUICK, *outputs, *options, **variables)
        return GateRun(
            done.returncode,
            done.stdout + done.stderr,
            json.loads(files[0].read_text()) if files[0].exists() else None,
            ET.parse(files[1]).getroot() if files[1].exists() else None,  # noqa: S314 # pytest's own file
            files[2].read_text() if files[2].is_file() else "",
        )

    def _inside(self, module: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """The same as ``command``, in this process."""
        assert self.pytester is not None
        with as_its_own(self.folder, self._environment(variables)), pytest.MonkeyPatch.context() as patch:
            # A file of these tests may have the name of one of the project's.
            for file in self.folder.glob("*.py"):
                patch.delitem(sys.modules, file.stem, raising=False)
            # With faulthandler, what this process says when it crashes would go where nobody reads.
            done = self.pytester.runpytest_inprocess(*options, "-p", "no:faulthandler")
        return subprocess.CompletedProcess(module, int(done.ret), done.stdout.str(), done.stderr.str())

    def gate(self, *options: str, launches: int = 1, name: str = "", **variables: str) -> GateRun:
        """Run the gate."""
        flag = f"--gate={name}" if name else "--gate"
        return self.pytest("--benchmark-only", f"--gate-launches={launches}", *options, flag, **variables)

    def stored(self, suffix: str = "json") -> list[Path]:
        """The gate's files, the oldest first."""
        return sorted(self.folder.glob(f".benchmarks/*/*_gate-*.{suffix}"))

    def accepted(self) -> list[str]:
        """Names of the accepted runs."""
        return [path.stem for path in self.stored("accepted")]

    def accept(self, *arguments: str) -> tuple[int, str]:
        """``framegate accept`` in the folder: its exit code and what it says."""
        done = framegate(self.folder, os.environ, "accept", *arguments)
        return done.returncode, done.stdout + done.stderr

    def accept_changed(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the only run, and accept it: another program, or another version, wrote it like that."""
        (path,) = self.stored()
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))
        path.with_suffix(".accepted").unlink()
        code, said = self.accept()
        assert code == 0, said
