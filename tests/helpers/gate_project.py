"""A small project of its own, with two plain benchmarks that are as slow as a file says, under the gate."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from virtual_time import in_virtual_time

from framegate.commands.cli import main

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
    """A folder with benchmarks and a storage."""

    folder: Path

    def write(self, suite: str = SUITE, settings: str = SETTINGS) -> None:
        """The two files of the project."""
        (self.folder / "test_bench.py").write_text(suite)
        (self.folder / "pytest.ini").write_text(settings)

    def copy(self, folder: Path) -> Project:
        """The same with its history in another folder, which must not exist."""
        shutil.copytree(self.folder, folder)
        return Project(folder)

    def slow(self, name: str, times: float) -> None:
        """Have a benchmark do that many times the work."""
        (self.folder / f"{name}.txt").write_text(str(0.0003 * times))

    def command(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run something in the folder and in virtual time, with ``python -m`` in front."""
        environment = in_virtual_time({name: value for name, value in os.environ.items() if name not in NOT_INHERITED})
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env={**environment, **variables},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )

    def pytest(self, *options: str, **variables: str) -> GateRun:
        """Run pytest with everything that the gate can write to; the last option may be ``--gate``."""
        files = [self.folder / name for name in ("gate.json", "junit.xml", "summary.md")]
        for file in files:
            file.unlink(missing_ok=True)
        outputs = [f"--junitxml={files[1]}"]
        if any(option == "--gate" or option.startswith("--gate=") for option in options):
            outputs.insert(0, f"--gate-json={files[0]}")
        variables = {"GITHUB_STEP_SUMMARY": str(files[2])} | variables
        run = self.command("pytest", "-p", "framegate.plugin", *QUICK, *outputs, *options, **variables)
        return GateRun(
            run.returncode,
            run.stdout + run.stderr,
            json.loads(files[0].read_text()) if files[0].exists() else None,
            ET.parse(files[1]).getroot() if files[1].exists() else None,  # noqa: S314 # pytest's own file
            files[2].read_text() if files[2].is_file() else "",
        )

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
        said = io.StringIO()
        with chdir(self.folder), redirect_stdout(said), redirect_stderr(said):
            code = main(["accept", *arguments])
        return code, said.getvalue()

    def accept_changed(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the only run, and accept it: another program, or another version, wrote it like that."""
        (path,) = self.stored()
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))
        path.with_suffix(".accepted").unlink()
        code, said = self.accept()
        assert code == 0, said
