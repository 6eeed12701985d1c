"""An ``npm`` that needs no network."""

from __future__ import annotations

import base64
import hashlib
import io
import sys
import tarfile
from pathlib import Path


class FakeNpm:
    """An ``npm`` on the PATH that packs a tarball of ours; counts how often it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "archive"
        self.calls = folder / "calls"
        script = folder / "npm"
        script.write_text(
            f"#!{sys.executable}\nimport pathlib, shutil, sys\n"
            f"open({str(self.calls)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
            f"failure = pathlib.Path({str(folder / 'failure')!r})\n"
            "if failure.exists():\n    exec(failure.read_text())\n"
            f"shutil.copy({str(self.archive)!r}, sys.argv[sys.argv.index('--pack-destination') + 1] + '/x.tgz')\n",
            encoding="utf-8",
        )
        script.chmod(0o755)

    def pack(self, files: dict[str, bytes]) -> str:
        """Make the tarball; returns its sha512 as npm writes it."""
        with tarfile.open(self.archive, "w:gz") as tar:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return base64.b64encode(hashlib.sha512(self.archive.read_bytes()).digest()).decode()

    def fail(self, code: str) -> None:
        """Run this Python code instead."""
        (self.folder / "failure").write_text(code, encoding="utf-8")
