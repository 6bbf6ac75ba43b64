"""Leaves the 8-bit weights of a decoder as they are while it works.

The base decoder comes with weights of 8 bits, each worth `q * scale + bias`, which onnxruntime
widens to 32 bits when the model is loaded: to read 140 MB is most of a step then. Its
operator MatMulNBits (onnxruntime, ContribOperators.md) multiplies by weights of 8 bits instead. The
weights stay what they are, since each bias is a whole multiple of its scale; the values that they
are multiplied by are rounded to 8 bits in blocks of 32. What that costs and saves:
`python -m tests.bench.narrowing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.dictation import onnx_bytes as onnx
from workstation.dictation.onnx_bytes import Bytes

#: Weights that share a scale and values that are rounded together.
_BLOCK = 32
#: MatMulNBits, accuracy_level: the values are rounded to 8 bits.
_ROUNDED_VALUES = 4
_INT8, _FLOAT, _UINT8 = 3, 1, 2
_ATTRIBUTE_IS_INT = 2


@dataclass(frozen=True, slots=True)
class _Node:
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    kind: str

    @classmethod
    def of(cls, data: Bytes) -> _Node:
        inputs, outputs, kind = [], [], ""
        for number, content, _ in onnx.fields(data):
            if number == onnx.NODE_INPUT and content is not None:
                inputs.append(str(content, "utf-8"))
            elif number == onnx.NODE_OUTPUT and content is not None:
                outputs.append(str(content, "utf-8"))
            elif number == onnx.NODE_TYPE and content is not None:
                kind = str(content, "utf-8")
        return cls(tuple(inputs), tuple(outputs), kind)


@dataclass(frozen=True, slots=True)
class _Weight:
    """(rows, columns) int8, each worth `(value - zero) * scale`."""

    values: NDArray[np.int8]
    scale: float
    zero: int


def _tensor(data: Bytes) -> tuple[str, int, tuple[int, ...], Bytes]:
    """Name, type, shape and content (little-endian) of a TensorProto."""
    name, kind = "", 0
    raw: Bytes = b""
    shape: list[int] = []
    for number, content, field in onnx.fields(data):
        if number == onnx.TENSOR_NAME and content is not None:
            name = str(content, "utf-8")
        elif number == onnx.TENSOR_TYPE:
            kind = onnx.number_of(field)
        elif number == onnx.TENSOR_DIMS:
            if content is None:
                shape.append(onnx.number_of(field))
            else:
                at = 0
                while at < len(content):
                    each, at = onnx.varint(content, at)
                    shape.append(each)
        elif number == onnx.TENSOR_RAW and content is not None:
            raw = content
    return name, kind, tuple(shape), raw


def _as_tensor(name: str, kind: int, values: NDArray[np.generic]) -> bytes:
    made = b"".join(onnx.numbered(onnx.TENSOR_DIMS, each) for each in values.shape)
    made += onnx.numbered(onnx.TENSOR_TYPE, kind) + onnx.wrapped(onnx.TENSOR_NAME, name.encode())
    return made + onnx.wrapped(onnx.TENSOR_RAW, values.tobytes())


def _parts(graph: Bytes, wanted: int) -> Iterator[Bytes]:
    return (
        content
        for number, content, _ in onnx.fields(graph)
        if number == wanted and content is not None
    )


def _weights(graph: Bytes) -> dict[str, _Weight]:
    """Matrices by the name of what Cast, Mul and Add make of them. One whose bias is no whole
    multiple of its scale stays as it is."""
    tensors = {each[0]: each for each in map(_tensor, _parts(graph, onnx.GRAPH_INITIALIZER))}
    by_input: dict[str, _Node] = {}
    for each in map(_Node.of, _parts(graph, onnx.GRAPH_NODE)):
        by_input.update(dict.fromkeys(each.inputs, each))

    def scalar(node: _Node, but: str) -> float | None:
        others = [name for name in node.inputs if name != but]
        if len(others) != 1 or others[0] not in tensors:
            return None
        _, kind, _, raw = tensors[others[0]]
        return float(np.frombuffer(raw, "<f4")[0]) if kind == _FLOAT and len(raw) == 4 else None

    found = {}
    for name, kind, shape, raw in tensors.values():
        chain = []
        at = name
        for wanted in ("Cast", "Mul", "Add"):
            node = by_input.get(at)
            if node is None or node.kind != wanted:
                break
            chain.append((node, at))
            at = node.outputs[0]
        if kind != _INT8 or len(shape) != 2 or len(chain) != 3:
            continue
        scale, bias = scalar(*chain[1]), scalar(*chain[2])
        if not scale or bias is None:
            continue
        zero = round(-bias / scale)
        if abs(zero * scale + bias) < 1e-3 * scale and -128 <= zero <= 127:
            found[at] = _Weight(np.frombuffer(raw, np.int8).reshape(shape), scale, zero)
    return found


class _Narrowing:
    """Rewrites the multiplications of a graph and of those inside it, and holds the weights that
    they take then."""

    def __init__(self, weights: dict[str, _Weight]) -> None:
        self._weights = weights
        #: packed weights by the name of their first part
        self.tensors: dict[str, list[Bytes]] = {}
        self._shapes: dict[str, tuple[int, int]] = {}

    def nodes(self, graph: Bytes) -> list[Bytes]:
        """The nodes of a graph; turned weights that nobody takes any more are left out."""
        held = [(each, _Node.of(each)) for each in _parts(graph, onnx.GRAPH_NODE)]
        turned = {
            node.outputs[0]: node.inputs[0]
            for _, node in held
            if node.kind == "Transpose" and node.inputs[0] in self._weights
        }
        made: list[Bytes] = []
        for data, node in held:
            if node.kind == "MatMul" and node.inputs[1] in self._weights:
                made.append(self._product(data, node, node.inputs[1], turn=False))
            elif node.kind == "MatMul" and node.inputs[1] in turned:
                made.append(self._product(data, node, turned[node.inputs[1]], turn=True))
            else:
                made.append(self._inside(data))
        taken = {name for each in made for name in _taken(each)} | set(_results(graph))
        return [each for each in made if not (set(_Node.of(each).outputs) & set(turned) - taken)]

    def _inside(self, node: Bytes) -> bytes:
        return b"".join(
            onnx.wrapped(number, self._attribute(content))
            if number == onnx.NODE_ATTRIBUTE and content is not None
            else raw
            for number, content, raw in onnx.fields(node)
        )

    def _attribute(self, attribute: Bytes) -> bytes:
        return b"".join(
            onnx.wrapped(number, _with_nodes(content, self.nodes(content)))
            if number == onnx.ATTRIBUTE_GRAPH and content is not None
            else raw
            for number, content, raw in onnx.fields(attribute)
        )

    def _product(self, data: Bytes, node: _Node, weight: str, *, turn: bool) -> bytes:
        name = f"{weight}.{'turned' if turn else 'narrow'}"
        if name not in self.tensors:
            held = self._weights[weight]
            self._pack(name, held, held.values.T if turn else held.values)
        rows, columns = self._shapes[name]
        inputs = (node.inputs[0], name, f"{name}.scale", f"{name}.zero")
        whole = {"K": rows, "N": columns, "bits": 8, "block_size": _BLOCK}
        made: list[Bytes] = [onnx.wrapped(onnx.NODE_INPUT, each.encode()) for each in inputs]
        made += [raw for number, _, raw in onnx.fields(data) if number == onnx.NODE_OUTPUT]
        made += [raw for number, _, raw in onnx.fields(data) if number == onnx.NODE_NAME]
        made.append(onnx.wrapped(onnx.NODE_TYPE, b"MatMulNBits"))
        made.append(onnx.wrapped(onnx.NODE_DOMAIN, b"com.microsoft"))
        for key, value in (*whole.items(), ("accuracy_level", _ROUNDED_VALUES)):
            attribute = onnx.wrapped(onnx.ATTRIBUTE_NAME, key.encode())
            attribute += onnx.numbered(onnx.ATTRIBUTE_INT, value)
            attribute += onnx.numbered(onnx.ATTRIBUTE_TYPE, _ATTRIBUTE_IS_INT)
            made.append(onnx.wrapped(onnx.NODE_ATTRIBUTE, attribute))
        return b"".join(made)

    def _pack(self, name: str, held: _Weight, values: NDArray[np.int8]) -> None:
        """As MatMulNBits takes them: (columns, blocks, rows of a block), without a sign."""
        rows, columns = self._shapes[name] = (values.shape[0], values.shape[1])
        blocks = -(-rows // _BLOCK)
        packed = np.full((columns, blocks * _BLOCK), held.zero + 128, np.uint8)
        # Adding 128 to a number of 8 bits turns its highest bit.
        packed[:, :rows] = values.T.view(np.uint8) ^ 128
        self.tensors[name] = [
            _as_tensor(name, _UINT8, packed.reshape(columns, blocks, _BLOCK)),
            _as_tensor(f"{name}.scale", _FLOAT, np.full(columns * blocks, held.scale, "<f4")),
            _as_tensor(
                f"{name}.zero", _UINT8, np.full(columns * blocks, held.zero + 128, np.uint8)
            ),
        ]


def _results(graph: Bytes) -> Iterator[str]:
    for value in _parts(graph, onnx.GRAPH_OUTPUT):
        yield from (str(name, "utf-8") for name in _parts(value, onnx.VALUE_NAME))


def _taken(node: Bytes) -> Iterator[str]:
    """What a node takes, the graphs inside it included."""
    yield from _Node.of(node).inputs
    for attribute in _parts(node, onnx.NODE_ATTRIBUTE):
        for graph in _parts(attribute, onnx.ATTRIBUTE_GRAPH):
            yield from _results(graph)
            for each in _parts(graph, onnx.GRAPH_NODE):
                yield from _taken(each)


def _with_nodes(graph: Bytes, nodes: list[Bytes]) -> bytes:
    kept = (raw for number, _, raw in onnx.fields(graph) if number != onnx.GRAPH_NODE)
    return b"".join([*(onnx.wrapped(onnx.GRAPH_NODE, each) for each in nodes), *kept])


def _without_unused(nodes: list[Bytes], results: set[str]) -> tuple[list[Bytes], set[str]]:
    """The nodes whose outputs somebody takes, and all that they take."""
    held = [(each, set(_Node.of(each).outputs), set(_taken(each))) for each in nodes]
    while True:
        taken = results.union(*(takes for _, _, takes in held))
        left = [each for each in held if each[1] & taken]
        if len(left) == len(held):
            return [data for data, _, _ in held], taken
        held = left


def narrowed(model: bytes) -> bytes:
    """An ONNX model that multiplies by its 8-bit weights; whatever else it holds stays."""
    (graph,) = _parts(memoryview(model), onnx.MODEL_GRAPH)
    narrowing = _Narrowing(_weights(graph))
    nodes, taken = _without_unused(narrowing.nodes(graph), set(_results(graph)))
    made: list[Bytes] = [onnx.wrapped(onnx.GRAPH_NODE, each) for each in nodes]
    for number, content, raw in onnx.fields(graph):
        unused = (
            number == onnx.GRAPH_INITIALIZER
            and content is not None
            and _tensor(content)[0] not in taken
        )
        if number != onnx.GRAPH_NODE and not unused:
            made.append(raw)
    for tensors in narrowing.tensors.values():
        made += [onnx.wrapped(onnx.GRAPH_INITIALIZER, each) for each in tensors]
    new = b"".join(made)
    return b"".join(
        onnx.wrapped(number, new) if number == onnx.MODEL_GRAPH else raw
        for number, _, raw in onnx.fields(model)
    )
