"""What may be said to the program, and what it never does for being told."""

from __future__ import annotations

import csv
import re
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from workstation.bootstrap.speech import voice_commands
from workstation.commands.registry import Place, load_all
from workstation.dictation.voice_commands import SPOKEN, Names, VoiceCommands
from workstation.domain.dictation import SpokenCommand
from workstation.domain.wording import FIELD
from workstation.settings import resources
from workstation.workflow import macros
from workstation.workflow.templates import Templates

CORPUS = Path(__file__).parents[1] / "workflow" / "checks" / "corpus.tsv"


@cache
def ours() -> VoiceCommands:
    """The table with the names that the program knows: sections, presets, macros."""
    held, problem = macros.load(resources() / "macros" / "macros.toml", Path("/nowhere"))
    assert problem is None
    return voice_commands(held)


def match(said: str) -> SpokenCommand | None:
    return ours().match(said)


def test_every_spoken_command_is_in_the_table_of_commands_and_can_be_reached() -> None:
    known = {each.id: each for each in load_all().commands()}
    named = ("go to impression", "lung window", "insert macro normal liver")
    said = [SpokenCommand(each) for each in SPOKEN.values()]
    for command in (*said, *filter(None, map(match, named))):
        assert command.command in known
        assert known[command.command].where in (Place.EVERYWHERE, Place.VIEWPORT)
    assert all(map(match, named))


def test_no_utterance_signs() -> None:
    reached = {each.command for each in ours().phrases().values()}
    assert not any("sign" in each for each in reached)
    for said in ("sign report", "sign the report"):
        assert match(said) == SpokenCommand("report.checks")
    for said in ("sign and send", "sign", "send report", "design", "sign it", "send"):
        assert match(said) is None


@pytest.mark.parametrize(
    ("said", "command", "argument"),
    [
        ("Next field.", "report.next_field", ""),
        ("Next feel.", "report.next_field", ""),
        ("Previous series.", "view.previous_series", ""),
        ("Scratch that.", "dictation.scratch", ""),
        ("Insert measurements.", "report.insert", ""),
        ("Undo.", "voice.undo", ""),
        ("Select last sentence.", "voice.select_sentence", ""),
        ("Capitalise that.", "voice.capitalise", ""),
        ("Measure.", "tool.length", ""),
        ("Preview.", "report.checks", ""),
        ("Go to impression.", "voice.section", "impression"),
        ("Go to the impressions.", "voice.section", "impression"),
        ("Go to history.", "voice.section", "clinical information"),
        ("Lung window.", "voice.preset", "lung"),
        ("Long window.", "voice.preset", "lung"),
        ("Soft tissue window.", "voice.preset", "soft"),
        ("Insert normal lungs.", "voice.macro", "nlungs"),
        ("Macro normal livers.", "voice.macro", "nliver"),
        ("Insert normal.", "report.normal", ""),
    ],
)
def test_a_command_is_known_by_its_sound(said: str, command: str, argument: str) -> None:
    assert match(said) == SpokenCommand(command, argument)


def test_each_phrase_of_the_table_is_its_own_command() -> None:
    for phrase, command in ours().phrases().items():
        assert match(phrase) == command, phrase


def sentences() -> set[str]:
    """Ordinary sentences of reports: of templates, macros, labelled extracts, and combined ones."""
    texts = [each.text for each in Templates(resources() / "templates").all()]
    texts += [each.text for each in macros.parse(resources() / "macros" / "macros.toml")]
    with CORPUS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            texts += [row["findings"], row["impression"], row["comparison"]]
    found = {
        part.strip()
        for text in texts
        for part in re.split(r"[.:;\n]+", FIELD.sub(" ", text))
        if len(part.split()) > 1
    }
    sides, places = ("right", "left"), ("kidney", "upper lobe", "hip", "ovary", "maxillary sinus")
    findings = ("mass", "cyst", "fracture", "effusion", "calcification", "infarct", "nodule")
    for side, place, finding in product(sides, places, findings):
        found |= {
            f"{finding} in the {side} {place}",
            f"no {finding} of the {side} {place}",
            f"the {side} {place} shows a new {finding}",
            f"measurement of the {finding} in the {side} {place} is unchanged",
        }
    return found


def test_no_ordinary_sentence_of_a_report_is_taken_as_a_command() -> None:
    held = sentences()
    assert len(held) >= 500
    taken = {said: command for said in held if (command := match(said)) is not None}
    assert taken == {}


def test_next_is_never_taken_for_previous() -> None:
    for said in ours().phrases():
        if "next" in said:
            other = said.replace("next", "previous")
            assert match(other) != match(said)


def test_two_names_that_sound_alike_are_both_left_alone() -> None:
    commands = VoiceCommands(Names(macros={"renal cyst": "rcyst", "renal cysts": "rcysts"}))
    assert commands.match("insert renal cysst") is None
    assert commands.match("insert renal cyst") == SpokenCommand("voice.macro", "rcyst")


@pytest.mark.parametrize(
    ("said", "other"),
    [("insert left knee", "insert right knee"), ("insert no prior", "insert prior")],
)
def test_a_side_or_a_negation_in_a_name_is_never_guessed(said: str, other: str) -> None:
    commands = VoiceCommands(Names(macros={other.removeprefix("insert "): "other"}))
    assert commands.match(said) is None
