"""A plugin for runs of the suites: TensorFlow is not there, whose import would take longer than all else."""

import sys

sys.modules["tensorflow"] = None  # type: ignore[assignment]  # as Python has it: what is None cannot be imported
