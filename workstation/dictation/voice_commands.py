"""What may be said while the command key is held, and which command it is.

Only a whole utterance is matched, and only against this table. No utterance signs: "sign the
report" shows what would be signed, and a key signs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from workstation.domain.dictation import SpokenCommand

#: how it is said → id in the table of commands
SPOKEN: dict[str, str] = {
    "next field": "report.next_field",
    "go to the next field": "report.next_field",
    "previous field": "report.previous_field",
    "last field": "report.previous_field",
    "insert measurement": "report.insert",
    "insert the measurement": "report.insert",
    "insert normal": "report.normal",
    "fill the rest as normal": "report.normal",
    "show checks": "report.checks",
    "show what is open": "report.checks",
    "preview": "report.checks",
    "preview the report": "report.checks",
    "sign the report": "report.checks",
    "go to the report": "report.focus",
    "go to the images": "room.images",
    "hide the report": "room.panel",
    "show the report": "room.panel",
    "scratch that": "dictation.scratch",
    "delete that": "dictation.scratch",
    "take that back": "dictation.scratch",
    "undo": "voice.undo",
    "undo that": "voice.undo",
    "undo correction": "dictation.revert",
    "select last sentence": "voice.select_sentence",
    "select the last sentence": "voice.select_sentence",
    "select that sentence": "voice.select_sentence",
    "capitalize": "voice.capitalise",
    "capitalize that": "voice.capitalise",
    "capitalize last word": "voice.capitalise",
    "play that": "dictation.replay",
    "play it back": "dictation.replay",
    "next series": "view.next_series",
    "previous series": "view.previous_series",
    "next image": "view.next",
    "previous image": "view.previous",
    "first image": "view.first",
    "last image": "view.last",
    "key image": "view.key_image",
    "mark key image": "view.key_image",
    "invert": "view.invert",
    "reset the view": "view.reset",
    "fit to window": "view.fit",
    "measure": "tool.length",
    "measure length": "tool.length",
    "measure distance": "tool.length",
    "measure angle": "tool.angle",
    "next layout": "hanging.next",
    "next stage": "hanging.next",
    "previous stage": "hanging.previous",
    "automatic window": "window.auto",
    "play the cine": "view.cine",
}

#: What is said around a name, by the id of the command that takes the name.
_AROUND_SECTION = ("go to {}", "go to the {}", "{} section")
_AROUND_PRESET = ("{} window", "window {}", "{} preset")
_AROUND_MACRO = ("insert {}", "insert macro {}", "macro {}")

#: Likeness in per cent from which an utterance is a command, and by how much it must lead.
_ENOUGH, _LEAD = 82.0, 6.0
#: The same of a name, and of the word beside it, alone.
_ENOUGH_OF_NAME = 72.0
_NOISE = re.compile(r"[^a-z0-9 ]")
#: Words that turn a command round: one is never taken for the other, however the rest is alike.
_OPPOSITES = frozenset(
    ("next", "previous", "first", "last", "show", "hide", "left", "right", "no", "not", "with",
     "without", "normal", "abnormal", "acute", "upper", "lower")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """What may be named in a command: the name as it is said → what the command is given."""

    sections: Mapping[str, str] = field(default_factory=dict)
    presets: Mapping[str, str] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One way to say a command; `name` is the name in it, `carrier` the place and the word beside
    it that must be heard too: a name alone is what a sentence may be."""

    said: str
    command: SpokenCommand
    name: str = ""
    carrier: tuple[int, str] = (0, "")

    def may_be(self, heard: str) -> bool:
        """Whether the words around and of the name are there."""
        if not self.name:
            return True
        at, word = self.carrier
        return (
            fuzz.ratio(heard.split()[at], word) >= _ENOUGH_OF_NAME
            and fuzz.partial_ratio(self.name, heard) >= _ENOUGH_OF_NAME
        )


def _plain(text: str) -> str:
    return " ".join(_NOISE.sub("", text.lower().replace("-", " ")).split())


def _turns(text: str) -> list[str]:
    return [word for word in text.split() if word in _OPPOSITES or word.isdecimal()]


def _named(
    around: tuple[str, ...], names: Mapping[str, str], command: str
) -> Iterator[tuple[str, _Phrase]]:
    for spoken, meant in names.items():
        name = _plain(spoken)
        for each in around:
            said, words = each.format(name), each.split()
            at = -1 if words[0] == "{}" else 0
            yield said, _Phrase(said, SpokenCommand(command, meant), name, (at, words[at]))


class VoiceCommands:
    """The table with the names that may be said in it."""

    def __init__(self, names: Names | None = None) -> None:
        held = names or Names()
        # Where two are said alike the first one counts: the plain commands before the names.
        named = {
            **dict(_named(_AROUND_MACRO, held.macros, "voice.macro")),
            **dict(_named(_AROUND_PRESET, held.presets, "voice.preset")),
            **dict(_named(_AROUND_SECTION, held.sections, "voice.section")),
        }
        plain = {said: _Phrase(said, SpokenCommand(command)) for said, command in SPOKEN.items()}
        self._known = named | plain
        self._turning = {said: _turns(said) for said in self._known}

    def phrases(self) -> Mapping[str, SpokenCommand]:
        """Everything that may be said, and what it does."""
        return {said: phrase.command for said, phrase in self._known.items()}

    def match(self, heard: str) -> SpokenCommand | None:
        """The command that was said, or None."""
        said = _plain(heard).replace("capitalise", "capitalize")
        exact = self._known.get(said)
        if exact is not None:
            return exact.command
        turns = _turns(said)
        best: dict[SpokenCommand, float] = {}
        for phrase in self._known.values():
            if self._turning[phrase.said] != turns:
                continue
            likeness = fuzz.ratio(said, phrase.said)
            enough = max(_ENOUGH - _LEAD, best.get(phrase.command, 0.0))
            if likeness > enough and phrase.may_be(said):
                best[phrase.command] = likeness
        ranked = sorted(best.items(), key=lambda pair: -pair[1])
        if not ranked or ranked[0][1] < _ENOUGH:
            return None
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _LEAD:
            return None
        return ranked[0][0]
