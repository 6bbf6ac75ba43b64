"""Messages of onnx.proto as they lie in a file, read and written without the package.

Protocol Buffers, "Encoding": a message is a row of fields, each a key (field number and wire type)
and its content. Field numbers after onnx.proto, ONNX IR version 3 and later.
"""

from __future__ import annotations

from collections.abc import Iterator

MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_NAME, GRAPH_INITIALIZER, GRAPH_OUTPUT = 1, 2, 5, 12
NODE_INPUT, NODE_OUTPUT, NODE_NAME, NODE_TYPE, NODE_ATTRIBUTE, NODE_DOMAIN = 1, 2, 3, 4, 5, 7
ATTRIBUTE_NAME, ATTRIBUTE_INT, ATTRIBUTE_GRAPH, ATTRIBUTE_TYPE = 1, 3, 6, 20
TENSOR_DIMS, TENSOR_TYPE, TENSOR_FLOATS, TENSOR_NAME, TENSOR_RAW = 1, 2, 4, 8, 9
VALUE_NAME = 1

#: A message; parts of a view are views: weights are not copied to be looked at.
Bytes = bytes | memoryview


def varint(data: Bytes, at: int) -> tuple[int, int]:
    """The number that begins at `at`, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
        shift += 7


def as_varint(value: int) -> bytes:
    """A number that is not negative."""
    made = bytearray()
    while True:
        low, value = value & 0x7F, value >> 7
        made.append(low | (0x80 if value else 0))
        if not value:
            return bytes(made)


def fields(data: Bytes) -> Iterator[tuple[int, Bytes | None, Bytes]]:
    """(field number, content of a length-delimited field or None, the field as it stands)."""
    at = 0
    while at < len(data):
        start = at
        key, at = varint(data, at)
        kind = key & 7
        if kind == 2:
            length, at = varint(data, at)
            yield key >> 3, data[at : at + length], data[start : at + length]
            at += length
            continue
        at = varint(data, at)[1] if kind == 0 else at + {1: 8, 5: 4}[kind]
        yield key >> 3, None, data[start:at]


def number_of(field: Bytes) -> int:
    """The number in a field of wire type 0."""
    return varint(field, varint(field, 0)[1])[0]


def wrapped(number: int, content: Bytes) -> bytes:
    """A length-delimited field."""
    return b"".join((as_varint(number << 3 | 2), as_varint(len(content)), content))


def numbered(number: int, value: int) -> bytes:
    """A field of wire type 0."""
    return as_varint(number << 3) + as_varint(value)
