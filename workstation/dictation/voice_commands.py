"""What may be said while the command key is held, and which command it is.

Only a whole utterance is matched, and only against this table. Signing is not in it: a report is
signed by a key press, never by something that was heard.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

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
    "go to the report": "report.focus",
    "go to the images": "room.images",
    "hide the report": "room.panel",
    "show the report": "room.panel",
    "scratch that": "dictation.scratch",
    "delete that": "dictation.scratch",
    "take that back": "dictation.scratch",
    "undo": "dictation.scratch",
    "undo correction": "dictation.revert",
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
    "measure length": "tool.length",
    "measure distance": "tool.length",
    "measure angle": "tool.angle",
    "next layout": "hanging.next",
    "next stage": "hanging.next",
    "previous stage": "hanging.previous",
    "automatic window": "window.auto",
    "play the cine": "view.cine",
}

#: Likeness in per cent from which an utterance is a command, and by how much it must lead.
_ENOUGH, _LEAD = 82.0, 6.0
_NOISE = re.compile(r"[^a-z ]")
#: Opposites: one is never taken for the other, however the rest is alike.
_OPPOSITES = ("next", "previous", "first", "last", "show", "hide")


def match(heard: str) -> str:
    """The id of the command that was said, or an empty text."""
    said = " ".join(_NOISE.sub("", heard.lower().replace("-", " ")).split())
    if not said:
        return ""
    marks = [word for word in _OPPOSITES if word in said.split()]
    best: dict[str, float] = {}
    for phrase, command in SPOKEN.items():
        if [word for word in _OPPOSITES if word in phrase.split()] != marks:
            continue
        best[command] = max(best.get(command, 0.0), fuzz.ratio(said, phrase))
    ranked = sorted(best.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < _ENOUGH:
        return ""
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _LEAD:
        return ""
    return ranked[0][0]
