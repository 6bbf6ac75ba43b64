"""How words are built: British beside American, medical prefixes before a known word."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

#: British → American. The dictionary is American; reports from elsewhere are not wrong for that.
_BRITISH = (
    ("ae", "e"),
    ("oe", "e"),
    ("our", "or"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("ises", "izes"),
    ("ise", "ize"),
    ("yse", "yze"),
    ("ysing", "yzing"),
    ("centre", "center"),
    ("metre", "meter"),
    ("litre", "liter"),
    ("fibre", "fiber"),
    ("calibre", "caliber"),
    ("lling", "ling"),
    ("lled", "led"),
    ("grey", "gray"),
    ("mould", "mold"),
    ("sulph", "sulf"),
    ("programme", "program"),
)
_PLURALS = (
    ("ies", ("y",)),
    ("es", ("is", "")),
    ("s", ("",)),
    ("ae", ("a",)),
    ("ia", ("ium",)),
    ("omata", ("oma",)),
)
_MEDICAL = """
    ante anti arterio auto bi bronchio broncho cardio cerebro cholangio choledocho circum costo
    cranio cysto dorso endo epi extra femoro gastro glosso haemo hemi hemo hepato hyper hypo
    ileo iliac ilio immuno infra inter intra intro juxta lympho macro mal medio mega mesio meta
    micro mid mono multi musculo myelo myo neo nephro neuro non osteo oto over para patello
    peri phlebo pleuro pneumo poly post pre pseudo psoas pyelo radio re retro sacro semi spino
    sterno sub super supra temporo thoraco thrombo tibio trans tri ultra un under uni uretero
    vaso veno ventro vertebro vesico
"""
#: The longest that fits is taken first.
_PREFIXES = tuple(sorted(_MEDICAL.split(), key=len, reverse=True))
#: A shorter remainder would make a word of almost any letters.
_LEAST_REMAINDER = 5


def without_accents(word: str) -> str:
    """`Ménière` → `Meniere`."""
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def american(word: str) -> Iterator[str]:
    """The word with one British habit, or all of them, spelt the American way."""
    every = word
    for british, other in _BRITISH:
        if british in word:
            yield word.replace(british, other)
            every = every.replace(british, other)
    if every != word:
        yield every


def singular(word: str) -> Iterator[str]:
    """What a word may be the plural of, the Latin and Greek ways too."""
    for ending, others in _PLURALS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            for other in others:
                yield word[: -len(ending)] + other


def is_built(word: str, known: Callable[[str], bool]) -> bool:
    """Whether it is a medical prefix, alone or before a known word: `perihilar`."""
    if word in _PREFIXES:
        return True  # before a hyphen
    for prefix in _PREFIXES:
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) >= _LEAST_REMAINDER and known(rest):
            return True
    return False


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, delete, replace or exchange with their neighbour; most + 1 where more.

    Optimal string alignment (Boytsov, ACM J. Exp. Algorithmics 16, 2011, section 2.2).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, row = row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before = last
    return min(row[-1], most + 1)
