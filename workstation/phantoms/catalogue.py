"""The table of the phantom studies: who, why, and which module draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workstation.phantoms import ct_chest, ct_head, mr_brain, radiograph
from workstation.phantoms.objects import Writer
from workstation.phantoms.requests import FARROW, HOLLIN, SALTMERE, Person, Request


@dataclass(frozen=True)
class Phantom:
    """One study: its request and the function that writes its images and returns the truth."""

    request: Request
    draw: Callable[[Writer], dict[str, Any]]


ABENDSTERN = Person(
    "Abendstern^Lorenz", "Abendstern, Lorenz", "FP-204417", "M", 58, (4, 17), FARROW, 84, 1.79
)
ETOILIERE = Person(
    "Étoilière^Maëlle", "Étoilière, Maëlle", "SM-88120", "F", 66, (9, 2), SALTMERE, 61, 1.63
)

LUNINA = Person("Лунина^Вера", "Lunina, Vera", "HF-30277", "F", 74, (12, 5), HOLLIN, 68, 1.60)

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
    Phantom(
        Request(
            name="ct-chest",
            person=ETOILIERE,
            procedure="CT chest without contrast",
            modality="CT",
            body_part="CHEST",
            minutes_ago=96,
            accession="SM2611-1182",
            reason="Nodule in the right upper lobe, follow-up",
            notes="Ex-smoker, 40 pack-years. Nodule of 9 mm in the right upper lobe in the CT eight"
            " months ago, read as indeterminate. Now cough and 5 kg of weight loss."
            " Question: growth? New nodules or lymph nodes?",
            referrer="Tannenquist^Jorun^^Dr",
            priority="URGENT",
            deadline_minutes=38,
        ),
        ct_chest.write,
    ),
    Phantom(
        Request(
            name="ct-chest-prior",
            person=ETOILIERE,
            procedure="CT chest without contrast",
            modality="CT",
            body_part="CHEST",
            minutes_ago=245 * 24 * 60 + 700,
            accession="SM2603-0391",
            reason="Haemoptysis once",
            notes="One episode of haemoptysis. Ex-smoker. Question: mass?",
            referrer="Tannenquist^Jorun^^Dr",
            prior=True,
        ),
        ct_chest.write_prior,
    ),
    Phantom(
        Request(
            name="dx-chest",
            person=ETOILIERE,
            procedure="DX chest PA and lateral",
            modality="DX",
            body_part="CHEST",
            minutes_ago=141,
            accession="SM2611-1179",
            reason="Cough, weight loss",
            notes="Cough for 8 weeks, no fever. Same-day CT requested."
            " Question: infiltrate, effusion, mass?",
            referrer="Tannenquist^Jorun^^Dr",
            deadline_minutes=170,
        ),
        radiograph.write,
    ),
    Phantom(
        Request(
            name="dx-chest-prior",
            person=ETOILIERE,
            procedure="DX chest PA and lateral",
            modality="DX",
            body_part="CHEST",
            minutes_ago=252 * 24 * 60 + 300,
            accession="SM2603-0214",
            reason="Before cataract surgery",
            notes="No complaints. Ex-smoker.",
            referrer="Weatherlow^Ansel^^Dr",
            prior=True,
        ),
        radiograph.write_prior,
    ),
    Phantom(
        Request(
            name="mr-brain",
            person=LUNINA,
            procedure="MR brain without contrast",
            modality="MR",
            body_part="HEAD",
            minutes_ago=52,
            accession="HF2611-0077",
            reason="Left facial droop since this evening",
            notes="Left facial droop and a clumsy left hand, noticed at supper, last seen well at"
            " 18:40. NIHSS 5. CT without haemorrhage at the field unit."
            " Question: acute infarct, which territory?",
            referrer="Okwelume^Tobias^^Dr",
            priority="STAT",
            deadline_minutes=26,
        ),
        mr_brain.write,
    ),
)

#: Name of the study to the phantom, in the order in which they are written.
STUDIES: dict[str, Phantom] = {phantom.request.name: phantom for phantom in _ALL}
