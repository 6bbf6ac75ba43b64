"""Correction by sound: what it mends, and what it may never touch."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from tests.dictation.speech import heard, our_writer
from workstation.dictation.correction import Corrector
from workstation.dictation.protecting import allows
from workstation.domain.dictation import Heard


def written(sentence: str, confidence: float = 0.6) -> str:
    words = Heard(tuple(heard(sentence, confidence)), 1.0, "test")
    made = our_writer().write(our_writer().mend(words), "Clear. ")
    return made.text.strip()


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("plural effusion", "Pleural effusion"),
        ("simoid diverticulosis", "Sigmoid diverticulosis"),
        ("diffuse hepatic steatosys", "Diffuse hepatic steatosis"),
        ("mild kardiomegaly", "Mild cardiomegaly"),
        (
            "colelithiasis without synographic evidence",
            "Cholelithiasis without sonographic evidence",
        ),
    ],
)
def test_a_word_that_is_none_becomes_the_phrase_that_sounds_like_it(said: str, text: str) -> None:
    assert written(said) == text


def test_a_correction_keeps_what_was_heard() -> None:
    heard_ = Heard(tuple(heard("small plural effusion", 0.6)), 1.0, "test")
    made = our_writer().write(our_writer().mend(heard_), "")
    assert [(made.word(each), each.original) for each in made.corrections] == [
        ("pleural", "plural")
    ]


def test_a_word_that_nobody_knows_and_nothing_sounds_like_is_marked_however_sure_the_engine() -> (
    None
):
    words = Heard(tuple(heard("mild postculls of the left kidney", 1.0)), 1.0, "test")
    made = our_writer().write(our_writer().mend(words), "")
    assert [made.word(word) for word in made.words if word.doubtful] == ["postculls"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("obstructing calculus", "nonobstructing calculus"),
        ("displaced fracture", "nondisplaced fracture"),
        ("left kidney", "right kidney"),
        ("hypodense lesion", "hyperdense lesion"),
        ("acute infarct", "infarct"),
        ("no effusion", "effusion"),
        ("seven nodules", "eleven nodules"),
        ("intrahepatic", "extrahepatic"),
        ("posterior horn", "anterior horn"),
        ("seven millimeters", "seven centimeters"),
        ("infrarenal", "suprarenal"),
    ],
)
def test_protected_words_are_never_exchanged(one: str, other: str) -> None:
    assert not allows(one, other)
    assert not allows(other, one)


def test_words_of_the_templates_of_the_program_are_left_alone() -> None:
    """ "Mediastinum" became "mediastinal", the nearest word of a phrase."""
    for said in (
        "lymph nodes in the mediastinum are not enlarged",
        "the peritoneum and the axillae are unremarkable",
        "swelling of the lower extremity",
    ):
        assert written(said).lower().rstrip(".") == said


def test_ordinary_words_are_left_alone() -> None:
    for sentence in (
        "the patient was seen earlier today for this problem",
        "please compare with the outside study when it is available",
        "findings were discussed with the doctor by telephone this morning",
        "follow up as needed",
    ):
        assert written(sentence).lower() == sentence


#: What would turn a report round; written down here, not taken from the program.
_NUMBER_WORDS = re.findall(
    r"\w+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred first second third",
)
_KEPT = re.compile(
    r"\b(?:no|not|without|none|never|left|right|bilateral|acute|chronic|millimeters?|centimeters?"
    r"|percent|\d+(?:\.\d+)?|" + "|".join(_NUMBER_WORDS) + r")\b|\b(?:non|un)(?=\w{4})"
)


def kept(words: list[str]) -> Counter[str]:
    return Counter(_KEPT.findall(" ".join(words).lower()))


_FINDINGS = (
    "nodule", "pleural effusion", "hydronephrosis", "infarct", "subdural hematoma", "calculus",
    "consolidation", "pneumothorax", "lymph node", "renal cyst", "fracture", "joint effusion",
    "atelectasis", "ovarian cyst", "meniscal tear", "adrenal adenoma", "obstructing calculus",
    "nonobstructing calculus", "displaced fracture", "nondisplaced fracture", "enhancing mass",
    "nonenhancing cyst", "unremarkable kidney", "hypodense lesion", "hyperdense lesion",
)  # fmt: skip
_PLACES = (
    "upper lobe", "lower lobe", "kidney", "frontal lobe", "femoral neck", "knee", "ovary", "hip",
    "middle cerebral artery territory", "maxillary sinus", "adrenal gland", "distal radius",
)  # fmt: skip
_PATTERNS = (
    "no {finding} in the {side} {place}",
    "there is a {number} millimeter {finding} in the {side} {place}",
    "{acuity} {side} {finding} measuring {number} centimeters",
    "{side} {place} without {finding}",
    "{number} percent of the {side} {place} is not seen",
    "{finding} on the {side} has not changed in {number} months",
)
#: Confusions of engines and listeners: letters that sound alike.
_CONFUSIONS = (
    ("ph", "f"), ("ae", "e"), ("th", "f"), ("s", "z"), ("c", "k"), ("b", "p"), ("d", "t"),
    ("m", "n"), ("v", "f"), ("i", "e"), ("o", "a"), ("u", "o"), ("y", "i"), ("g", "j"), ("ll", "l"),
)  # fmt: skip


def garbled(word: str, chance: random.Random) -> str:
    """The word as it might be misheard; what the test watches is left as it is."""
    if _KEPT.search(word) or chance.random() < 0.4:
        return word
    for _ in range(chance.randint(1, 2)):
        sound, other = chance.choice(_CONFUSIONS)
        word = word.replace(sound, other, 1)
    if len(word) > 8 and chance.random() < 0.3:
        at = chance.randint(3, len(word) - 3)
        word = f"{word[:at]} {word[at:]}"
    return word


def test_no_correction_in_1000_sentences_changes_a_number_a_negation_or_a_side() -> None:
    chance = random.Random(20261124)
    writer = our_writer()
    corrector = Corrector(
        writer.phrases, ("the", "there", "is", "in", "a", "on", "of", "has", "not", "seen")
    )
    corrections = 0
    for _ in range(1000):
        sentence = chance.choice(_PATTERNS).format(
            finding=chance.choice(_FINDINGS),
            place=chance.choice(_PLACES),
            side=chance.choice(("left", "right", "bilateral")),
            number=chance.choice(_NUMBER_WORDS[1:28]),
            acuity=chance.choice(("acute", "chronic")),
        )
        misheard = " ".join(garbled(word, chance) for word in sentence.split())
        words = heard(misheard, chance.uniform(0.2, 0.9))
        after = corrector.correct(words)
        corrections += sum(bool(word.original) for word in after)
        assert kept([word.text for word in after]) == kept(misheard.split()), misheard
    # The test would prove nothing if nothing were corrected.
    assert corrections > 300


_ONES = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
        range(1, 10),
        strict=True,
    )
)
_TENS = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        range(20, 100, 10),
        strict=True,
    )
)
_SAID = {
    **_ONES,
    **_TENS,
    **{f"{ten} {one}": tens + ones for ten, tens in _TENS.items() for one, ones in _ONES.items()},
}
_MEASURED = (
    "no {finding} measuring {number} millimeters in the {side} {place}",
    "{side} {finding} of {number} millimeters without {finding}",
    "the {finding} in the {side} {place} measures {number} point {tenth} centimeters",
    "not seen on the {side}, {number} percent of the {place}",
)
_MEANT = re.compile(r"\b(?:no|not|without|left|right)\b")


def test_600_misheard_sentences_are_written_with_their_numbers_negations_and_sides() -> None:
    """Through mending and every writing rule, to the text as it would land in the report."""
    chance = random.Random(611)
    changed = []
    for _ in range(600):
        number, tenth = chance.choice(list(_SAID)), chance.choice(list(_ONES))
        pattern = chance.choice(_MEASURED)
        said = pattern.format(
            finding=chance.choice(_FINDINGS),
            place=chance.choice(_PLACES),
            side=chance.choice(("left", "right")),
            number=number,
            tenth=tenth,
        )
        # the point belongs to its number, and numbers are said clearly here
        misheard = " ".join(
            word if word == "point" else garbled(word, chance) for word in said.split()
        )
        text = written(misheard, chance.uniform(0.2, 0.9))
        wanted = f"{_SAID[number]}.{_ONES[tenth]}" if "tenth" in pattern else str(_SAID[number])
        numbers = re.findall(r"\d+(?:\.\d+)?", text)
        meant = Counter(_MEANT.findall(text.lower()))
        if numbers != [wanted] or meant != Counter(_MEANT.findall(said)):
            changed.append((misheard, text))
    assert changed == []
