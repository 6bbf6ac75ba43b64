"""Spelling: nothing in our own templates is marked, most slips of the finger are, words persist."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from workstation.bootstrap.spelling import radiology_words, spelling
from workstation.settings import Home, resources
from workstation.workflow.macros import Macros, parse
from workstation.workflow.spelling.forms import distance
from workstation.workflow.spelling.own_words import OwnWords, WordsDamaged
from workstation.workflow.spelling.speller import Spelling, unknown_words
from workstation.workflow.spelling.tokens import tokens
from workstation.workflow.templates import Templates


@pytest.fixture(scope="module")
def speller(tmp_path_factory: pytest.TempPathFactory) -> Spelling:
    """Without templates and macros, so that they are judged like anybody's text."""
    home = tmp_path_factory.mktemp("home")
    return Spelling(radiology_words, OwnWords(home / "words.txt"))


def marked(speller: Spelling, line: str) -> list[str]:
    speller.judge([each.text for each in tokens(line)])
    return [line[start:end] for start, end in unknown_words(speller, line)]


def _lines() -> Iterator[str]:
    for template in Templates(resources() / "templates").all():
        yield from template.text.splitlines()
        yield from (words for held in template.options.values() for words in held)
    yield from (macro.text for macro in parse(resources() / "macros" / "macros.toml"))


def test_no_word_of_our_templates_and_macros_is_marked(speller: Spelling) -> None:
    wrong = {word for line in _lines() for word in marked(speller, line)}
    assert wrong == set()


def test_no_phrase_of_ours_is_marked(speller: Spelling) -> None:
    wrong = {word for phrase in radiology_words() for word in marked(speller, phrase)}
    assert wrong == set()


#: Sentences of plain reports, written for this test by hand and not from the list of words.
SENTENCES = (
    "There is a 7 mm ground-glass nodule in the right upper lobe (image S3/173).",
    "Grade 2 anterolisthesis of L4 on L5 with bilateral foraminal narrowing at L5-S1.",
    "T2-weighted and FLAIR images show periventricular hyperintensities, Fazekas 2.",
    "No intracranial haemorrhage; the ventricles are of normal calibre.",
    "The oesophagus is dilated, with an air-fluid level and a hiatus hernia.",
    "Moderate hydroureteronephrosis due to a 6 x 4 mm calculus at the vesicoureteric junction.",
    "Oedema of the subcutaneous tissues; no drainable collection, no gas-forming infection.",
    "Post-cholecystectomy clips. The common bile duct measures 9 mm, unchanged since 3 Mar 2024.",
    "Dr Vidal was informed by telephone at 03:21. SUVmax 4.2, CTDIvol 12 mGy, DLP 440 mGy*cm.",
    "The patient's left kidney is atrophic, with multiple subcentimeter cortical cysts.",
    "Comminuted intra-articular fracture of the distal radius with dorsal angulation.",
    "Findings are in keeping with acute uncomplicated diverticulitis of the sigmoid colon.",
    "Status post Whipple procedure and port placement by Dr. Ferreira-Gomes of St. Brendan.",
)


@pytest.mark.parametrize("line", SENTENCES)
def test_numbers_units_levels_names_and_british_spelling_are_never_marked(
    speller: Spelling, line: str
) -> None:
    assert marked(speller, line) == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("There is a small plueral effusion.", ["plueral"]),
        ("Consoldation of the left lower lobe.", ["Consoldation"]),
        ("No pnuemothorax, no fracure.", ["pnuemothorax", "fracure"]),
        ("The liver is enlargd and teh spleen is normal in size.", ["enlargd", "teh"]),
    ],
)
def test_a_misspelt_word_is_marked(speller: Spelling, line: str, wrong: list[str]) -> None:
    assert marked(speller, line) == wrong


@pytest.mark.parametrize(
    "line",
    [
        "Kein Nachweis einer intrakraniellen Blutung oder eines frischen Infarkts.",
        "Pas d'épanchement pleural ni de pneumothorax, silhouette cardiaque normale.",
        "両側肺野に異常陰影を認めません。",
        "Очаговых и инфильтративных изменений в лёгких не выявлено.",
        "لا يوجد انصباب جنبي",
    ],
)
def test_text_in_another_language_or_script_is_left_alone(speller: Spelling, line: str) -> None:
    assert marked(speller, line) == []


def test_links_fields_shortcuts_and_addresses_are_no_words(speller: Spelling) -> None:
    line = "{{m:aqxz}} [zzxq wvvt] .nlvr see www.qqxzy.org or xqz@vvxk.org"
    assert [each.text for each in tokens(line)] == ["see"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pnuemothorax", "pneumothorax"),
        ("Consoldation", "Consolidation"),
        ("atelectsis", "atelectasis"),
        ("plueral", "pleural"),
        ("efusion", "effusion"),
        ("recieved", "received"),
        ("hydronephrossis", "hydronephrosis"),
    ],
)
def test_the_word_that_was_meant_is_among_the_first_two(
    speller: Spelling, typed: str, meant: str
) -> None:
    assert meant in speller.suggest(typed)[:2]


def test_nearly_every_slip_of_a_finger_is_marked(speller: Spelling) -> None:
    """Letters dropped, doubled, swapped or hit beside, in long words of reports; a slip may make
    another word, so not all can be found."""
    chance = random.Random(20261124)
    words = sorted({each.text for line in _lines() for each in tokens(line) if len(each.text) > 6})
    slips = []
    for word in words:
        at = chance.randrange(1, len(word) - 1)
        slips.append(
            chance.choice(
                (
                    word[:at] + word[at + 1 :],
                    word[:at] + word[at] + word[at:],
                    word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
                    word[:at] + chance.choice("etaoinsr") + word[at + 1 :],
                )
            )
        )
    wrong = [(slip, word) for slip, word in zip(slips, words, strict=True) if slip != word]
    speller.judge(slip for slip, _ in wrong)
    found = [slip for slip, _ in wrong if speller.verdict(slip) is False]
    assert len(wrong) > 300
    assert len(found) / len(wrong) > 0.95


def test_words_of_the_case_are_known_until_the_next_case(tmp_path: Path) -> None:
    held = Spelling(radiology_words, OwnWords(tmp_path / "words.txt"))
    held.know(["Mrs Qwortzelbach, seen by Tlumacz"])
    assert marked(held, "qwortzelbach of a small pleural effusion") == []
    held.know([])
    assert marked(held, "qwortzelbach of a small pleural effusion") == ["qwortzelbach"]


def test_a_word_that_was_added_is_known_after_a_restart(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    templates, macros = Templates(resources() / "templates"), Macros()
    first = spelling(home, templates, macros)
    assert marked(first, "The zorblat sign is seen in the spleen.") == ["zorblat"]
    first.add("zorblat")
    assert marked(first, "The zorblat sign is seen in the spleen.") == []
    again = spelling(home, templates, macros)
    assert marked(again, "The zorblat sign is seen in the spleen.") == []
    assert home.words.read_text(encoding="utf-8") == "zorblat\n"


def test_a_file_of_words_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(WordsDamaged) as caught:
        OwnWords(path).read()
    assert "words.txt" in caught.value.sentence()


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("", "abc", 3),
        ("ca", "ac", 1),
        ("kitten", "sitting", 3),
        ("CA", "ABC", 3),
        ("same", "same", 0),
    ],
)
def test_the_distance_of_optimal_string_alignment(one: str, other: str, steps: int) -> None:
    """CA to ABC is 3 for optimal string alignment and 2 for the unrestricted distance (Boytsov)."""
    assert distance(one, other, 5) == steps
