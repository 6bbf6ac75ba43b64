"""What is said and what the report writes for it."""

from __future__ import annotations

import re

import pytest

from tests.dictation.speech import heard
from workstation.dictation.formatting import write
from workstation.dictation.formatting.numbers import digits


def written(sentence: str, before: str = "Findings. ") -> str:
    return write(heard(sentence), before=before).text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("a seven millimeter nodule", "A 7 mm nodule"),
        ("a seven-millimeter nodule", "A 7 mm nodule"),
        ("two point three by one point five centimeters", "2.3 × 1.5 cm"),
        ("2.3 by 1.5 by 0.9 cm", "2.3 × 1.5 × 0.9 cm"),
        ("two centimeters by three centimeters", "2 × 3 cm"),
        ("point five centimeters", "0.5 cm"),
        ("two point oh five millimeters", "2.05 mm"),
        ("three to four millimeters", "3 to 4 mm"),
        ("one hundred and five milliliters", "105 mL"),
        ("minus ten hounsfield units", "-10 HU"),
        ("twenty percent loss of height", "20% loss of height"),
        ("one hundred forty five beats per minute", "145 bpm"),
        ("one thousand two hundred milliliters", "1200 mL"),
        ("in three months", "In 3 months"),
        ("at twelve o'clock", "At 12 o'clock"),
    ],
)
def test_numbers_and_units(said: str, text: str) -> None:
    assert written(said) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("l five s one", "L5-S1"),
        ("L5 S1", "L5-S1"),
        ("L5S1", "L5-S1"),
        ("at l four l five and l five s one", "At L4-L5 and L5-S1"),
        ("c seven t one", "C7-T1"),
        ("t twelve slash l one", "T12-L1"),
        ("l four and l five", "L4 and L5"),
        ("the l one vertebral body", "The L1 vertebral body"),
        # no neighbours: two vertebrae, never one level
        ("l two l five", "L2 L5"),
        ("t thirteen", "T 13"),
    ],
)
def test_levels(said: str, text: str) -> None:
    assert written(said) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("lung rads four a", "Lung-RADS 4A"),
        ("Lung-RADS 4A", "Lung-RADS 4A"),
        ("bi rads category two", "BI-RADS category 2"),
        ("ti rads five", "TI-RADS 5"),
        ("bosniak two f", "Bosniak IIF"),
        ("hepatic segment four a", "Hepatic segment 4A"),
        ("series four image thirty two", "Series 4 image 32"),
        ("t one weighted", "T1-weighted"),
    ],
)
def test_classes_and_labels(said: str, text: str) -> None:
    assert written(said) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("march third twenty twenty six", "March 3, 2026"),
        ("may the twenty fourth two thousand nineteen", "May 24, 2019"),
        ("three slash fifteen slash twenty twenty five", "3/15/2025"),
        ("at three fifteen p m", "At 3:15 PM"),
        ("may demonstrate", "May demonstrate"),
    ],
)
def test_dates_and_times(said: str, text: str) -> None:
    assert written(said) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("no effusion period no pneumothorax period", "No effusion. No pneumothorax."),
        ("lungs are clear comma no effusion", "Lungs are clear, no effusion"),
        ("impression colon normal", "Impression: normal"),
        ("the sigmoid colon is normal", "The sigmoid colon is normal"),
        ("in the postoperative period", "In the postoperative period"),
        ("for a period of two weeks", "For a period of 2 weeks"),
        ("normal new line stable", "Normal\nStable"),
        ("normal period new paragraph stable", "Normal.\n\nStable"),
        ("open paren series two close paren", "(Series 2)"),
    ],
)
def test_spoken_punctuation(said: str, text: str) -> None:
    assert written(said) == text


def test_spoken_marks_replace_those_that_the_engine_put_in() -> None:
    said = "Impression, no evidence of embolism period bibasilar atelectasis."
    assert written(said) == "Impression no evidence of embolism. Bibasilar atelectasis"


def test_marks_of_the_engine_stay_where_none_is_spoken() -> None:
    assert written("No hemorrhage, mass effect or shift.") == "No hemorrhage, mass effect or shift."


def test_a_sentence_that_goes_on_begins_small_and_after_a_space() -> None:
    assert written("In the right lobe.", before="There is a nodule") == " in the right lobe."


def test_a_new_sentence_begins_with_a_capital_after_one_space() -> None:
    assert written("no effusion", before="Clear.") == " No effusion"


def test_small_numbers_without_a_unit_stay_words() -> None:
    assert written("one of these two lesions") == "One of these two lesions"


def test_each_written_word_knows_its_place_and_how_sure_the_engine_was() -> None:
    made = write(heard("a seven millimeter nodule", 0.4), before="")
    assert [made.word(word) for word in made.words] == ["A", "7", "mm", "nodule"]
    assert all(word.confidence == 0.4 for word in made.words)


@pytest.mark.parametrize("value", [0, 1, 9, 10, 19, 20, 21, 45, 99, 100, 101, 110, 145, 999, 1200])
def test_every_number_comes_back_as_it_was_said(value: int) -> None:
    """The words are composed here, not by the program."""
    ones = re.findall(
        r"\w+",
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen",
    )
    tens = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

    def say(number: int) -> str:
        if number < 20:
            return ones[number]
        if number < 100:
            rest = number % 10
            return tens[number // 10] + (f" {ones[rest]}" if rest else "")
        for size, name in ((1000, "thousand"), (100, "hundred")):
            if number >= size:
                rest = number % size
                return f"{say(number // size)} {name}" + (f" {say(rest)}" if rest else "")
        raise AssertionError

    assert digits(say(value)) == str(value)
