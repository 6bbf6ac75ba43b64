"""Rewrites a model in ORT format as ONNX, so that onnxruntime can prepare its weights once.

The base decoder comes with 8-bit weights in ORT format. onnxruntime applies no constant folding to
that format, and so widens every weight again for each token: 50 ms a step. As ONNX the same graph
takes 10 ms. onnxruntime itself writes the ONNX file; the format keeps no names of graphs, and ONNX
asks for one (onnx.proto, GraphProto.name), so that they are put in here.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import onnxruntime

from workstation.dictation.onnx_bytes import (
    ATTRIBUTE_GRAPH,
    GRAPH_NAME,
    GRAPH_NODE,
    MODEL_GRAPH,
    NODE_ATTRIBUTE,
    Bytes,
    fields,
    wrapped,
)


def _graph(data: Bytes) -> bytes:
    named = False
    parts: list[Bytes] = []
    for number, content, raw in fields(data):
        if number == GRAPH_NAME:
            named = named or bool(content)
            if content:
                parts.append(raw)
        elif number == GRAPH_NODE and content is not None:
            parts.append(wrapped(number, _node(content)))
        else:
            parts.append(raw)
    if not named:
        parts.append(wrapped(GRAPH_NAME, b"graph"))
    return b"".join(parts)


def _node(data: Bytes) -> bytes:
    return b"".join(
        wrapped(number, _attribute(content))
        if number == NODE_ATTRIBUTE and content is not None
        else raw
        for number, content, raw in fields(data)
    )


def _attribute(data: Bytes) -> bytes:
    return b"".join(
        wrapped(number, _graph(content))
        if number == ATTRIBUTE_GRAPH and content is not None
        else raw
        for number, content, raw in fields(data)
    )


def named(model: bytes) -> bytes:
    """An ONNX model in which every graph has a name."""
    return b"".join(
        wrapped(number, _graph(content)) if number == MODEL_GRAPH and content is not None else raw
        for number, content, raw in fields(model)
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
