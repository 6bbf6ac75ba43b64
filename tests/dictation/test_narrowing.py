"""Weights of 8 bits that stay so: the same products, by onnxruntime and by numpy."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from workstation.dictation import onnx_bytes as onnx
from workstation.dictation.narrowing import narrowed

RANDOM = np.random.default_rng(4)
ROWS, COLUMNS = 70, 24
WEIGHTS = RANDOM.integers(-128, 128, (ROWS, COLUMNS), dtype=np.int8)
SCALE, ZERO = 0.02, -7
WIDE = (WEIGHTS.astype(np.float32) - ZERO) * np.float32(SCALE)

_GRAPH_INPUT, _OPSETS, _IR_VERSION = 11, 8, 1
_FLOAT, _BOOL, _INT8 = 1, 9, 3


def tensor(name: str, kind: int, values: np.ndarray) -> bytes:
    made = b"".join(onnx.numbered(onnx.TENSOR_DIMS, size) for size in values.shape)
    made += onnx.numbered(onnx.TENSOR_TYPE, kind)
    made += onnx.wrapped(onnx.TENSOR_NAME, name.encode())
    return onnx.wrapped(
        onnx.GRAPH_INITIALIZER, made + onnx.wrapped(onnx.TENSOR_RAW, values.tobytes())
    )


def node(kind: str, inputs: str, output: str, attributes: bytes = b"") -> bytes:
    made = b"".join(onnx.wrapped(onnx.NODE_INPUT, each.encode()) for each in inputs.split())
    made += onnx.wrapped(onnx.NODE_OUTPUT, output.encode())
    made += onnx.wrapped(onnx.NODE_TYPE, kind.encode())
    return onnx.wrapped(onnx.GRAPH_NODE, made + attributes)


def value(where: int, name: str, kind: int, sizes: tuple[int, ...]) -> bytes:
    shape = b"".join(onnx.wrapped(1, onnx.numbered(1, size)) for size in sizes)
    of = onnx.wrapped(1, onnx.numbered(1, kind) + onnx.wrapped(2, shape))
    return onnx.wrapped(where, onnx.wrapped(1, name.encode()) + onnx.wrapped(2, of))


def attribute(name: str, kind: int, content: bytes) -> bytes:
    made = onnx.wrapped(onnx.ATTRIBUTE_NAME, name.encode()) + content
    return onnx.wrapped(onnx.NODE_ATTRIBUTE, made + onnx.numbered(onnx.ATTRIBUTE_TYPE, kind))


def branch(name: str, *nodes: bytes, columns: int) -> bytes:
    inside = b"".join(nodes) + onnx.wrapped(onnx.GRAPH_NAME, name.encode())
    inside += value(onnx.GRAPH_OUTPUT, f"{name}_out", _FLOAT, (3, columns))
    return attribute(name, 5, onnx.wrapped(onnx.ATTRIBUTE_GRAPH, inside))


def model(bias: float = -ZERO * SCALE) -> bytes:
    """A choice between x · W · Wᵀ and the negative of it, W of 8 bits as in the base decoder."""
    product = (node("MatMul", "x wide", "a"), node("Transpose", "wide", "turned"))
    last = ("MatMul", "a turned")
    graph = b"".join(
        (
            tensor("q", _INT8, WEIGHTS),
            tensor("scale", _FLOAT, np.array([SCALE], np.float32)),
            tensor("bias", _FLOAT, np.array([bias], np.float32)),
            node("Cast", "q", "c", attribute("to", 2, onnx.numbered(3, _FLOAT))),
            node("Mul", "c scale", "m"),
            node("Add", "m bias", "wide"),
            node(
                "If",
                "way",
                "out",
                branch("then_branch", *product, node(*last, "then_branch_out"), columns=ROWS)
                + branch(
                    "else_branch",
                    *product,
                    node(*last, "b"),
                    node("Neg", "b", "else_branch_out"),
                    columns=ROWS,
                ),
            ),
            onnx.wrapped(onnx.GRAPH_NAME, b"test"),
            value(_GRAPH_INPUT, "x", _FLOAT, (3, ROWS)),
            value(_GRAPH_INPUT, "way", _BOOL, (1,)),
            value(onnx.GRAPH_OUTPUT, "out", _FLOAT, (3, ROWS)),
        )
    )
    opsets = (
        onnx.wrapped(_OPSETS, onnx.wrapped(1, domain) + onnx.numbered(2, version))
        for domain, version in ((b"", 14), (b"com.microsoft", 1))
    )
    return b"".join((onnx.numbered(_IR_VERSION, 8), *opsets, onnx.wrapped(onnx.MODEL_GRAPH, graph)))


def run(content: bytes, values: np.ndarray, *, way: bool) -> np.ndarray:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run(None, {"x": values, "way": np.array([way])})[0]
    return found


@pytest.mark.parametrize("way", [True, False])
def test_the_products_are_those_of_the_wide_weights(way: bool) -> None:
    values = RANDOM.normal(0, 1, (3, ROWS)).astype(np.float32)
    wanted = (values @ WIDE @ WIDE.T) * (1 if way else -1)
    assert run(model(), values, way=way) == pytest.approx(wanted, rel=1e-3, abs=1e-3)
    made = narrowed(model())
    assert made.count(b"MatMulNBits") == 4
    # Each value is rounded to 1 of 127 steps of the largest in its block.
    error = run(made, values, way=way) - wanted
    assert np.abs(error).max() < 0.02 * np.abs(wanted).max()


def test_the_wide_weights_are_gone() -> None:
    made = narrowed(model())
    assert b"Cast" in model()
    assert b"Cast" not in made
    assert b"Transpose" not in made


def test_weights_that_8_bits_do_not_hold_stay_as_they_are() -> None:
    """A bias of half a step: there is no whole number that means 0."""
    odd = model(bias=0.5 * SCALE)
    assert b"MatMulNBits" not in narrowed(odd)
    values = RANDOM.normal(0, 1, (3, ROWS)).astype(np.float32)
    assert np.array_equal(run(odd, values, way=True), run(narrowed(odd), values, way=True))
