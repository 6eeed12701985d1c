"""``python -m viewers FILE… [--picture FOLDER]``: what both viewers find in traces, beside what is written in them.

Exits with 1 where a viewer finds anything else, and with 2 where a file is no trace.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from framegate.errors import UsageError
from framegate.trace.read import read_trace
from viewers.contents import Contents
from viewers.firefox import opened_in_firefox
from viewers.perfetto import opened_in_perfetto


def main(arguments: list[str]) -> int:
    """Open each file in both."""
    parser = argparse.ArgumentParser(prog="python -m viewers", description=__doc__)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+")
    parser.add_argument("--picture", metavar="FOLDER", type=Path, help="where pictures of Perfetto's window go")
    given = parser.parse_args(arguments)
    failed = 0
    for path in given.files:
        try:
            written = Contents.of_trace(read_trace(path))
        except UsageError as error:
            sys.stderr.write(f"{error}\n")
            return 2
        picture = given.picture and given.picture / f"{path.name.partition('.trace.json')[0]}.png"
        for viewer, seen in (
            ("Perfetto", opened_in_perfetto(path, picture)),
            ("the Firefox Profiler", opened_in_firefox(path)),
        ):
            differs = written.differs_from(seen)
            failed |= bool(differs)
            sys.stdout.write(f"{path.name} in {viewer}: {differs or written}\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
