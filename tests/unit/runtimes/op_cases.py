"""All cases of ops; as a script, what `scripts/tfjs-ops.cjs` reads."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import numpy as np
import op_cases_images as images
import op_cases_pieces as pieces
from op_case import (
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    Case,
    Fed,
    Held,
    Input,
    case,
    chain,
    floats,
    held,
    job,
    kind,
    scalar,
    whole,
)

WIDE = np.array([-70000.7, -300.7, -129, -1.5, -0.5, 0, 0.5, 1.5, 127.6, 255.4, 300.2, 70000.7], np.float32)
ODD = np.array([np.nan, np.inf, -np.inf, 0, 1, -1], np.float32)
LARGE = np.array([-1000, -100, -50, -20, 20, 50, 88, 100, 1000], np.float32)
NUMBERS = np.array([[-2.5, -1.5, -1, -0.75, -0.5, -0.1], [0, 0.1, 0.5, 1, 1.5, 2.5]], np.float32)
LEFT = np.array([[-7, -5, 5, 7], [0, 3, -3, 9], [1, -1, 2, 0]], np.int32)
RIGHT = np.array([[3, -3, -3, 3], [2, 2, 2, 4], [3, -3, 5, 5]], np.int32)
TIES = np.array([[1, 3, 3, 0], [2, 2, 0, 0]], np.float32)

UNARY = (
    "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Cos", "Cosh", "Elu", "Erf", "Exp",
    "Expm1", "Floor", "Identity", "IsFinite", "IsInf", "IsNan", "LeakyRelu", "Log", "Log1p", "LogSoftmax",
    "Neg", "OnesLike", "Reciprocal", "Relu", "Relu6", "Round", "Rsqrt", "Selu", "Sigmoid", "Sign", "Sin",
    "Sinh", "Snapshot", "Softmax", "Softplus", "Sqrt", "Square", "StopGradient", "Tan", "Tanh", "ZerosLike",
)  # fmt: skip
OF_INTEGERS = ("Abs", "Identity", "Neg", "OnesLike", "Relu", "Relu6", "Round", "Sign", "Square", "ZerosLike")
BINARY = (
    "Add", "AddV2", "Atan2", "Div", "DivNoNan", "Equal", "FloorDiv", "FloorMod", "Greater", "GreaterEqual", "Less",
    "LessEqual", "Maximum", "Minimum", "Mod", "Mul", "NotEqual", "Pow", "RealDiv", "SquaredDifference", "Sub",
)  # fmt: skip
NOT_OF_INTEGERS = ("Atan2", "DivNoNan", "Pow")


def casts() -> Iterator[Case]:
    """To every type, and back."""
    for name in ("BFLOAT16", "BOOL", "DOUBLE", "HALF", "INT16", "INT32", "INT64", "INT8", "UINT16", "UINT32", "UINT8"):
        there, back = {"SrcT": FLOAT, "DstT": kind(name)}, {"SrcT": kind(name), "DstT": INT}
        yield case(name, "Cast", WIDE, **there)
        yield chain(f"Cast_{name}_back", {"x": WIDE}, [("c", "Cast", ["x"], there), ("y", "Cast", ["c"], back)])
    for name in ("HALF", "INT8", "UINT8"):
        there, both = {"SrcT": FLOAT, "DstT": kind(name)}, {"T": kind(name)}
        yield chain(f"Cast_{name}_product", {"x": WIDE}, [("c", "Cast", ["x"], there), ("y", "Mul", ["c", "c"], both)])
    picture = Fed(np.array([[0, 1, 200, 255]], np.int32), "DT_UINT8")
    yield case("bytes", "AddV2", picture, picture, T=kind("UINT8"))
    yield chain(
        "Cast_picture",
        {"x": picture},
        [("c", "Cast", ["x"], {"SrcT": kind("UINT8"), "DstT": FLOAT}), ("y", "Square", ["c"], {"T": FLOAT})],
    )


def unary() -> Iterator[Case]:
    """Ops on each number by itself."""
    for op in UNARY:
        yield case("floats", op, NUMBERS)
        if op not in ("Sign", "Tan", "Cos", "Sin"):
            yield case("odd", op, ODD)
    for op in ("Asinh", "Cosh", "Elu", "Erf", "Exp", "Expm1", "Sigmoid", "Sinh", "Softmax", "Softplus", "Tanh"):
        yield case("large", op, LARGE)
    for op in OF_INTEGERS:
        yield case("integers", op, whole(2, 5))
    for alpha in (-0.5, 0.0, 0.3, 1.5):
        yield case(f"{alpha}", "LeakyRelu", NUMBERS, alpha={"f": alpha})
    for shape in ((), (1,), (6,), (2, 6)):
        yield case("x".join(map(str, shape)), "Prelu", NUMBERS, Held(floats(*shape)))
    yield case("map", "Prelu", floats(1, 3, 3, 2), Held(floats(3, 3, 2)))
    yield case("floats", "ClipByValue", NUMBERS, scalar(-1.0), scalar(1.0))
    yield case("integers", "ClipByValue", LEFT, scalar(-3), scalar(4))
    yield case("plain", "LogicalNot", LEFT > 0)


def binary() -> Iterator[Case]:
    """Ops on pairs of numbers."""
    for op in BINARY:
        yield case("floats", op, floats(3, 4), floats(3, 4, salt=5))
        yield case("broadcast", op, floats(2, 1, 3), floats(4, 1))
        yield case("vector", op, floats(3, 4), Held(floats(4)))
        if op not in NOT_OF_INTEGERS:
            yield case("integers", op, LEFT, RIGHT)
    for op in ("Equal", "Greater", "LessEqual", "Maximum", "Minimum", "NotEqual"):
        yield case("odd", op, ODD, scalar(0.5))
    for op in ("LogicalAnd", "LogicalOr"):
        yield case("broadcast", op, LEFT > 0, RIGHT[:1] > 0)
    yield case("three", "AddN", LEFT, RIGHT, LEFT, N={"i": "3"})
    yield case("last", "BiasAdd", floats(1, 2, 2, 3), held(0.5, 1.0, 2.0))
    for op, which in (("Select", LEFT > 0), ("Select", np.array(True)), ("SelectV2", LEFT[:, :1] > 0)):
        yield case("x".join(map(str, which.shape)), op, which, floats(3, 4), floats(3, 4, salt=5), T=FLOAT)
    yield case("columns", "Select", np.array([True, False, True]), floats(3, 3), floats(3, 3, salt=9), T=FLOAT)
    yield case("integers", "BitwiseAnd", LEFT, RIGHT)


def reductions() -> Iterator[Case]:
    """Ops that make fewer numbers of many."""
    for op in ("Max", "Mean", "Min", "Prod", "Sum"):
        for name, array in (("floats", floats(2, 3, 2)), ("integers", whole(2, 3, 2, low=-4, high=4))):
            yield case(f"{name}_first", op, array, scalar(0))
            yield case(f"{name}_last", op, array, held(-1))
            yield case(f"{name}_kept", op, array, held(0, 2), keep_dims={"b": True})
            yield case(f"{name}_none", op, array, Held(np.zeros(0, np.int32)))
    for op in ("All", "Any"):
        yield case("rows", op, LEFT > 0, held(1))
    for name, axes in (("rows", held(1)), ("both", held(0, 1)), ("none", Held(np.zeros(0, np.int32)))):
        yield case(name, "EuclideanNorm", floats(2, 3), axes)
    yield case("three", "EuclideanNorm", floats(2, 3, 2), held(0, 1, 2))
    yield case("integers", "EuclideanNorm", whole(2, 3), held(1))
    for op in ("ArgMax", "ArgMin"):
        yield case("ties", op, TIES, scalar(1), output_type=kind("INT64"))
        yield case("last", op, floats(1, 2, 2, 3), scalar(-1))
        yield case("integers", op, whole(2, 5), scalar(0), output_type=INT)
    for op in ("Cumprod", "Cumsum"):
        for axis in (-1, 0, 1):
            for how in ((), ("exclusive",), ("reverse",), ("exclusive", "reverse")):
                attrs = {name: {"b": name in how} for name in ("exclusive", "reverse")}
                yield case("_".join((str(axis), *how)), op, floats(2, 3, 2), scalar(axis), **attrs)
    counted, weights = np.array([0, 1, 1, 3, 2], np.int32), Held(floats(5))
    for once in (False, True):
        yield case(
            f"{once}", "DenseBincount", counted, scalar(5), weights, T=FLOAT, Tidx=INT, binary_output={"b": once}
        )
        rows = whole(2, 4, low=0, high=5), scalar(5), Held(np.zeros(0, np.float32))
        yield case(f"rows_{once}", "DenseBincount", *rows, T=FLOAT, Tidx=INT, binary_output={"b": once})
    yield case("weights", "Bincount", counted, scalar(5), weights, T=FLOAT)


def others() -> Iterator[Case]:
    """Ops that make numbers, and Fourier transforms."""
    yield case("floats", "Fill", held(2, 3), scalar(1.5), T=FLOAT)
    yield case("down", "LinSpace", scalar(5.0), scalar(-1.0), scalar(4))
    yield case("floats", "Range", scalar(0.0), scalar(1.0), scalar(0.3), Tidx=FLOAT)
    yield case("down", "Range", scalar(5), scalar(0), scalar(-2), Tidx=INT)
    hot = np.array([0, 2, -1, 5, 1], np.int32)
    for axis in (-1, 0, 1):
        yield case(
            f"{axis}", "OneHot", hot, scalar(3), scalar(5.0), scalar(-1.0), T=FLOAT, TI=INT, axis={"i": str(axis)}
        )
    yield case("integers", "OneHot", hot, scalar(3), scalar(1), scalar(0), T=INT, TI=INT)
    yield case("bool", "OneHot", hot, scalar(3), scalar(True), scalar(False), T=BOOL, TI=INT)
    for op in ("Ones", "Zeros"):
        yield case("floats", op, held(2, 3), T=FLOAT)
    for length in (3, 4, 6, 8):
        transform = {"Treal": FLOAT, "Tcomplex": COMPLEX}
        forward = ("z", "RFFT", ["x", "n"], transform)
        inputs: dict[str, Input] = {"x": floats(2, 6), "n": held(length), "six": held(6)}
        yield chain(f"RFFT_{length}", inputs, [forward, ("y", "ComplexAbs", ["z"], {"T": COMPLEX, "Tout": FLOAT})])
        forward = ("z", "RFFT", ["x", "six"], transform)
        yield chain(f"IRFFT_{length}", inputs, [forward, ("y", "IRFFT", ["z", "n"], transform)])
    for op in ("FFT", "IFFT"):
        parts = [("c", "Complex", ["x", "n"], {"T": FLOAT, "Tout": COMPLEX}), ("z", op, ["c"], {"Tcomplex": COMPLEX})]
        for part in ("Imag", "Real"):
            end = ("y", part, ["z"], {"T": COMPLEX, "Tout": FLOAT})
            yield chain(f"{op}_{part}", {"x": floats(3, 4), "n": floats(3, 4, salt=5)}, [*parts, end])


def all_cases() -> list[Case]:
    """Every case, each label once."""
    return [
        *casts(),
        *unary(),
        *binary(),
        *reductions(),
        *others(),
        *images.convolutions(),
        *images.fused(),
        *images.pools(),
        *images.norms(),
        *images.resized(),
        *pieces.products(),
        *pieces.suppressions(),
        *pieces.slices(),
        *pieces.rearranged(),
    ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps([job(made) for made in all_cases()]))
