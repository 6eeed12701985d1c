"""Which backend lacks what."""

from pathlib import Path

import pytest
from analysis_files import functional, image, layer, look, look_at_layers, op

from framegate.analysis.kernels import BACKENDS, support


def test_the_table_names_its_source() -> None:
    assert support("graph", []).version == "4.22.0"


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [
        ("Conv2D", {}),
        ("Einsum", {"wasm": ("Einsum",)}),
        ("Unique", {"webgpu": ("Unique",)}),
        ("FFT", {"wasm": ("FFT",)}),
        ("NonMaxSuppressionV5", {}),  # computed in JavaScript, whatever the backend
        ("Const", {}),
    ],
)
def test_graph_ops(kind: str, lacking: dict[str, tuple[str, ...]]) -> None:
    found = support("graph", [kind])
    assert {backend: kinds[kind] for backend, kinds in found.missing.items() if kinds} == lacking
    assert set(found.missing) == set(BACKENDS)
    assert not found.unknown


def test_ops_that_tfjs_does_not_know(tmp_path: Path) -> None:
    found = look(tmp_path, [image(1, 4), op("Softsign", "image")])
    assert found.support.unknown == ("Softsign",)


def test_backends_must_have_what_the_initializer_and_functions_need(tmp_path: Path) -> None:
    loop = op("StatelessWhile", "image")
    loop["attr"]["body"] = {"func": {"name": "body"}}
    functions = [{"signature": {"name": "body"}, "nodeDef": [op("Einsum", "x"), op("Softsign", "x")]}]
    initializer = {"node": [op("HashTableV2"), op("Mystery")], "library": {"function": functions}}
    found = look(tmp_path, [image(1, 4), loop], library={"function": functions}, modelInitializer=initializer)
    assert found.support.unknown == ("Mystery", "Softsign")
    assert found.support.missing["wasm"].keys() == {"Einsum"}
    assert found.refusals == (
        "Unknown op 'Softsign' (in function 'body')",
        "Unknown op 'Mystery' (in modelInitializer)",
    )


def test_layers_and_their_activations(tmp_path: Path) -> None:
    source = layer("InputLayer", "image", batch_input_shape=[None, 8, 8, 3])
    conv = layer("Conv2D", "a", "image", filters=2, kernel_size=3, activation="hard_sigmoid")
    found = look_at_layers(tmp_path, functional(source, conv, layer("Masking", "b", "a"), last="b"))
    assert not any(found.support.missing.values())
    assert not found.support.unknown
    assert found.support.unsure == ("Masking",)


def test_a_layer_that_tfjs_does_not_know() -> None:
    assert support("layers", ["SpatialDropout2D", "activation mystery"]).unknown == (
        "SpatialDropout2D",
        "activation mystery",
    )
