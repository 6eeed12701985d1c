"""A git repository with a renderer of its own, whose ``convert`` takes as long as a file of the revision says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from in_process import framegate
from virtual_time import in_virtual_time

from framegate.gate import decide

FRAME_S = 0.002
CONFTEST = """
from mine.renderer import BusyRenderer


def pytest_framegate_renderers(config):
    return {"busy": BusyRenderer}
"""
RENDERER = """
import time

from framegate.renderers.null import NullRenderer


class BusyRenderer(NullRenderer):
    def _convert(self, tensor):
        until = time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            pass
        return super()._convert(tensor)
"""
SETTINGS = """
[pytest]
pythonpath = .
"""
OPTIONS = (
    "--frame-runtime=null",
    "--frame-gl=null",
    "--frame-renderer=busy",
    "--frame-preprocess=none",
    "--frame-size=16",
)
FEW_PAIRS = (sys.executable, "-m", "few_pairs")
NOT_INHERITED = ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "GITHUB_STEP_SUMMARY", "GIT_DIR")


@dataclass(frozen=True)
class Repository:
    """A repository in a folder; without a model its suite has no frames."""

    root: Path
    model: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Of commands, which run in virtual time; temporary folders are made in one that can be looked into."""
        kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        return in_virtual_time({**kept, "TMPDIR": str(self.temporary)})

    @property
    def temporary(self) -> Path:
        """Where temporary folders are made."""
        folder = self.root.parent / "temporary"
        folder.mkdir(exist_ok=True)
        return folder

    def git(self, *arguments: str) -> str:
        """Run git."""
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments]
        return subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True).stdout

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def renderer(self, seconds: float, *, more: str = "") -> None:
        """Write the renderer that takes that long."""
        self.write("mine/renderer.py", RENDERER.replace("SECONDS", repr(seconds)) + more)

    def commit(self, subject: str) -> None:
        """Commit everything."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)

    def command(self, *arguments: str, options: Sequence[str] | None = None) -> list[str]:
        """``framegate ab`` with these arguments; as few pairs as can be, for they are all the same."""
        suite = ["suite", "-p", "framegate.plugin", "-p", "no:hypothesispytest"]
        if self.model is not None:
            suite += [f"--frame-model={self.model}", *(OPTIONS if options is None else ())]
        return [*FEW_PAIRS, "ab", *arguments, "--", *suite, *(options or ())]

    def ab(self, *arguments: str, options: Sequence[str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run it in this process until it ends, with as few pairs as ``command``."""
        words = self.command(*arguments, options=options)[len(FEW_PAIRS) :]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(decide, "measure", partial(decide.measure, first=1))  # type: ignore[attr-defined]  # imported there, for its own use
            # As ``python -m`` has it, and so the workers.
            patch.syspath_prepend(str(self.root))
            return framegate(self.root, self.environment, *words)

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run any command until it ends."""
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )

    def has_left_nothing(self) -> None:
        """No work tree and no temporary folder."""
        assert self.git("worktree", "list").count("\n") == 1
        assert [path.name for path in self.temporary.iterdir()] == []
