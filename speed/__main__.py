"""``python -m speed [BENCHMARK ...]``: take the figures of docs/speed.md on this machine and print both side by side.

Exits with 0 whatever the figures are, with 1 where a benchmark could not run, and with 2 for a name that is none.
"""

from __future__ import annotations

import sys

from speed.figures import Figures, benchmarks, rows, table, taken


def main(names: list[str]) -> int:
    """Run the benchmarks of these names, all if there is none."""
    unknown = sorted({*names} - {*benchmarks()})
    if unknown:
        sys.stderr.write(f"speed: no benchmark {', '.join(unknown)}; there is {', '.join(benchmarks())}\n")
        return 2
    measured: dict[str, Figures] = {}
    failed = 0
    for name in names or benchmarks():
        sys.stderr.write(f"speed: {name} …\n")
        try:
            measured[name] = taken(name)
        except RuntimeError as error:
            failed = 1
            sys.stderr.write(f"speed: {name} could not run: {error}\n")
    wanted = [row for row in rows() if not names or row.benchmark in names]
    sys.stdout.write(table(wanted, measured) + "\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
