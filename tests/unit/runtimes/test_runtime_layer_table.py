"""The table of layers in docs/ops.md is true: it names TF.js' layers and the settings that are read."""

import re
from pathlib import Path

from framegate.analysis.kernels import layer_classes
from framegate.models.layer_entry import MODELS
from framegate.models.tfjs_keys import COMMON, KEYS

PAGE = (Path(__file__).parents[3] / "docs" / "ops.md").read_text("utf-8")
SECTION = PAGE.partition("## Layer by layer\n")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| `(\w+)` \|([^|]*)\|[^|]*\|$", SECTION, re.MULTILINE)


def test_each_layer_has_a_row() -> None:
    kinds = [kind for kind, _ in ROWS]
    assert kinds == sorted(layer_classes() - MODELS)
    assert all(f"`{kind}`" in SECTION.partition("\n| ")[0] for kind in MODELS)


def test_each_row_has_the_settings_that_are_read() -> None:
    for kind, settings in ROWS:
        own = {key for key, what in KEYS[kind].items() if what != "training"} - COMMON.keys()
        assert re.findall(r"`(\w+)`", settings) == sorted(own), kind
    assert all(f"`{key}`" in SECTION.partition("\n| ")[0] for key in COMMON)
