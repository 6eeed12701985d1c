"""Names of nodes as TensorFlow takes them: TF.js takes any text, so what TensorFlow refuses is spelt out (pure)."""

from __future__ import annotations

import re

# tensorflow/core/common_runtime/graph_constructor.cc; names with an underscore in front are for its own nodes.
_VALID = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_./-]*(>[A-Za-z0-9.][A-Za-z0-9_./-]*)*")
_SPELT = "spelt."


def valid_name(name: str) -> str:
    """The name itself, or one made of its bytes if TensorFlow would refuse it; different names stay different."""
    return name if _VALID.fullmatch(name) else _SPELT + name.encode("utf-8", "surrogatepass").hex()


def valid_tensor(tensor: str) -> str:
    """A node's input or a tensor, ``name``, ``name:1`` or ``^name``, with the name as `valid_name` has it."""
    control = "^" if tensor.startswith("^") else ""
    name, colon, number = tensor.removeprefix("^").partition(":")
    return f"{control}{valid_name(name)}{colon}{number}"
