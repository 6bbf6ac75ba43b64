"""The order of text that runs both ways: the implicit part of Unicode Standard Annex 9.

Explicit embeddings, overrides and isolates (rules X1 to X8) are not read: a text that holds them is
refused by `has_controls`. All else follows the annex, with the rules named beside the steps.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_CONTROLS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_NEUTRAL = frozenset({"B", "S", "WS", "ON"})
_STRONG = frozenset({"L", "R", "AL"})


def _pairs() -> dict[str, str]:
    """Opening → closing bracket (BidiBrackets.txt): most stand side by side."""
    found = {"(": ")", "[": "]", "{": "}"}
    for first, behind in (
        (0x0F3A, 0x0F3E),
        (0x169B, 0x169D),
        (0x2045, 0x2047),
        (0x207D, 0x208F),
        (0x2308, 0x230C),
        (0x2329, 0x232B),
        (0x2768, 0x2776),
        (0x27C5, 0x27C7),
        (0x27E6, 0x27F0),
        (0x3008, 0x3012),
        (0x3014, 0x301C),
        (0xFE59, 0xFE5F),
    ):
        for code in range(first, behind):
            opening, closing = chr(code), chr(code + 1)
            if (unicodedata.category(opening), unicodedata.category(closing)) == ("Ps", "Pe"):
                found[opening] = closing
    found |= {"（": "）", "［": "］", "｛": "｝", "｟": "｠", "｢": "｣"}
    return found


_CLOSING = _pairs()
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
#: Canonical equivalents count as the same bracket (BD16).
_SAME = {"〈": "\u2329", "〉": "\u232a"}


@dataclass(frozen=True, slots=True)
class Directions:
    """`base` is 0 for text that begins left, 1 for text that begins right; `levels` has one level a
    character: even ones run right, odd ones left."""

    base: int
    levels: tuple[int, ...]


def has_controls(text: str) -> bool:
    """Whether the text holds explicit embeddings, overrides or isolates."""
    return any(unicodedata.bidirectional(each) in _CONTROLS for each in text)


def base_level(text: str) -> int:
    """1 where the first strong character runs left (P2, P3)."""
    for each in text:
        kind = unicodedata.bidirectional(each)
        if kind in _STRONG:
            return int(kind != "L")
    return 0


def directions(text: str, base: int | None = None) -> Directions:
    """The levels of one paragraph, without explicit controls (ValueError with them)."""
    if has_controls(text):
        raise ValueError("explicit bidirectional controls are not read")
    start = base_level(text) if base is None else base
    original = [unicodedata.bidirectional(each) or "L" for each in text]
    kept = [at for at, kind in enumerate(original) if kind != "BN"]  # X9
    kinds = _weak([original[at] for at in kept], start)
    characters = [text[at] for at in kept]
    held = [original[at] for at in kept]
    kinds = _neutral(_brackets(characters, kinds, held, start), start)
    levels = [start] * len(text)
    for at, kind in zip(kept, kinds, strict=True):
        levels[at] = _implicit(kind, start)
    for at, kind in enumerate(original):
        if kind == "BN":
            levels[at] = levels[at - 1] if at else start
    _reset_blanks(original, levels, start)
    return Directions(start, tuple(levels))


def line_order(levels: Sequence[int], text: str, base: int) -> list[int]:
    """Indices of a line's characters from left to right (L1 for its end, L2)."""
    held = list(levels)
    for at in range(len(text) - 1, -1, -1):
        if unicodedata.bidirectional(text[at]) not in {"WS", "BN", "S", "B"}:
            break
        held[at] = base
    order = list(range(len(held)))
    odd = [level for level in held if level % 2]
    if not odd:
        return order
    for level in range(max(held), min(odd) - 1, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and held[order[end]] >= level:
                end += 1
            if end > at:
                order[at:end] = order[at:end][::-1]
            at = max(end, at + 1)
    return order


def _weak(kinds: list[str], base: int) -> list[str]:
    """W1 to W7."""
    start = "R" if base else "L"
    made: list[str] = []
    for kind in kinds:  # W1
        made.append((made[-1] if made else start) if kind == "NSM" else kind)
    strong = start
    for at, kind in enumerate(made):  # W2
        if kind in _STRONG:
            strong = kind
        elif kind == "EN" and strong == "AL":
            made[at] = "AN"
    made = ["R" if kind == "AL" else kind for kind in made]  # W3
    for at in range(1, len(made) - 1):  # W4
        before, after = made[at - 1], made[at + 1]
        if before == after and (
            (made[at] == "ES" and before == "EN") or (made[at] == "CS" and before in ("EN", "AN"))
        ):
            made[at] = before
    at = 0
    while at < len(made):  # W5
        end = at
        while end < len(made) and made[end] == "ET":
            end += 1
        if end > at:
            touches = (at > 0 and made[at - 1] == "EN") or (end < len(made) and made[end] == "EN")
            if touches:
                made[at:end] = ["EN"] * (end - at)
        at = max(end, at + 1)
    made = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in made]  # W6
    strong = start
    for at, kind in enumerate(made):  # W7
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            made[at] = "L"
    return made


def _brackets(characters: list[str], kinds: list[str], original: list[str], base: int) -> list[str]:
    """N0: both brackets of a pair take one direction."""
    made = list(kinds)
    own = "R" if base else "L"
    for opened, closed in _bracket_pairs(characters, kinds):
        inside = {_strong_of(made[at]) for at in range(opened + 1, closed)} - {""}
        if own in inside:
            direction = own
        elif inside:
            before = next(
                (_strong_of(made[at]) for at in range(opened - 1, -1, -1) if _strong_of(made[at])),
                own,
            )
            direction = before if before != own else own
        else:
            continue
        for at in (opened, closed):
            made[at] = direction
            # Marks that combine with the bracket follow it.
            behind = at + 1
            while behind < len(made) and original[behind] == "NSM":
                made[behind] = direction
                behind += 1
    return made


def _bracket_pairs(characters: list[str], kinds: list[str]) -> list[tuple[int, int]]:
    """BD16, with its stack of 63."""
    stack: list[tuple[str, int]] = []
    found: list[tuple[int, int]] = []
    for at, each in enumerate(characters):
        if kinds[at] != "ON":
            continue
        if each in _CLOSING:
            if len(stack) == 63:
                return []
            stack.append((_same(_CLOSING[each]), at))
        elif each in _OPENING:
            wanted = _same(each)
            for depth in range(len(stack) - 1, -1, -1):
                if stack[depth][0] == wanted:
                    found.append((stack[depth][1], at))
                    del stack[depth:]
                    break
    return sorted(found)


def _same(bracket: str) -> str:
    return _SAME.get(bracket, bracket)


def _strong_of(kind: str) -> str:
    """Numbers count as R here (N0, N1)."""
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(kind, "")


def _neutral(kinds: list[str], base: int) -> list[str]:
    """N1 and N2."""
    own = "R" if base else "L"
    made = list(kinds)
    at = 0
    while at < len(made):
        end = at
        while end < len(made) and made[end] in _NEUTRAL:
            end += 1
        if end > at:
            before = _strong_of(made[at - 1]) if at else own
            after = _strong_of(made[end]) if end < len(made) else own
            made[at:end] = [before if before == after else own] * (end - at)
        at = max(end, at + 1)
    return made


def _implicit(kind: str, base: int) -> int:
    """I1 and I2."""
    if base % 2 == 0:
        return base + {"L": 0, "R": 1, "AN": 2, "EN": 2}[kind]
    return base + {"L": 1, "R": 0, "AN": 1, "EN": 1}[kind]


def _reset_blanks(kinds: list[str], levels: list[int], base: int) -> None:
    """L1, for the whole paragraph."""
    reset = True
    for at in range(len(kinds) - 1, -1, -1):
        if kinds[at] in ("S", "B"):
            levels[at], reset = base, True
        elif kinds[at] in ("WS", "BN"):
            if reset:
                levels[at] = base
        else:
            reset = False
