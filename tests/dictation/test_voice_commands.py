"""What may be said to the program, and what it never does for being told."""

from __future__ import annotations

import pytest

from workstation.commands.registry import Place, load_all
from workstation.dictation.voice_commands import SPOKEN, match

#: Sentences of reports: none of them is a command, even while the key is held.
ORDINARY = (
    "there is no focal consolidation pleural effusion or pneumothorax",
    "no acute intracranial hemorrhage",
    "the next image shows a nodule in the right upper lobe",
    "undo",
)


def test_every_spoken_command_is_in_the_table_of_commands_and_can_be_reached() -> None:
    known = {each.id: each for each in load_all().commands()}
    for command in SPOKEN.values():
        assert command in known
        assert known[command].where in (Place.EVERYWHERE, Place.VIEWPORT)


def test_no_utterance_signs() -> None:
    assert not any("sign" in command for command in SPOKEN.values())
    for said in (
        "sign report",
        "sign the report",
        "sign and send",
        "sign",
        "send report",
        "design",
    ):
        assert match(said) == ""


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("Next field.", "report.next_field"),
        ("Next feel.", "report.next_field"),
        ("Previous series.", "view.previous_series"),
        ("Scratch that.", "dictation.scratch"),
        ("Insert measurements.", "report.insert"),
    ],
)
def test_a_command_is_known_by_its_sound(said: str, command: str) -> None:
    assert match(said) == command


@pytest.mark.parametrize("said", ORDINARY[:3])
def test_an_ordinary_sentence_is_no_command(said: str) -> None:
    assert match(said) == ""


def test_next_is_never_taken_for_previous() -> None:
    for said in SPOKEN:
        if "next" in said:
            other = said.replace("next", "previous")
            assert match(other) != match(said)
