"""The table of the phantom studies: who, why, and which module draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workstation.phantoms import ct_head
from workstation.phantoms.objects import Writer
from workstation.phantoms.requests import FARROW, Person, Request


@dataclass(frozen=True)
class Phantom:
    """One study: its request and the function that writes its images and returns the truth."""

    request: Request
    draw: Callable[[Writer], dict[str, Any]]


ABENDSTERN = Person(
    "Abendstern^Lorenz", "Abendstern, Lorenz", "FP-204417", "M", 58, (4, 17), FARROW, 84, 1.79
)

_ALL = (
    Phantom(
        Request(
            name="ct-head",
            person=ABENDSTERN,
            procedure="CT head without contrast",
            modality="CT",
            body_part="HEAD",
            minutes_ago=34,
            accession="FP2611-0417",
            reason="Sudden right weakness, GCS 13",
            notes="Found on the floor of his kitchen 50 minutes ago. Right arm and leg do not move,"
            " speech slurred, blood pressure 212/118. Takes apixaban for atrial fibrillation."
            " Question: haemorrhage? Candidate for reversal?",
            referrer="Marrowby^Iris^^Dr",
            priority="STAT",
            deadline_minutes=12,
        ),
        ct_head.write,
    ),
)

#: Name of the study to the phantom, in the order in which they are written.
STUDIES: dict[str, Phantom] = {phantom.request.name: phantom for phantom in _ALL}
