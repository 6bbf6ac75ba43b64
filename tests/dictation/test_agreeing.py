"""How sure it is what was said where it may be written in several ways."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from workstation.dictation.agreeing import alike, says, senses


@dataclass(frozen=True)
class Way:
    """Words that are tokens by themselves; a probability for each."""

    text: str
    sure: tuple[float, ...]

    @property
    def tokens(self) -> list[int]:
        return [hash(word) for word in self.text.split()]

    @property
    def chances(self) -> list[float]:
        return [math.log(each) for each in self.sure]


def sureness(at: int, best: Way, *others: Way) -> float:
    names = {hash(word): word for way in (best, *others) for word in way.text.split()}

    def decode(tokens: Sequence[int]) -> str:
        return " ".join(names[each] for each in tokens)

    (found,) = alike(best, at, at + 1, others, decode)
    return round(math.exp(found), 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L four L five", "L4-L5"),
        ("A seven millimeter nodule", "a 7 mm nodule"),
        ("Impression, no fracture", "impression No fracture"),
        ("the third rib on the LEFT", "the 3 rib on the left"),
    ],
)
def test_writings_of_the_same_say_the_same(one: str, other: str) -> None:
    assert senses(one) == senses(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("not obstructing", "nonobstructing"),
        ("no acute fracture", "now acute fracture"),
        ("seven millimeters", "seven centimeters"),
        ("left kidney", "right kidney"),
        ("four on five", "five on four"),
    ],
)
def test_another_number_negation_side_or_unit_says_something_else(one: str, other: str) -> None:
    assert senses(one) != senses(other)


def test_what_the_others_write_for_the_same_counts_with_it() -> None:
    best = Way("at L four level", (0.9, 0.9, 0.1, 0.9))
    assert sureness(2, best) == 0.1
    assert sureness(2, best, Way("at L 4 level", (0.9, 0.9, 0.8, 0.9))) == 0.9
    # Each way once, however many go on behind it.
    twice = (Way("at L 4 level", (0.9, 0.9, 0.8, 0.9)), Way("at L 4", (0.9, 0.9, 0.8)))
    assert sureness(2, best, *twice) == 0.9
    assert (
        sureness(1, Way("Impression no sign", (1, 0.3, 1)), Way("Impression , no", (1, 0.6, 1)))
        == 0.9
    )


def test_what_the_others_write_for_something_else_does_not() -> None:
    best = Way("not obstructing three", (0.1, 0.9, 0.9))
    assert sureness(0, best, Way("nonobstructing three", (0.8, 0.9))) == 0.1
    assert sureness(0, Way("four mm", (0.4, 1)), Way("five mm", (0.5, 1))) == 0.4
    # A negation further on is another one.
    late = Way("though it is of course no", (0.5, 1, 1, 1, 1, 1))
    assert sureness(0, Way("no evidence", (0.2, 1)), late) == 0.2


def test_others_that_were_written_otherwise_before_tell_nothing_of_a_place() -> None:
    best = Way("the left kidney", (0.9, 0.2, 0.9))
    assert sureness(1, best, Way("a left kidney", (0.1, 0.8, 0.9))) == 0.2


def test_what_turns_the_sense_and_units_are_looked_at_alone() -> None:
    assert [word for word in ["No", "7", "mm", "nodule", "in", "L4,", "left"] if says(word)] == [
        "No",
        "7",
        "mm",
        "L4,",
        "left",
    ]
