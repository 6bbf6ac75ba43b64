"""Phrases that are likelier than the engine thinks: a bonus for each token that continues one.

The phrases form a trie over tokens with suffix links (Aho and Corasick, CACM 18(6), 1975). While a
hypothesis walks down the trie it collects a bonus; when it leaves without having finished a phrase
it gives back what it collected (shallow fusion with deep biasing: Le et al., Interspeech 2021,
section 2.2).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Moves:
    """Where a hypothesis may go from one node: for each token its bonus and the node behind it;
    `otherwise` is the (never positive) bonus of every other token, which leads to the root."""

    tokens: NDArray[np.int64]
    bonus: NDArray[np.float32]
    nodes: NDArray[np.int64]
    otherwise: float


class PhraseBias:
    """A trie of token sequences. Node 0 is the root; a phrase is a sequence of words of tokens.

    What a whole word gained stays, also where the phrase goes on otherwise: otherwise phrases would
    be written to their end though nobody said it ("right lower lobe" for "right lobe").

    `boost`: nats that a token gains deep inside a phrase; `first`: the share that its first token
    gains. A first token is mostly an ordinary word, and the same one begins many phrases.
    """

    def __init__(
        self, phrases: Iterable[Sequence[Sequence[int]]], boost: float = 2.5, first: float = 0.1
    ) -> None:
        self._children: list[dict[int, int]] = [{}]
        self._end = [False]
        self._depth = [0]
        for phrase in phrases:
            self._add(phrase)
        self._gain = [
            0.0 if depth == 0 else boost * (first if depth == 1 else min(1.5, 0.5 * depth))
            for depth in self._depth
        ]
        count = len(self._children)
        self._total = [0.0] * count
        self._kept = [0.0] * count
        self._suffix = [0] * count
        self._link()
        self._moves: dict[int, Moves] = {}

    def __bool__(self) -> bool:
        return len(self._children) > 1

    def _add(self, phrase: Sequence[Sequence[int]]) -> None:
        node = 0
        for word in phrase:
            for token in word:
                child = self._children[node].get(token)
                if child is None:
                    child = len(self._children)
                    self._children[node][token] = child
                    self._children.append({})
                    self._end.append(False)
                    self._depth.append(self._depth[node] + 1)
                node = child
            if node:
                self._end[node] = True

    def _link(self) -> None:
        waiting = deque([0])
        while waiting:
            node = waiting.popleft()
            for token, child in self._children[node].items():
                suffix = self._suffix[node]
                while suffix and token not in self._children[suffix]:
                    suffix = self._suffix[suffix]
                found = self._children[suffix].get(token, 0)
                self._suffix[child] = found if found != child else 0
                self._total[child] = self._total[node] + self._gain[child]
                stays = self._total[child] if self._end[child] else self._kept[node]
                self._kept[child] = max(stays, self._kept[self._suffix[child]])
                waiting.append(child)

    def moves(self, node: int) -> Moves:
        """What the next token is worth from a node."""
        if node not in self._moves:
            self._moves[node] = self._work_out(node)
        return self._moves[node]

    def _work_out(self, start: int) -> Moves:
        held: dict[int, tuple[float, int]] = {}
        total, kept = self._total[start], self._kept[start]
        node = start
        while True:
            carried = 0.0 if node == start else max(kept, self._total[node]) - total
            for token, child in self._children[node].items():
                held.setdefault(token, (carried + self._gain[child], child))
            if node == 0:
                break
            node = self._suffix[node]
        return Moves(
            np.fromiter(held, np.int64, len(held)),
            np.fromiter((gain for gain, _ in held.values()), np.float32, len(held)),
            np.fromiter((child for _, child in held.values()), np.int64, len(held)),
            kept - total,
        )
