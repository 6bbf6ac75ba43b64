"""How quick a decoder is on this machine, measured when it is loaded, and which one is taken."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from workstation.dictation.engines import Recipe, TimedDecoder
from workstation.dictation.live import FINAL_BEAMS

#: What a decoder is timed with: a sentence of this length, of so many tokens.
_TIMED_SECONDS, _TIMED_TOKENS = 5.0, 24
#: A slower model is given up for a quicker one, where its use was not asked for by name.
PLEASANT_SECONDS = 0.9
#: Slower than this nobody waits for it.
BEARABLE_SECONDS = 3.0
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Pace:
    """`sentence`: seconds until a sentence of 5 s is written; `cpu`: seconds of processor time for
    each second of speech."""

    sentence: float
    cpu: float

    def __post_init__(self) -> None:
        if self.sentence < 0 or self.cpu < 0:
            raise ValueError("nothing is written before it was said")

    @property
    def words(self) -> str:
        """As a reader is told."""
        return (
            f"{self.sentence:.1f} s for a sentence on this machine"
            f" ({self.cpu:.2f} s of processor time for each second of speech)"
        )


def pace_of(decoder: TimedDecoder) -> Pace:
    """The better of two tries: the first one also warms up."""
    best: Pace | None = None
    for _ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        decoder.measure(_TIMED_SECONDS, _TIMED_TOKENS, FINAL_BEAMS)
        spent = time.process_time() - cpu
        # Where others keep the cores busy just now, the work itself tells what the machine can do.
        taken = Pace(min(time.perf_counter() - wall, spent), spent / _TIMED_SECONDS)
        if best is None or taken.sentence < best.sentence:
            best = taken
        if best.sentence > 2 * BEARABLE_SECONDS:
            break  # a second try would not make it bearable
    assert best is not None
    return best


@dataclass(frozen=True, slots=True)
class Taken:
    """The decoder for final text, how it was made, and the sentence that says why this one."""

    decoder: TimedDecoder
    recipe: Recipe
    sentence: str


def first_quick_enough(ladder: Sequence[Recipe], *, insist: bool = False) -> Taken:
    """Load one after the other, the most exact first, and keep the first that is quick enough.

    `insist`: the first was asked for by name, and stays as long as it can be borne. The last one
    stays however slow it is. SpeechUnavailable where one does not load.
    """
    given_up = ""
    for at, recipe in enumerate(ladder):
        decoder = recipe.make(_THREADS)
        pace = pace_of(decoder)
        limit = BEARABLE_SECONDS if insist and at == 0 else PLEASANT_SECONDS
        last = at == len(ladder) - 1
        if pace.sentence <= (BEARABLE_SECONDS if last else limit):
            return Taken(decoder, recipe, given_up or f"Listening with {recipe.label}.")
        if last:
            late = f"{recipe.label} takes {pace.words}: the text comes late."
            return Taken(decoder, recipe, f"{given_up} {late}".strip())
        given_up = (
            f"{given_up} {recipe.label} takes {pace.words}, too long to wait for:"
            f" {ladder[at + 1].label} is used."
        ).strip()
    raise ValueError("there is at least one decoder to choose from")
