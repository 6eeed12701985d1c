"""All cases; as a script, what `scripts/tfjs-layers.cjs` reads."""

from __future__ import annotations

import json
import sys
from typing import Any

import layer_cases_images as images
import layer_cases_others as others
from layer_case import Case, functional


def all_cases() -> list[Case]:
    """Every case, each label once."""
    return [
        *images.activations(),
        *images.convolutions(),
        *images.pools(),
        *images.images(),
        *others.shapes(),
        *others.merges(),
        *others.norms(),
        *others.recurrent(),
        *others.masked(),
        *others.wrapped(),
        *others.training(),
    ]


def jobs() -> list[dict[str, Any]]:
    """What `scripts/tfjs-layers.cjs` reads."""
    return [
        {
            "label": case.label,
            "topology": functional([case]),
            "inputs": [[2, *shape] for shape in case.shapes],
            "indices": case.indices,
        }
        for case in all_cases()
    ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(jobs()))
