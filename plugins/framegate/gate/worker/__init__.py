"""The pytest plugin in the gate's worker processes, the same on both sides of a comparison.

It imports nothing of Framegate, and only a copy of it is on a worker's path, so that the code that measures is never
what is under test, even where that is Framegate. A worker is told what to do through a connection; when that ends, so
does it.

In a launch benchmarks run as they always do. In a pair the ``benchmark`` fixture warms up, says that it is ready, and
runs its function when it is told to.
"""

NAME = "framegate_gate_worker"
"""What the copies are called."""
PLUGIN = f"{NAME}.plugin"
"""The module that pytest loads in a worker."""
