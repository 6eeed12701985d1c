"""Files of pytest-benchmark in which anything may stand anywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["frame", "frames", "shown", "stages_s", "memory", "browser", "realtime", "gate", "agreement", "framegate", "mine"]
)
ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "name": ANYTHING,
        "group": ANYTHING,
        "params": ANYTHING,
        "stats": ANYTHING | st.dictionaries(st.sampled_from(["data", "rounds", "median", "iterations"]), ANYTHING),
        "extra_info": ANYTHING | st.dictionaries(KEYS, ANYTHING),
    },
)


def odd_runs() -> st.SearchStrategy[dict[str, Any]]:
    """A run with a list of benchmarks, and for the rest whatever JSON can hold."""
    heads = {
        "machine_info": ("node", "cpu", "versions", "system", "python_version", "machine", "instruments"),
        "commit_info": ("id", "branch", "dirty"),
        "framegate_gate": ("findings", "name", "verdict"),
    }
    optional = {name: ANYTHING | st.dictionaries(st.sampled_from(keys), ANYTHING) for name, keys in heads.items()}
    return st.fixed_dictionaries(
        {"benchmarks": st.lists(ENTRIES, max_size=3)},
        optional={**optional, "datetime": ANYTHING, "version": ANYTHING},
    )
