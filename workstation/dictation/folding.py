"""Rewrites a model in ORT format as ONNX, so that onnxruntime can prepare its weights once.

The base decoder comes with 8-bit weights in ORT format. onnxruntime applies no constant folding to
that format, and so widens every weight again for each token: 50 ms a step. As ONNX the same graph
takes 10 ms. onnxruntime itself writes the ONNX file; the format keeps no names of graphs, and ONNX
asks for one (onnx.proto, GraphProto.name), so that they are put in here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import onnxruntime

#: Field numbers of onnx.proto (ONNX IR version 3 and later).
_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_NAME = 1, 2
_NODE_ATTRIBUTE = 5
_ATTRIBUTE_GRAPH = 6


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
        shift += 7


def _as_varint(value: int) -> bytes:
    made = bytearray()
    while True:
        low, value = value & 0x7F, value >> 7
        made.append(low | (0x80 if value else 0))
        if not value:
            return bytes(made)


def _fields(data: bytes) -> Iterator[tuple[int, bytes | None, bytes]]:
    """(field number, content of a length-delimited field or None, the field as it stands)."""
    at = 0
    while at < len(data):
        start = at
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 2:
            length, at = _varint(data, at)
            yield key >> 3, data[at : at + length], data[start : at + length]
            at += length
            continue
        at = _varint(data, at)[1] if kind == 0 else at + {1: 8, 5: 4}[kind]
        yield key >> 3, None, data[start:at]


def _wrapped(number: int, content: bytes) -> bytes:
    return _as_varint(number << 3 | 2) + _as_varint(len(content)) + content


def _graph(data: bytes) -> bytes:
    parts, named = [], False
    for number, content, raw in _fields(data):
        if number == _GRAPH_NAME:
            named = named or bool(content)
            if content:
                parts.append(raw)
        elif number == _GRAPH_NODE and content is not None:
            parts.append(_wrapped(number, _node(content)))
        else:
            parts.append(raw)
    if not named:
        parts.append(_wrapped(_GRAPH_NAME, b"graph"))
    return b"".join(parts)


def _node(data: bytes) -> bytes:
    return b"".join(
        _wrapped(number, _attribute(content))
        if number == _NODE_ATTRIBUTE and content is not None
        else raw
        for number, content, raw in _fields(data)
    )


def _attribute(data: bytes) -> bytes:
    return b"".join(
        _wrapped(number, _graph(content))
        if number == _ATTRIBUTE_GRAPH and content is not None
        else raw
        for number, content, raw in _fields(data)
    )


def named(model: bytes) -> bytes:
    """An ONNX model in which every graph has a name."""
    return b"".join(
        _wrapped(number, _graph(content)) if number == _MODEL_GRAPH and content is not None else raw
        for number, content, raw in _fields(model)
    )


def to_onnx(source: Path) -> bytes:
    """A model in ORT format as ONNX; whatever onnxruntime raises where it cannot be read."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "model.onnx"
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.optimized_model_filepath = str(written)
        options.add_session_config_entry("session.save_model_format", "ONNX")
        onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
        return named(written.read_bytes())
