"""Of each layer in `layer_cases` it is said that TF.js refuses it if, and only if, TF.js itself said so."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from layer_case import Case, functional
from layer_cases import all_cases
from layer_values import write_model

from framegate.analysis.inspection import remarks_on
from framegate.interfaces import ModelSpec

ANSWERS: Mapping[str, Any] = json.loads(Path(__file__).with_name("tfjs_layers.json").read_text(encoding="utf-8"))
# TF.js was fed the shapes that were declared, where it had written others into them; here the model has those.
WRITTEN = ("CenterCrop_even", "CenterCrop_odd", "CenterCrop_one", "CenterCrop_larger", "CenterCrop_mixed")
# Keras refuses a stateful layer without a size of the batch as well, and 2 groups in a file of one are no model.
OTHER = ("SimpleRNN_stateful", "GRU_stateful", "LSTM_stateful", "Conv2D_groups")
# Not said yet: a mask of another shape.
UNSAID = ("Softmax_masked",)
CASES = [
    case
    for case in all_cases()
    if case.label not in (*WRITTEN, *OTHER, *UNSAID) and not case.label.startswith("CategoryEncoding")
]


@pytest.mark.parametrize("case", CASES, ids=[case.label for case in CASES])
def test_what_tfjs_refuses_is_said(case: Case, tmp_path: Path) -> None:
    remarks = remarks_on(ModelSpec("m", "path", "m"), write_model(tmp_path, functional([case]), []))
    assert bool(remarks) == ("error" in ANSWERS[case.label]), ANSWERS[case.label].get("error", remarks)
