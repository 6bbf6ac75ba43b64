"""Byte-pair tokens of the Moonshine models, from the vocabulary and merges of tokenizer.json.

Encoding: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", ACL 2016,
section 3.2; a space is written ▁ and belongs to the word behind it, and a character that is not in
the vocabulary becomes its UTF-8 bytes as <0xNN>.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

_SPACE = "▁"
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")

START, END = 1, 2


class Tokens:
    """Text to token numbers and back."""

    def __init__(self, tokenizer_json: Path) -> None:
        held = json.loads(tokenizer_json.read_text(encoding="utf-8"))
        self._number: dict[str, int] = held["model"]["vocab"]
        self._text: dict[int, str] = {number: text for text, number in self._number.items()}
        merges = held["model"]["merges"]
        pairs = (
            tuple(each.split(" ")) if isinstance(each, str) else tuple(each) for each in merges
        )
        self._rank = {pair: rank for rank, pair in enumerate(pairs)}
        self._known: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._number)

    def encode(self, text: str) -> list[int]:
        """Token numbers of a text whose words are separated by single spaces."""
        found: list[int] = []
        for word in text.split():
            if word not in self._known:
                self._known[word] = tuple(self._word(_SPACE + word))
            found.extend(self._known[word])
        return found

    def _word(self, word: str) -> Iterable[int]:
        parts = list(word)
        while len(parts) > 1:
            ranked = [
                (self._rank.get((parts[at], parts[at + 1]), len(self._rank)), at)
                for at in range(len(parts) - 1)
            ]
            rank, at = min(ranked)
            if rank == len(self._rank):
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        for part in parts:
            if part in self._number:
                yield self._number[part]
            else:
                yield from (self._number[f"<0x{byte:02X}>"] for byte in part.encode())

    def begins_word(self, number: int) -> bool:
        """Whether a token begins a new word."""
        return self._text.get(number, "").startswith(_SPACE)

    def decode(self, numbers: Iterable[int]) -> str:
        """The text of token numbers; control tokens are left out."""
        raw = bytearray()
        for number in numbers:
            text = self._text.get(number, "")
            if number <= END or not text:
                continue
            byte = _BYTE.fullmatch(text)
            raw += bytes([int(byte[1], 16)]) if byte else text.replace(_SPACE, " ").encode()
        return raw.decode("utf-8", "replace").strip()
