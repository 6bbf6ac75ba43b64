"""What is marked for the reader to look at, because the sense turns on it."""

from __future__ import annotations

import pytest

from tests.dictation.speech import our_writer
from workstation.domain.dictation import Heard, HeardWord


def marked(sentence: str, sure: float = 0.9, **unsure: float) -> list[str]:
    """The marked words of the written text; `unsure` gives words another confidence."""
    heard = Heard(
        tuple(
            HeardWord(word, unsure.get(word.strip(",.").lower(), sure)) for word in sentence.split()
        ),
        2.0,
        "test",
    )
    made = our_writer().write(our_writer().mend(heard), "Clear. ")
    return [made.word(word) for word in made.words if word.doubtful]


@pytest.mark.parametrize(
    ("sentence", "unsure", "words"),
    [
        # a number, a negation, a side: less than even is looked at
        ("a seven millimeter nodule", {"seven": 0.45}, ["7", "mm"]),
        ("there is no acute fracture", {"no": 0.45}, ["no"]),
        ("cyst of the left kidney", {"left": 0.45}, ["left"]),
        ("disc disease at L4-L5", {"l4-l5": 0.4}, ["L4-L5"]),
        # as likely as not, and above: nothing; other words may be less sure
        ("cyst of the left kidney", {"left": 0.55}, []),
        ("cyst of the left kidney", {"kidney": 0.35}, []),
        ("cyst of the left kidney", {"kidney": 0.25}, ["kidney"]),
    ],
)
def test_what_turns_the_sense_is_marked_unless_it_is_likelier_right_than_wrong(
    sentence: str, unsure: dict[str, float], words: list[str]
) -> None:
    assert marked(sentence, **unsure) == words


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        # as engines wrote them, sure of every word: seven, nine, eleven, four
        ("a salmon millimeter nodule", ["millimeter"]),
        ("the appendix measures in millimeters", ["millimeters"]),
        ("the spleen measured in length and centimeters", ["centimeters"]),
        ("pour millimeters aneurysm", ["millimeters"]),
    ],
)
def test_a_measure_without_a_number_is_marked_however_sure_the_engine(
    sentence: str, words: list[str]
) -> None:
    assert marked(sentence, 0.95)[-1:] == words


@pytest.mark.parametrize(
    "sentence",
    [
        "a seven millimeter nodule",
        "a 7 mm nodule",
        "two point five centimeter cyst",
        "three by four centimeter mass",
        "a few millimeters of fluid",
        "forty five percent stenosis",
        "fifteen degree scoliosis",
        "twenty-one millimeters",
        "half a centimeter",
        "a hundred milliliters of fluid",
    ],
)
def test_a_measure_with_its_number_is_not_marked(sentence: str) -> None:
    assert marked(sentence) == []


def test_what_was_unknown_stays_marked_when_a_writing_rule_makes_something_of_it() -> None:
    """ "Stone" was heard as "tone", and "tone" is written T1."""
    assert marked("six millimeter tone in the ureter") == ["T1"]


def test_a_unit_of_a_product_stands_for_the_number_before_it() -> None:
    assert marked("five hundred milligray centimeters", 0.95) == []
